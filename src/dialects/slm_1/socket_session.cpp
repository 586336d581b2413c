#include "dialects/slm_1/socket_session.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "dialects/application.hpp"
#include "dialects/slm_1/command_parameters.hpp"
#include "dialects/slm_1/data_type.hpp"
#include "net/failure.hpp"
#include "services/host_address.hpp"

namespace attache::dialects::slm_1 {

namespace {

using services::Socket;
using services::StartFault;

constexpr std::string_view socket_module = "socket";

int protocol(const Socket& socket) {
  constexpr int tcp = 6;
  constexpr int udp = 17;
  constexpr int tls_1_2 = 258;
  constexpr int dtls_1_2 = 273;
  if (socket.type() == Socket::Type::stream) {
    return socket.secured() ? tls_1_2 : tcp;
  }
  return socket.secured() ? dtls_1_2 : udp;
}

int type_number(Socket::Type type) {
  return type == Socket::Type::stream ? 1 : 2;
}

bool is_timeout(net::Errno code) {
  return code == net::Errno::try_again || code == net::Errno::timed_out;
}

}  // namespace

SocketSession::SocketSession(Application& application)
    : application_(application),
      table_(application.descriptors(), application.bearer(), application.clock(), application.spawner(),
             {.one_client = true}) {}

services::SocketTable::Entry* SocketSession::accepted() {
  auto entries = table_.entries();
  return entries.size() > 1 ? entries.back() : nullptr;
}

SocketSession::Used SocketSession::connection() {
  Table::Entry* client = accepted();
  return opened().role == server && client != nullptr ? client->socket : opened().socket;
}

std::string SocketSession::status() {
  return is_open() ? fmt::format("#XSOCKET: {},{},{}", opened().handle, protocol(*opened().socket), role())
                   : std::string("#XSOCKET: 0");
}

std::string SocketSession::connect_status() const {
  return fmt::format("+XCONNECT: {}", connected_ ? 1 : 0);
}

std::string SocketSession::accept_status() {
  Table::Entry* client = accepted();
  return fmt::format("#XTCPACCEPT: {}", client != nullptr ? client->handle : 0);
}

void SocketSession::open(Type type, std::int64_t role, std::optional<std::uint32_t> sec_tag, Answer answer) {
  auto tls = tls_options(application_, sec_tag);
  if (tls) {
    tls->peer_verify =
        role == server ? net::TlsOptions::PeerVerify::none : net::TlsOptions::PeerVerify::required;
  }
  auto handle = table_.open({.type = type, .tls = std::move(tls), .role = static_cast<std::uint16_t>(role)},
                            Table::Owner::none);
  if (!handle) {
    answer.error(handle.error().reason);
    return;
  }
  opener_ = answer.channel();
  answer.line(
      fmt::format("#XSOCKET: {},{},{},{}", *handle, type_number(type), role, protocol(*opened().socket)));
  answer.ok();
}

void SocketSession::close() {
  table_.close_all();
  connected_ = false;
}

void SocketSession::close_by_command(Answer answer) {
  close();
  answer.line("#XSOCKET: 0,\"closed\"");
  answer.ok();
}

void SocketSession::close_because(std::string_view why) {
  if (is_open()) {
    close();
    opener_.write(application_.dialect().framing.line("#XSOCKET: 0,\"closed\""));
    application_.journal().report(
        socket_module, base::make_reason(base::Cause::ended_by_host, "socket closed", std::string(why), ""));
  }
}

void SocketSession::tell_failure(const Used& socket, const net::Failure& failure, bool closes,
                                 Answer& answer) {
  if (failure.code == net::Errno::busy) {
    return;  // It is another command that goes on with the socket.
  }
  if (!closes) {
    answer.line(fmt::format("#XSOCKET: -{}", number(failure.code)));
    return;
  }
  answer.line(fmt::format("#XSOCKET: -{},\"closed\"", number(failure.code)));
  if (table_.find(socket) != nullptr) {
    close();
  }
}

void SocketSession::bind(std::uint16_t port, Answer answer) {
  constexpr std::int64_t server = 1;
  application_.spawn(run_bind(opened().socket, port, role() == server, std::move(answer)));
}

asio::awaitable<void> SocketSession::run_bind(Used socket, std::uint16_t port, bool serves, Answer answer) {
  std::string text = co_await application_.modem_line().local_address();
  auto address = services::own_address(text, net::Family::ipv4, "no address to bind to");
  if (!address) {
    answer.error(address.error().reason);
    co_return;
  }
  auto bound = socket->bind(port, serves);
  if (bound) {
    answer.ok();
    co_return;
  }
  tell_failure(socket, bound.error(), true, answer);
  answer.error(bound.error().reason);
}

asio::awaitable<void> SocketSession::connect(std::string host, std::uint16_t port, Answer answer) {
  constexpr bool checks_name = true;
  Used socket = opened().socket;
  auto connected = co_await table_.connect(opened().handle, std::move(host), port, checks_name);
  if (connected) {
    connected_ = true;
    answer.line("#XCONNECT: 1");
    answer.ok();
    co_return;
  }
  const StartFault& fault = connected.error();
  if (fault.step == StartFault::Step::socket) {
    tell_failure(socket, fault.failure, true, answer);
  }
  answer.error(fault.failure.reason);
}

void SocketSession::listen(Answer answer) {
  auto listening = table_.listen(opened().handle);
  if (listening) {
    answer.ok();
    return;
  }
  tell_failure(opened().socket, listening.error(), true, answer);
  answer.error(listening.error().reason);
}

asio::awaitable<void> SocketSession::accept(Answer answer) {
  Used socket = opened().socket;
  auto client = co_await table_.accept(opened().handle, Table::Owner::none);
  if (!client) {
    tell_failure(socket, client.error(), true, answer);
    answer.error(client.error().reason);
    co_return;
  }
  std::string address = accepted()->socket->peer()->address.to_string();
  answer.line(fmt::format("#XACCEPT: \"connected with {}\"", address));
  answer.line(fmt::format("#XACCEPT: {}", *client));
  connected_ = true;
  answer.ok();
}

asio::awaitable<void> SocketSession::send(std::string data, Answer answer) {
  Used socket = connection();
  auto sent = co_await socket->send(data);
  answer_sent(socket, sent, "#XSEND", std::move(answer));
}

asio::awaitable<void> SocketSession::send_to(std::string host, std::uint16_t port, std::string data,
                                             Answer answer) {
  Used socket = opened().socket;
  auto sent = co_await table_.send_to(opened().handle, std::move(host), port, std::move(data));
  if (!sent && sent.error().step == StartFault::Step::name) {
    answer.error(sent.error().failure.reason);
    co_return;
  }
  answer_sent(socket, sent ? Socket::Size(*sent) : sent.error().failure, "#XSENDTO", std::move(answer));
}

void SocketSession::answer_sent(const Used& socket, const Socket::Size& sent, std::string_view name,
                                Answer answer) {
  if (sent) {
    answer.line(fmt::format("{}: {}", name, *sent));
    answer.ok();
    return;
  }
  tell_failure(socket, sent.error(), !is_timeout(sent.error().code), answer);
  answer.line(fmt::format("{}: 0", name));
  answer.error(sent.error().reason);
}

asio::awaitable<void> SocketSession::receive(std::size_t length, Answer answer) {
  return receive(connection(), length, "#XRECV", std::move(answer));
}

asio::awaitable<void> SocketSession::receive_from(std::size_t length, Answer answer) {
  return receive(opened().socket, length, "#XRECVFROM", std::move(answer));
}

asio::awaitable<void> SocketSession::receive(Used socket, std::size_t length, std::string_view name,
                                             Answer answer) {
  std::size_t most = std::min(length, application_.options().socket_rx_max);
  bool whole_datagram = socket->type() == Type::datagram;  // What the host does not ask for is lost.
  std::string buffer(whole_datagram ? application_.options().socket_rx_max + 1 : most, '\0');
  auto received = co_await socket->receive(buffer);
  if (!received) {
    tell_failure(socket, received.error(), !is_timeout(received.error().code), answer);
    answer.error(received.error().reason);
    co_return;
  }
  if (received->size > most) {
    answer.warn(base::make_reason(
        base::Cause::message_too_large, "the end of a datagram was dropped",
        fmt::format("{} takes one datagram and shows its first {} bytes; the rest is lost", name, most),
        fmt::format("give a <length> that holds the longest datagram, up to {}",
                    application_.options().socket_rx_max)));
  }
  buffer.resize(std::min(received->size, most));
  Shown shown = show(buffer);
  answer.raw(shown.text);
  answer.raw(fmt::format("\r\n{}: {},{}\r\n", name, shown.type, shown.text.size()));
  answer.ok();
}

std::int64_t SocketSession::receive_timeout_seconds() {
  return std::chrono::duration_cast<std::chrono::seconds>(opened().socket->receive_timeout()).count();
}

void SocketSession::set_receive_timeout(std::int64_t seconds) {
  opened().socket->set_receive_timeout(std::chrono::seconds(seconds));
}

}  // namespace attache::dialects::slm_1
