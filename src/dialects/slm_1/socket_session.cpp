#include "dialects/slm_1/socket_session.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "dialects/application.hpp"
#include "dialects/slm_1/data_type.hpp"
#include "net/failure.hpp"
#include "services/host_address.hpp"

namespace attache::dialects::slm_1 {

namespace {

using services::Socket;

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

std::string SocketSession::status() const {
  return is_open() ? fmt::format("#XSOCKET: {},{},{}", socket_->descriptor(), protocol(*socket_), role_)
                   : std::string("#XSOCKET: 0");
}

std::string SocketSession::connect_status() const {
  return fmt::format("+XCONNECT: {}", connected_ ? 1 : 0);
}

std::string SocketSession::accept_status() const {
  return fmt::format("#XTCPACCEPT: {}", peer_ ? peer_->descriptor() : 0);
}

void SocketSession::open(Type type, std::int64_t role, std::optional<std::uint32_t> sec_tag, Answer answer) {
  std::optional<net::TlsOptions> tls;
  if (sec_tag) {
    tls.emplace();
    tls->sec_tag = *sec_tag;
    tls->in_application = application_.options().native_tls;
    tls->peer_verify =
        role == server ? net::TlsOptions::PeerVerify::none : net::TlsOptions::PeerVerify::required;
  }
  auto opened = Socket::open(application_.descriptors(), application_.bearer(), type, std::move(tls));
  if (!opened) {
    answer.error(opened.error().reason);
    return;
  }
  socket_ = std::move(*opened);
  role_ = role;
  opener_ = answer.channel();
  answer.line(fmt::format("#XSOCKET: {},{},{},{}", socket_->descriptor(), type_number(type), role,
                          protocol(*socket_)));
  answer.ok();
}

void SocketSession::close() {
  for (Used* socket : {&peer_, &socket_}) {
    if (*socket) {
      (*socket)->close();
      socket->reset();
    }
  }
  role_ = client;
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
    application_.journal().report(socket_module, base::make_reason("socket closed", std::string(why)));
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
  if (is_current(socket)) {
    close();
  }
}

void SocketSession::bind(std::uint16_t port, Answer answer) {
  application_.spawn(run_bind(socket_, port, std::move(answer)));
}

asio::awaitable<void> SocketSession::run_bind(Used socket, std::uint16_t port, Answer answer) {
  std::string address = co_await application_.modem_line().local_address();
  if (!services::looks_like_ipv4(address) || address.empty()) {
    answer.error(base::make_reason(
        "no address to bind to",
        address.empty() ? std::string("the modem has none: AT+CGPADDR gives no address")
                        : fmt::format("the modem's first address is {}, which is not IPv4", address),
        "AT+CFUN=1 and wait for +CEREG: 1 or 5"));
    co_return;
  }
  auto bound = socket->bind(port);
  if (bound) {
    answer.ok();
    co_return;
  }
  tell_failure(socket, bound.error(), true, answer);
  answer.error(bound.error().reason);
}

void SocketSession::connect(std::string host, std::uint16_t port, Answer answer) {
  application_.spawn(run_connect(socket_, std::move(host), port, std::move(answer)));
}

asio::awaitable<void> SocketSession::run_connect(Used socket, std::string host, std::uint16_t port,
                                                 Answer answer) {
  auto address = co_await services::find_ipv4(application_.bearer(), host);
  if (!address) {
    answer.error(address.error().reason);
    co_return;
  }
  auto connected = co_await socket->connect({*address, port}, host);
  if (!connected) {
    tell_failure(socket, connected.error(), true, answer);
    answer.error(connected.error().reason);
    co_return;
  }
  connected_ = true;
  answer.line("#XCONNECT: 1");
  answer.ok();
}

void SocketSession::listen(Answer answer) {
  auto listening = socket_->listen();
  if (listening) {
    answer.ok();
    return;
  }
  tell_failure(socket_, listening.error(), true, answer);
  answer.error(listening.error().reason);
}

void SocketSession::accept(Answer answer) {
  application_.spawn(run_accept(socket_, std::move(answer)));
}

asio::awaitable<void> SocketSession::run_accept(Used socket, Answer answer) {
  auto accepted = co_await socket->accept();
  if (!accepted) {
    tell_failure(socket, accepted.error(), true, answer);
    answer.error(accepted.error().reason);
    co_return;
  }
  Used client = std::move(*accepted);
  answer.line(fmt::format("#XACCEPT: \"connected with {}\"", client->peer()->address.to_string()));
  answer.line(fmt::format("#XACCEPT: {}", client->descriptor()));
  if (peer_) {
    peer_->close();
  }
  peer_ = std::move(client);
  connected_ = true;
  answer.ok();
}

void SocketSession::send(std::string data, Answer answer) {
  application_.spawn(run_send(connection(), std::move(data), std::move(answer)));
}

asio::awaitable<void> SocketSession::run_send(Used socket, std::string data, Answer answer) {
  auto sent = co_await socket->send(data);
  answer_sent(socket, sent, "#XSEND", std::move(answer));
}

void SocketSession::send_to(std::string host, std::uint16_t port, std::string data, Answer answer) {
  application_.spawn(run_send_to(socket_, std::move(host), port, std::move(data), std::move(answer)));
}

asio::awaitable<void> SocketSession::run_send_to(Used socket, std::string host, std::uint16_t port,
                                                 std::string data, Answer answer) {
  auto address = co_await services::find_ipv4(application_.bearer(), std::move(host));
  if (!address) {
    answer.error(address.error().reason);
    co_return;
  }
  auto sent = co_await socket->send_to({*address, port}, data);
  answer_sent(socket, sent, "#XSENDTO", std::move(answer));
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

void SocketSession::receive(std::size_t length, Answer answer) {
  application_.spawn(run_receive(connection(), length, "#XRECV", std::move(answer)));
}

void SocketSession::receive_from(std::size_t length, Answer answer) {
  application_.spawn(run_receive(socket_, length, "#XRECVFROM", std::move(answer)));
}

asio::awaitable<void> SocketSession::run_receive(Used socket, std::size_t length, std::string_view name,
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
        "the end of a datagram was dropped",
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

std::int64_t SocketSession::receive_timeout_seconds() const {
  return std::chrono::duration_cast<std::chrono::seconds>(socket_->receive_timeout()).count();
}

void SocketSession::set_receive_timeout(std::int64_t seconds) {
  socket_->set_receive_timeout(std::chrono::seconds(seconds));
}

}  // namespace attache::dialects::slm_1
