#include "dialects/slm_3/socket_session.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "dialects/application.hpp"
#include "dialects/slm_3/edition.hpp"
#include "net/failure.hpp"
#include "services/host_address.hpp"

namespace attache::dialects::slm_3 {

namespace {

using services::Socket;
using services::StartFault;

constexpr std::string_view slm_3_socket_module = "socket";
constexpr auto first_send_timeout = std::chrono::seconds(30);

// A build with more descriptors than the usual one, or less, has as many sockets more or less.
std::size_t most_sockets(const Application& application) {
  constexpr std::size_t of_usual_build = 8;
  std::size_t usual = edition(application).sockets;
  std::size_t kept = of_usual_build - usual;
  const auto& built = application.options().descriptors;
  return built ? *built - kept : usual;
}

int protocol_number(const Socket& socket) {
  constexpr int raw_ip = 0;
  constexpr int tcp = 6;
  constexpr int udp = 17;
  constexpr int tls_1_2 = 258;
  constexpr int dtls_1_2 = 273;
  switch (socket.type()) {
    case Socket::Type::stream:
      return socket.secured() ? tls_1_2 : tcp;
    case Socket::Type::datagram:
      return socket.secured() ? dtls_1_2 : udp;
    case Socket::Type::raw:
      break;
  }
  return raw_ip;
}

}  // namespace

SocketSession::SocketSession(Application& application)
    : application_(application),
      table_(application.descriptors(), application.bearer(), application.clock(), application.spawner(),
             {.most = most_sockets(application), .one_client = true}, this) {}

int SocketSession::type_number(const Socket& socket) {
  constexpr int stream = 1;
  constexpr int datagram = 2;
  constexpr int raw = 3;
  switch (socket.type()) {
    case Type::stream:
      return stream;
    case Type::datagram:
      return datagram;
    case Type::raw:
      break;
  }
  return raw;
}

// Which there are

std::vector<SocketSession::Entry*> SocketSession::opened() {
  auto entries = table_.entries();
  std::erase_if(entries, [](const Entry* entry) { return entry->listener.has_value(); });
  return entries;
}

SocketSession::Entry* SocketSession::accepted() {
  if (!active_ || without_client_.contains(*active_)) {
    return nullptr;
  }
  for (Entry* entry : table_.entries()) {
    if (entry->listener == active_) {
      return entry;
    }
  }
  return nullptr;
}

SocketSession::Used SocketSession::connection() {
  Entry* entry = active();
  if (entry != nullptr && entry->role == server && entry->socket->type() == Type::stream) {
    entry = accepted();
  }
  return entry != nullptr ? entry->socket : nullptr;
}

bool SocketSession::select(Handle handle) {
  Entry* entry = table_.find(handle);
  if (entry == nullptr || entry->listener) {
    return false;
  }
  bool comes_back = active_ != handle;
  active_ = handle;
  if (comes_back && !edition(application_).keeps_client_of_unselected) {
    lose_client();
  }
  return true;
}

// Its connection stays until the server closes, as nobody has closed it.
void SocketSession::lose_client() {
  if (const Entry* client = accepted()) {
    without_client_.insert(*active_);
    remark(base::make_reason(base::Cause::nothing_open, "client lost",
                             fmt::format("this release forgets the client {} of a server that was not active "
                                         "meanwhile",
                                         client->handle),
                             "AT#XACCEPT takes the next one; slm-3.1 keeps it"));
  }
}

void SocketSession::activate_latest() {
  auto entries = opened();
  auto latest = std::max_element(entries.begin(), entries.end(), [&](const Entry* a, const Entry* b) {
    return ranking(a->handle) < ranking(b->handle);
  });
  active_ = latest != entries.end() ? std::optional((*latest)->handle) : std::nullopt;
}

// Opening and closing

void SocketSession::open(const Kind& kind, std::string_view name, Answer answer) {
  auto handle = table_.open(kind, services::SocketTable::Owner::none);
  if (!handle) {
    bool has_room = opened().size() < most_sockets(application_);
    if (edition(application_).keeps_socket_after_failed_open) {
      activate_latest();
    } else if (has_room) {
      active_.reset();
    }
    answer.error(handle.error().reason);
    return;
  }
  active_ = *handle;
  rankings_[*handle] = ++last_ranking_;
  active()->socket->set_send_timeout(first_send_timeout);
  // What comes is read ahead from the beginning, so that #XPOLL knows of it at once.
  table_.arm(*handle, {});
  if (watching_ && watches_all_) {
    arm(*active(), true, true);
  } else {
    table_.disarm(*handle);
  }
  const Socket& socket = *active()->socket;
  answer.line(fmt::format("{}: {},{},{}", name, *handle, type_number(socket), protocol_number(socket)));
  answer.ok();
}

void SocketSession::closed(Handle handle) {
  table_.close(handle);
  rankings_.erase(handle);
  without_client_.erase(handle);
  dead_.erase(handle);
  std::erase(watched_, handle);
  changed_.notify();
}

void SocketSession::close_active(Answer answer) {
  closed(*active_);
  activate_latest();
  answer.line("#XSOCKET: 0,\"closed\"");
  answer.ok();
}

void SocketSession::close() {
  table_.close_all();
  rankings_.clear();
  without_client_.clear();
  dead_.clear();
  active_.reset();
  changed_.notify();
  std::exchange(data_channel_, {}).leave_data_mode();
}

// The lines of the host are off by then.
void SocketSession::close_because(std::string_view why) {
  if (!table_.empty()) {
    remark(base::make_reason(base::Cause::ended_by_host, "sockets closed", std::string(why), ""));
  }
  close();
}

void SocketSession::remark(const base::Reason& reason) {
  application_.journal().report(slm_3_socket_module, reason);
}

void SocketSession::forget() {
  close();
  application_.bearer().purge_tls_sessions();
  last_ranking_ = 0;
  watching_ = false;
  events_ = 0;
  watches_all_ = true;
  watched_.clear();
  watcher_ = {};
}

// Connecting

asio::awaitable<void> SocketSession::bind(std::uint16_t port, Answer answer) {
  Used socket = active()->socket;
  std::uint16_t role = active()->role;
  std::string text = co_await application_.modem_line().local_address();
  auto address = services::own_address(text, socket->family(), "no address to bind to");
  if (!address) {
    answer.error(address.error().reason);
    co_return;
  }
  auto bound = socket->bind(port, role == server);
  if (bound) {
    answer.ok();
  } else {
    answer.error(bound.error().reason);
  }
}

asio::awaitable<void> SocketSession::connect(std::string host, std::uint16_t port, Answer answer) {
  constexpr bool checks_name = false;
  auto connected = co_await table_.connect(*active_, std::move(host), port, checks_name);
  if (!connected) {
    answer.error(connected.error().failure.reason);
    co_return;
  }
  answer.line("#XCONNECT: 1");
  answer.ok();
}

void SocketSession::listen(Answer answer) {
  auto listening = table_.listen(*active_);
  if (listening) {
    answer.ok();
  } else {
    answer.error(listening.error().reason);
  }
}

asio::awaitable<void> SocketSession::accept(base::Duration timeout, Answer answer) {
  Handle listening = *active_;
  Used socket = active()->socket;
  base::Time end = application_.clock().now() + timeout;
  base::Alarm alarm;
  if (timeout > base::Duration::zero()) {
    alarm = application_.clock().call_at(end, [this] { changed_.notify(); });
  }
  table_.arm(listening, {.readable = true});
  while (table_.find(socket) != nullptr && !socket->readiness().readable &&
         (timeout <= base::Duration::zero() || application_.clock().now() < end)) {
    co_await changed_.wait();
  }
  if (table_.find(socket) == nullptr) {
    answer.error(base::make_reason(base::Cause::ended_by_host, "no client",
                                   "the socket was closed while it waited for one", ""));
    co_return;
  }
  table_.disarm(listening);
  if (!socket->readiness().readable) {
    answer.error(base::make_reason(base::Cause::server_timeout, "no client",
                                   "none has connected within the time", {}));
    co_return;
  }
  auto client = co_await table_.accept(listening, services::SocketTable::Owner::none);
  if (!client) {
    answer.error(client.error().reason);
    co_return;
  }
  without_client_.erase(listening);
  table_.arm(*client, {});
  table_.disarm(*client);
  auto peer = table_.find(*client)->socket->peer();
  answer.line(fmt::format("#XACCEPT: {},\"{}\"", *client, peer ? peer->address.to_string() : std::string()));
  answer.ok();
}

// Sending

asio::awaitable<void> SocketSession::send(std::string data, Answer answer) {
  Entry* entry = active();
  Used socket = connection();
  if (socket == nullptr && entry != nullptr) {
    answer.error(base::make_reason(base::Cause::nothing_open, "nothing sent",
                                   "the socket is a server's, and no client is there",
                                   "AT#XACCEPT=<timeout> waits for one"));
    co_return;
  }
  if (data.empty()) {
    answer.line("#XSEND: 0");
    answer.ok();
    co_return;
  }
  co_await run_send(std::move(socket), std::move(data), std::move(answer));
}

asio::awaitable<void> SocketSession::run_send(Used socket, std::string data, Answer answer) {
  base::Reason why = base::make_reason(base::Cause::nothing_open, "nothing sent", "no socket is open",
                                       "AT#XSOCKET opens one");
  if (socket != nullptr) {
    auto sent = co_await socket->send(data);
    if (sent) {
      answer.line(fmt::format("#XSEND: {}", *sent));
      answer.ok();
      if (Entry* entry = table_.find(socket)) {
        arm(*entry, false, true);
      }
      co_return;
    }
    why = sent.error().reason;
  }
  answer.line("#XSEND: 0");
  answer.error(std::move(why));
}

asio::awaitable<void> SocketSession::send_to(std::string host, std::uint16_t port, std::string data,
                                             Answer answer) {
  if (active() == nullptr) {
    answer.line("#XSENDTO: 0");
    answer.error(base::make_reason(base::Cause::nothing_open, "nothing sent", "no socket is open",
                                   "AT#XSOCKET opens one"));
    co_return;
  }
  if (data.empty()) {
    answer.line("#XSENDTO: 0");
    answer.ok();
    co_return;
  }
  Used socket = active()->socket;
  auto sent = co_await table_.send_to(*active_, std::move(host), port, std::move(data));
  if (sent) {
    answer.line(fmt::format("#XSENDTO: {}", *sent));
    answer.ok();
    if (Entry* entry = table_.find(socket)) {
      arm(*entry, false, true);
    }
    co_return;
  }
  if (sent.error().step == StartFault::Step::socket) {
    answer.line("#XSENDTO: 0");
  }
  answer.error(sent.error().failure.reason);
}

void SocketSession::send_data(std::optional<Destination> to, Answer answer) {
  destination_ = std::move(to);
  data_channel_ = answer.channel();
  at::DataModePolicy policy = application_.data_mode().policy(data_channel_);
  Entry* entry = active();
  bool is_stream = !destination_ && (entry == nullptr || entry->socket->type() == Type::stream);
  policy.unit = is_stream ? std::string_view{} : "datagram";
  data_channel_.enter_data_mode(policy, *this);
  answer.ok();
}

void SocketSession::send(std::string data) {
  application_.spawn(send_piece(data_channel_, std::move(data)));
}

// What cannot be sent is lost, and the host is not told.
asio::awaitable<void> SocketSession::send_piece(HostChannel channel, std::string data) {
  std::optional<base::Reason> lost;
  if (destination_ && active() != nullptr) {
    auto sent = co_await table_.send_to(*active_, destination_->host, destination_->port, std::move(data));
    lost = sent ? std::nullopt : std::optional(sent.error().failure.reason);
  } else if (Used socket = destination_ ? nullptr : connection()) {
    auto sent = co_await socket->send(data);
    lost = sent ? std::nullopt : std::optional(sent.error().reason);
  } else {
    lost = base::make_reason(base::Cause::nothing_open, fmt::format("{} bytes dropped", data.size()),
                             "no socket is there to send them", "open and connect one before data mode");
  }
  if (lost) {
    remark(*lost);
  }
  if (data_channel_ == channel) {
    channel.data_sent();
  }
}

void SocketSession::terminated() {
  data_channel_ = {};
  destination_.reset();
  dead_.clear();
  for (Entry* entry : opened()) {
    arm(*entry, true, entry == active());
  }
}

}  // namespace attache::dialects::slm_3
