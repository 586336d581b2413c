#include "net/memory_bearer.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.hpp"
#include "net/failure.hpp"
#include "net/memory_datagram.hpp"
#include "net/memory_network.hpp"
#include "net/memory_stream.hpp"
#include "net/timed_wait.hpp"

namespace attache::net {

namespace detail {

class MemoryListener final : public Listener {
 public:
  MemoryListener(base::Clock& clock, std::shared_ptr<MemoryBearer::Shared> shared,
                 std::shared_ptr<Backlog> backlog, std::uint16_t port)
      : clock_(clock), shared_(std::move(shared)), backlog_(std::move(backlog)), port_(port) {}

  ~MemoryListener() override { close(); }

  asio::awaitable<NetResult<std::unique_ptr<Stream>>> accept() override {
    return take(clock_, shared_, backlog_, port_);
  }

  void close() override {
    if (!backlog_->closed) {
      backlog_->closed = true;
      backlog_->changed.notify();
      shared_->listeners.erase(port_);
    }
  }

  [[nodiscard]] Endpoint host_endpoint() const override {
    return {memory_device_address(Family::ipv4, shared_->cid), port_};
  }

 private:
  static asio::awaitable<NetResult<std::unique_ptr<Stream>>> take(
      base::Clock& clock, std::shared_ptr<MemoryBearer::Shared> shared, std::shared_ptr<Backlog> backlog,
      std::uint16_t port) {
    std::string what = fmt::format("accepting on port {} failed", port);
    if (auto failure = shared->begin("accept")) {
      co_return *failure;
    }
    while (backlog->waiting.empty()) {
      if (backlog->closed) {
        co_return closed_here(what);
      }
      if (shared->down) {
        co_return *shared->down;
      }
      co_await backlog->changed.wait();
    }
    auto [connection, client] = std::move(backlog->waiting.front());
    backlog->waiting.pop_front();
    Endpoint local{memory_device_address(family_of(client.address), shared->cid), port};
    co_return open_memory_stream(clock, shared, connection, local, client);
  }

