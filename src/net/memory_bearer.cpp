#include "net/memory_bearer.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.hpp"
#include "net/failure.hpp"
#include "net/memory_datagram.hpp"
#include "net/memory_network.hpp"
#include "net/timed_wait.hpp"

namespace attache::net {

void MemoryConnection::send(std::string_view bytes) {
  if (!peer_closed_ && !device_closed_) {
    to_device_ += bytes;
    changed_.notify();
  }
}

void MemoryConnection::close() {
  peer_closed_ = true;
  changed_.notify();
}

void MemoryConnection::fail(Errno code) {
  broken_ = make_failure(code, fmt::format("connection to {} broke", to_string(to)),
                         fmt::format("The peer in memory broke it with {}.", name(code)));
  changed_.notify();
}

void MemoryConnection::stall(bool stalled) {
  stalled_ = stalled;
  changed_.notify();
}

void MemoryConnection::on_data(std::function<void(MemoryConnection&)> handler) {
  data_handler_ = std::move(handler);
}

void MemoryConnection::on_close(std::function<void(MemoryConnection&)> handler) {
  close_handler_ = std::move(handler);
}

namespace detail {

class MemoryStream final : public Stream {
 public:
  MemoryStream(base::Clock& clock, std::shared_ptr<MemoryBearer::Shared> shared,
               std::shared_ptr<MemoryConnection> connection, Endpoint local, Endpoint remote)
      : state_(std::make_shared<State>(
            State{clock, std::move(shared), std::move(connection), local, remote, {}, {}})) {}

  ~MemoryStream() override { close(); }

  asio::awaitable<NetResult<std::size_t>> read_some(std::span<char> buffer) override {
    return read(state_, buffer);
  }
  asio::awaitable<NetResult<std::size_t>> write(std::string_view bytes) override {
    return write_all(state_, bytes);
  }
  void set_timeouts(base::Duration receive, base::Duration send) override {
    state_->receive_timeout = receive;
    state_->send_timeout = send;
  }
  void close() override { close(*state_->connection); }
  [[nodiscard]] Endpoint local() const override { return state_->local; }
  [[nodiscard]] Endpoint remote() const override { return state_->remote; }

 private:
  struct State {
    base::Clock& clock;
    std::shared_ptr<MemoryBearer::Shared> shared;
    std::shared_ptr<MemoryConnection> connection;
    Endpoint local;
    Endpoint remote;
    base::Duration receive_timeout;
    base::Duration send_timeout;

    [[nodiscard]] std::string what(std::string_view operation) const {
      return fmt::format("{} {} failed", operation, to_string(remote));
    }
  };

  static void close(MemoryConnection& connection) {
    if (connection.device_closed_) {
      return;
    }
    connection.device_closed_ = true;
    connection.to_device_.clear();
    connection.changed_.notify();
    if (auto handler = std::exchange(connection.close_handler_, nullptr)) {
      handler(connection);
    }
  }

  // The connection's own failure comes first, so that what broke it is told to both directions.
  static std::optional<Failure> failure_of(const State& state, std::string_view operation) {
    if (state.connection->device_closed_) {
      return closed_here(state.what(operation));
    }
    if (state.connection->broken_) {
      return state.connection->broken_;
    }
    return state.shared->down;
  }

  static std::optional<Failure> begin(State& state, std::string_view operation) {
    if (auto failure = state.shared->begin(operation)) {
      state.connection->broken_ = failure;
      state.connection->changed_.notify();
    }
    return failure_of(state, operation);
  }

  static asio::awaitable<NetResult<std::size_t>> read(std::shared_ptr<State> state, std::span<char> buffer) {
    constexpr std::string_view operation = "receiving from";
    if (auto failure = begin(*state, operation)) {
      co_return *failure;
    }
    auto& connection = *state->connection;
    auto deadline = deadline_after(state->clock, state->receive_timeout);
    while (connection.to_device_.empty() && !connection.peer_closed_ && !buffer.empty()) {
      if (deadline && state->clock.now() >= *deadline) {
        co_return timed_out(state->what(operation), state->receive_timeout);
      }
      co_await wait_until(connection.changed_, state->clock, deadline);
      if (auto failure = failure_of(*state, operation)) {
        co_return *failure;
      }
    }
    std::size_t size = std::min({buffer.size(), connection.to_device_.size(), state->shared->read_limit});
    std::copy_n(connection.to_device_.begin(), size, buffer.begin());
    connection.to_device_.erase(0, size);
    co_return size;
  }

  static asio::awaitable<NetResult<std::size_t>> write_all(std::shared_ptr<State> state,
                                                           std::string_view bytes) {
    constexpr std::string_view operation = "sending to";
    if (auto failure = begin(*state, operation)) {
      co_return *failure;
    }
    auto& connection = *state->connection;
    auto deadline = deadline_after(state->clock, state->send_timeout);
    while (connection.stalled_) {
      if (deadline && state->clock.now() >= *deadline) {
        co_return timed_out(state->what(operation), state->send_timeout);
      }
      co_await wait_until(connection.changed_, state->clock, deadline);
      if (auto failure = failure_of(*state, operation)) {
        co_return *failure;
      }
    }
    connection.received += bytes;
    // A copy: the handler may set another.
    if (auto handler = connection.data_handler_) {
      handler(connection);
    }
    co_return bytes.size();
  }

  std::shared_ptr<State> state_;
};

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
    co_return std::make_unique<MemoryStream>(clock, shared, connection, local, client);
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
  co_return std::make_unique<detail::MemoryStream>(clock_, shared_, connection, local, to);
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
