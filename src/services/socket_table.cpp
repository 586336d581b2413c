#include "services/socket_table.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "net/failure.hpp"
#include "services/host_address.hpp"

namespace attache::services {

namespace {

constexpr std::size_t delivered_at_once = 2048;  // Bytes of a stream.

net::Failure no_such_socket() {
  return net::make_failure(net::Errno::bad_descriptor, "no such socket", "no open socket has this handle");
}

StartFault at_the_socket(net::Failure failure) {
  return {StartFault::Step::socket, std::move(failure)};
}

}  // namespace

SocketTable::State SocketTable::Entry::state() const {
  if (socket->peer()) {
    return State::connected;
  }
  if (socket->host_endpoint()) {
    return State::listening;
  }
  return socket->bound() ? State::bound : State::open;
}

SocketTable::SocketTable(DescriptorTable& descriptors, net::Bearer& bearer, base::Clock& clock,
                         base::Spawner spawn, const Options& options, Listener* listener)
    : descriptors_(descriptors),
      bearer_(bearer),
      clock_(clock),
      spawn_(std::move(spawn)),
      options_(options),
      listener_(listener) {}

SocketTable::~SocketTable() {
  close_all();
}

// The table

SocketTable::Entry* SocketTable::find(Handle handle) {
  auto found = std::find_if(entries_.begin(), entries_.end(),
                            [&](const auto& entry) { return entry->handle == handle; });
  return found != entries_.end() ? found->get() : nullptr;
}

// A handle may have been given to another socket meanwhile.
SocketTable::Entry* SocketTable::find(const std::shared_ptr<Socket>& socket) {
  auto found = std::find_if(entries_.begin(), entries_.end(),
                            [&](const auto& entry) { return entry->socket == socket; });
  return found != entries_.end() ? found->get() : nullptr;
}

std::vector<SocketTable::Entry*> SocketTable::entries() {
  std::vector<Entry*> all;
  for (const auto& entry : entries_) {
    all.push_back(entry.get());
  }
  return all;
}

std::size_t SocketTable::counted() const {
  return static_cast<std::size_t>(std::count_if(entries_.begin(), entries_.end(), [&](const auto& entry) {
    return !options_.one_client || !entry->listener;
  }));
}

SocketTable::Entry& SocketTable::add(std::shared_ptr<Socket> socket, Owner owner) {
  auto entry = std::make_unique<Entry>();
  entry->handle = socket->descriptor();
  entry->socket = std::move(socket);
  entry->owner = owner;
  entries_.push_back(std::move(entry));
  return *entries_.back();
}

net::NetResult<SocketTable::Handle> SocketTable::open(const Kind& kind, Owner owner) {
  if (counted() >= options_.most) {
    return all_open();
  }
  if (auto down = check_context(kind.cid)) {
    return *down;
  }
  net::Bearer& bearer = bearer_.on_context(kind.cid);
  auto socket = kind.type == Socket::Type::raw
                    ? Socket::open_raw(descriptors_, bearer, kind.raw)
                    : Socket::open(descriptors_, bearer, kind.type, kind.tls, kind.family);
  if (!socket) {
    return socket.error();
  }
  Entry& entry = add(std::move(*socket), owner);
  entry.role = kind.role;
  entry.cid = kind.cid;
  return entry.handle;
}

// A socket of the default context is bound to none: what it lacks shows when it connects.
std::optional<net::Failure> SocketTable::check_context(std::uint8_t cid) const {
  return cid != net::default_context ? bearer_.on_context(cid).check_up() : std::nullopt;
}

net::Failure SocketTable::all_open() const {
  return net::make_failure(net::Errno::too_many_files, "no socket is free",
                           fmt::format("all {} sockets are open", options_.most), "close one");
}

bool SocketTable::close(Handle handle) {
  if (options_.one_client) {
    close_accepted_by(handle);
  }
  return std::erase_if(entries_,
                       [&](const auto& entry) { return closed_if(entry->handle == handle, *entry); }) > 0;
}

void SocketTable::close_accepted_by(Handle listener) {
  std::erase_if(entries_, [&](const auto& entry) { return closed_if(entry->listener == listener, *entry); });
}

void SocketTable::close_all() {
  std::erase_if(entries_, [](const auto& entry) { return closed_if(true, *entry); });
}

// Closes a socket on its way out of the table.
bool SocketTable::closed_if(bool goes, Entry& entry) {
  if (goes) {
    entry.socket->close();
  }
  return goes;
}

// Operations

// A function that only finds the socket, so that it is the one of the call and not of the coroutine's first
// turn.
asio::awaitable<SocketTable::Connected> SocketTable::connect(Handle handle, std::string host,
                                                             std::uint16_t port, bool checks_name) {
  Entry* entry = find(handle);
  return entry != nullptr
             ? run_connect(entry->socket, bearer_.on_context(entry->cid), std::move(host), port, checks_name)
             : run_connect(nullptr, bearer_, std::move(host), port, checks_name);
}

asio::awaitable<SocketTable::Connected> SocketTable::run_connect(std::shared_ptr<Socket> socket,
                                                                 net::Bearer& bearer, std::string host,
                                                                 std::uint16_t port, bool checks_name) {
  if (!socket) {
    co_return at_the_socket(no_such_socket());
  }
  auto address = co_await find_address(bearer, host, socket->family());
  if (!address) {
    co_return StartFault{StartFault::Step::name, address.error()};
  }
  std::string host_name = checks_name ? std::move(host) : socket->host_name();
  auto connected = co_await socket->connect({*address, port}, std::move(host_name));
  if (!connected) {
    co_return at_the_socket(connected.error());
  }
  co_return Connected{};
}

net::NetResult<void> SocketTable::listen(Handle handle) {
  Entry* entry = find(handle);
  return entry != nullptr ? entry->socket->listen() : no_such_socket();
}

net::NetResult<void> SocketTable::bind_to_context(Handle handle, std::uint8_t cid) {
  Entry* entry = find(handle);
  if (entry == nullptr) {
    return no_such_socket();
  }
  if (auto down = check_context(cid)) {
    return *down;
  }
  entry->cid = cid;
  entry->socket->use(bearer_.on_context(cid));
  return {};
}

asio::awaitable<net::NetResult<SocketTable::Handle>> SocketTable::accept(Handle handle, Owner owner) {
  Entry* listening = find(handle);
  return listening != nullptr ? run_accept(listening->socket, listening->cid, owner)
                              : run_accept(nullptr, 0, owner);
}

asio::awaitable<net::NetResult<SocketTable::Handle>> SocketTable::run_accept(
    std::shared_ptr<Socket> listening, std::uint8_t cid, Owner owner) {
  if (!listening) {
    co_return no_such_socket();
  }
  auto client = co_await listening->accept();
  if (!client) {
    co_return client.error();
  }
  Handle handle = listening->descriptor();
  if (options_.one_client) {
    close_accepted_by(handle);
  } else if (counted() >= options_.most) {
    (*client)->close();
    co_return all_open();
  }
  Entry& accepted = add(std::move(*client), owner);
  accepted.listener = handle;
  accepted.cid = cid;
  co_return accepted.handle;
}

asio::awaitable<SocketTable::Sent> SocketTable::send_to(Handle handle, std::string host, std::uint16_t port,
                                                        std::string data) {
  Entry* entry = find(handle);
  return entry != nullptr ? run_send_to(entry->socket, bearer_.on_context(entry->cid), std::move(host), port,
                                        std::move(data))
                          : run_send_to(nullptr, bearer_, std::move(host), port, std::move(data));
}

asio::awaitable<SocketTable::Sent> SocketTable::run_send_to(std::shared_ptr<Socket> socket,
                                                            net::Bearer& bearer, std::string host,
                                                            std::uint16_t port, std::string data) {
  if (!socket) {
    co_return at_the_socket(no_such_socket());
  }
  auto address = co_await find_address(bearer, std::move(host), socket->family());
  if (!address) {
    co_return StartFault{StartFault::Step::name, address.error()};
  }
  auto sent = co_await socket->send_to({*address, port}, data);
  if (!sent) {
    co_return at_the_socket(sent.error());
  }
  co_return *sent;
}

// Readiness

void SocketTable::watch(Entry& entry) {
  if (!entry.socket->watched()) {
    entry.socket->watch(clock_, [this, &entry] { schedule(entry); });
  }
}

void SocketTable::arm(Handle handle, Interest interest) {
  Entry* entry = find(handle);
  if (entry == nullptr || listener_ == nullptr) {
    return;
  }
  entry->arms = true;
  entry->armed.readable = entry->armed.readable || interest.readable;
  entry->armed.writable = entry->armed.writable || interest.writable;
  watch(*entry);
  schedule(*entry);
}

void SocketTable::disarm(Handle handle) {
  if (Entry* entry = find(handle)) {
    entry->arms = false;
    entry->armed = {};
  }
}

// Not from within what changed: it may be in the middle of its work.
void SocketTable::schedule(Entry& entry) {
  if (!entry.evaluation.pending()) {
    entry.evaluation = clock_.call_after({}, [this, &entry] { evaluate(entry); });
  }
}

void SocketTable::evaluate(Entry& entry) {
  Socket::Readiness now = entry.socket->readiness();
  bool is_due = entry.delivers && !entry.runs && now.readable && entry.state() != State::listening;
  if (is_due && listener_->wants(entry)) {
    entry.runs = true;
    spawn_(pass_on(entry.socket));
  }
  if (entry.arms) {
    tell(entry, now);
  }
}

void SocketTable::tell(Entry& entry, const Socket::Readiness& now) {
  Socket::Readiness told = now;
  told.readable = now.readable && entry.armed.readable;
  told.writable = now.writable && entry.armed.writable;
  bool over = now.failed || now.hung_up;
  if (!told.readable && !told.writable && !over) {
    return;
  }
  entry.armed.readable = entry.armed.readable && !told.readable;
  entry.armed.writable = entry.armed.writable && !told.writable;
  entry.arms = !over;
  listener_->ready(entry, told);
}

// Delivery

void SocketTable::deliver(Handle handle, bool on) {
  Entry* entry = find(handle);
  if (entry == nullptr || listener_ == nullptr) {
    return;
  }
  entry->delivers = on;
  if (on) {
    watch(*entry);
    schedule(*entry);
  }
}

// Takes what there is, then ends: what comes next is noticed by evaluate().
asio::awaitable<void> SocketTable::pass_on(std::shared_ptr<Socket> socket) {
  bool stream = socket->type() == Socket::Type::stream;
  std::vector<char> buffer(stream ? delivered_at_once : net::largest_datagram(socket->family()));
  Entry* entry = find(socket);
  while (entry != nullptr && entry->delivers && socket->readiness().readable && listener_->wants(*entry)) {
    auto received = co_await socket->receive(buffer);
    std::size_t size = received ? received->size : 0;
    if (!take(socket, received, {buffer.data(), size})) {
      break;
    }
    entry = find(socket);
    if (entry != nullptr) {
      co_await listener_->drained(entry->owner);
    }
    entry = find(socket);
  }
  if (Entry* left = find(socket)) {
    left->runs = false;
  }
}

// False if nothing more is to be taken now.
bool SocketTable::take(const std::shared_ptr<Socket>& socket,
                       const net::NetResult<Socket::Received>& received, std::string_view bytes) {
  Entry* entry = find(socket);
  if (entry == nullptr) {
    return false;
  }
  bool stream = socket->type() == Socket::Type::stream;
  if (received && (!bytes.empty() || !stream)) {
    listener_->received(*entry, bytes, received->from);
    return true;
  }
  if (received) {
    entry->delivers = false;
    listener_->ended(*entry, std::nullopt);
    return false;
  }
  const net::Failure& failure = received.error();
  if (failure.code == net::Errno::busy) {
    return false;  // The host has asked for it.
  }
  if (Socket::is_passing(socket->type(), failure.code)) {
    listener_->remark(failure.reason);
    return true;
  }
  entry->delivers = false;
  listener_->ended(*entry, failure);
  return false;
}

}  // namespace attache::services