  base::Clock& clock_;
  std::shared_ptr<MemoryBearer::Shared> shared_;
  std::shared_ptr<Backlog> backlog_;
  std::uint16_t port_;
};

}  // namespace detail

MemoryBearer::MemoryBearer(base::Clock& clock)
    : MemoryBearer(clock, default_context, std::make_shared<Peers>()) {}

MemoryBearer::MemoryBearer(base::Clock& clock, int cid, std::shared_ptr<Peers> peers)
    : clock_(clock), shared_(std::make_shared<Shared>()) {
  shared_->cid = cid;
  shared_->peers = std::move(peers);
}

MemoryBearer::~MemoryBearer() {
  set_down(closed_here("in-memory network failed"));
}

void MemoryBearer::add_name(const std::string& host, Family family, const Address& address) {
  shared_->peers->names[{base::to_lower(host), family}].push_back(address);
}

void MemoryBearer::on_connect(ConnectHandler handler) {
  shared_->peers->connect = std::move(handler);
}

void MemoryBearer::on_datagram_connect(DatagramConnectHandler handler) {
  shared_->peers->datagram_connect = std::move(handler);
}

void MemoryBearer::on_datagram(DatagramHandler handler) {
  shared_->peers->datagram = std::move(handler);
}

void MemoryBearer::on_echo(EchoHandler handler) {
  shared_->peers->echo = std::move(handler);
}

MemoryBearer& MemoryBearer::on_context(int cid) {
  if (cid == shared_->cid) {
    return *this;
  }
  auto& context = contexts_[cid];
  if (!context) {
    context.reset(new MemoryBearer(clock_, cid, shared_->peers));
  }
  return *context;
}

std::shared_ptr<MemoryConnection> MemoryBearer::client_connects(std::uint16_t device_port, Endpoint client) {
  auto listener = shared_->listeners.find(device_port);
  if (listener == shared_->listeners.end() || shared_->down) {
    return nullptr;
  }
  auto connection = std::make_shared<MemoryConnection>();
  connection->to = {memory_device_address(family_of(client.address), shared_->cid), device_port};
  connection->cid = shared_->cid;
  connection->tls = listener->second->tls;
  shared_->keep(connection);
  listener->second->waiting.emplace_back(connection, client);
  listener->second->changed.notify();
  return connection;
}

bool MemoryBearer::datagram_arrives(std::uint16_t device_port, Endpoint from, std::string_view bytes) {
  auto found = shared_->mailboxes.find(device_port);
  if (found == shared_->mailboxes.end() || shared_->down || !found->second->takes_from(from)) {
    return false;
  }
  found->second->waiting.emplace_back(from, bytes);
  found->second->changed.notify();
  return true;
}

void MemoryBearer::set_down(std::optional<Failure> failure) {
  shared_->down = std::move(failure);
  if (!shared_->down) {
    return;
  }
  for (auto& weak : shared_->connections) {
    if (auto connection = weak.lock()) {
      connection->broken_ = shared_->down;
      connection->changed_.notify();
    }
  }
  for (auto& [port, mailbox] : shared_->mailboxes) {
    mailbox->broken = shared_->down;
    mailbox->changed.notify();
  }
  for (auto& [port, backlog] : shared_->listeners) {
    backlog->changed.notify();
  }
}

void MemoryBearer::fail_at(std::size_t operation, Errno code) {
  shared_->operations = 0;
  shared_->failed = false;
  shared_->fail_at = operation;
  shared_->fail_code = code;
}

bool MemoryBearer::has_failed() const {
  return shared_->failed;
}

void MemoryBearer::limit_reads(std::size_t bytes) {
  shared_->read_limit = bytes;
}

asio::awaitable<NetResult<std::vector<Address>>> MemoryBearer::resolve(std::string host, Family family) {
  if (auto failure = shared_->begin("resolve")) {
    co_return *failure;
  }
  boost::system::error_code error;
  auto literal = asio::ip::make_address(host, error);
  if (!error && family_of(literal) == family) {
    co_return std::vector<Address>{literal};
  }
  const auto& names = shared_->peers->names;
  auto found = names.find({base::to_lower(host), family});
  if (found == names.end()) {
    co_return make_failure(
        Errno::no_entry, fmt::format("resolving {} failed", host),
        fmt::format("The in-memory network knows no {} address of that name.", name(family)));
  }
  co_return found->second;
}

asio::awaitable<NetResult<std::unique_ptr<Stream>>> MemoryBearer::connect(Endpoint to,
                                                                          std::optional<TlsOptions> tls) {
  if (auto failure = shared_->begin("connect")) {
    co_return *failure;
  }
  auto connection = std::make_shared<MemoryConnection>();
  connection->to = to;
  connection->tls = std::move(tls);
  connection->cid = shared_->cid;
  if (!shared_->peers->connect) {
    co_return make_failure(Errno::connection_refused, fmt::format("connecting to {} failed", to_string(to)),
                           "No peer is set in the in-memory network.");
  }
  if (auto failure = shared_->peers->connect(connection)) {
    co_return *failure;
  }
  shared_->keep(connection);
  Endpoint local{memory_device_address(family_of(to.address), shared_->cid), shared_->take_port()};
  co_return detail::open_memory_stream(clock_, shared_, connection, local, to);
}

NetResult<std::unique_ptr<Listener>> MemoryBearer::listen(std::uint16_t device_port,
                                                          std::optional<TlsOptions> tls) {
  if (auto failure = shared_->begin("listen")) {
    return *failure;
  }
  std::uint16_t port = device_port == 0 ? shared_->take_port() : device_port;
  auto [place, is_free] = shared_->listeners.try_emplace(port, nullptr);
  if (!is_free) {
    return make_failure(Errno::address_in_use, fmt::format("listening on port {} failed", port),
                        "The device listens on it already.");
  }
  place->second = std::make_shared<Backlog>();
  place->second->tls = std::move(tls);
  return std::make_unique<detail::MemoryListener>(clock_, shared_, place->second, port);
}

NetResult<std::unique_ptr<DatagramSocket>> MemoryBearer::open_datagram(Family family,
                                                                       std::uint16_t device_port) {
  return detail::open_memory_datagram(clock_, shared_, family, device_port, std::nullopt);
}

asio::awaitable<NetResult<std::unique_ptr<DatagramSocket>>> MemoryBearer::connect_datagram(
    Endpoint to, std::optional<TlsOptions> tls, std::uint16_t device_port) {
  auto made = detail::open_memory_datagram(clock_, shared_, family_of(to.address), device_port, to);
  if (made && shared_->peers->datagram_connect) {
    if (auto failure = shared_->peers->datagram_connect(to, tls)) {
      co_return *failure;
    }
  }
  co_return std::move(made);
}

asio::awaitable<NetResult<base::Duration>> MemoryBearer::echo(Address to, EchoRequest request) {
  if (auto failure = shared_->begin("echo")) {
    co_return *failure;
  }
  std::string what = fmt::format("echo of {} failed", to.to_string());
  NetResult<base::Duration> round_trip = request.timeout + std::chrono::seconds(1);
  if (shared_->peers->echo) {
    round_trip = shared_->peers->echo(to, request);
  }
  if (!round_trip) {
    co_return round_trip;
  }
  co_await clock_.sleep_for(std::min(*round_trip, request.timeout));
  if (*round_trip > request.timeout) {
    co_return make_failure(Errno::timed_out, what,
                           fmt::format("no reply came within {}", to_string(request.timeout)));
  }
  co_return round_trip;
}

std::optional<Failure> MemoryBearer::check_up() const {
  return shared_->down;
}

}  // namespace attache::net
