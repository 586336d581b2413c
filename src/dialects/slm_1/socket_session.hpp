#pragma once

#include <boost/asio/awaitable.hpp>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "dialects/answer.hpp"
#include "dialects/channels.hpp"
#include "dialects/session.hpp"
#include "services/socket_table.hpp"

namespace attache::dialects {
class Application;
}  // namespace attache::dialects

namespace attache::dialects::slm_1 {

namespace asio = boost::asio;

/// The one general socket of SLM: commands that work on it one after the other, each with its errno in the
/// answer when it fails (reference slm-1.6/socket.md).
class SocketSession final : public Session {
 public:
  using Type = services::Socket::Type;
  static constexpr std::int64_t client = 0;
  static constexpr std::int64_t server = 1;

  explicit SocketSession(Application& application);

  [[nodiscard]] bool is_open() const { return !table_.empty(); }
  /// Data can be sent and received: connected, or a client has been accepted.
  [[nodiscard]] bool connected() const { return connected_; }
  /// These two need an open socket; `role` is `client` or `server`.
  [[nodiscard]] Type type() { return opened().socket->type(); }
  [[nodiscard]] std::int64_t role() { return opened().role; }
  /// The texts of #XSOCKET?, #XCONNECT? and #XACCEPT?.
  [[nodiscard]] std::string status();
  [[nodiscard]] std::string connect_status() const;
  [[nodiscard]] std::string accept_status();

  // Each answers its command. All but the first need an open socket.
  void open(Type type, std::int64_t role, std::optional<std::uint32_t> sec_tag, Answer answer);
  /// Closes it and the client it has accepted at once; what runs on them answers ERROR with ECONNABORTED.
  void close_by_command(Answer answer);
  /// Needs a bound stream socket. A failure shows its errno in a line before ERROR and closes the socket; so
  /// it is below too, but a time-out of sending or receiving (EAGAIN, ETIMEDOUT) and EBUSY close nothing.
  void listen(Answer answer);
  // These work on the socket there was when they were begun, which may be closed on another port meanwhile.
  void bind(std::uint16_t port, Answer answer);
  /// Answers when the connection is there, TLS included; the certificate must be the host's. A name that is
  /// not found leaves the socket open.
  asio::awaitable<void> connect(std::string host, std::uint16_t port, Answer answer);
  /// Answers when a client has connected, which takes the place of the one before. Waits for ever; closing
  /// the socket ends that with ECONNABORTED.
  asio::awaitable<void> accept(Answer answer);
  /// Over the connection, or to the client that was accepted. `#XSEND: 0` stands before ERROR.
  asio::awaitable<void> send(std::string data, Answer answer);
  /// Answers with what has come, at most `length` bytes and SLM_SOCKET_RX_MAX; waits as long as the receive
  /// time-out says. The rest of a datagram is lost with a warning.
  asio::awaitable<void> receive(std::size_t length, Answer answer);
  /// One datagram; the host's name is looked up in IPv4 each time.
  asio::awaitable<void> send_to(std::string host, std::uint16_t port, std::string data, Answer answer);
  /// As receive(), of the socket itself: the sender is not shown.
  asio::awaitable<void> receive_from(std::size_t length, Answer answer);
  /// SO_RCVTIMEO.
  [[nodiscard]] std::int64_t receive_timeout_seconds();
  /// Zero = for ever. Holds for the next receive; needs an open socket.
  void set_receive_timeout(std::int64_t seconds);

  void close_because(std::string_view why) override;
  void close() override;
  void forget() override { close(); }

 private:
  using Used = std::shared_ptr<services::Socket>;
  using Table = services::SocketTable;

  // The one that the host opened, which must be there, and the client that it has accepted.
  [[nodiscard]] Table::Entry& opened() { return *table_.entries().front(); }
  [[nodiscard]] Table::Entry* accepted();
  /// The socket that data go through: the accepted one of a server.
  [[nodiscard]] Used connection();
  asio::awaitable<void> run_bind(Used socket, std::uint16_t port, bool serves, Answer answer);
  asio::awaitable<void> receive(Used socket, std::size_t length, std::string_view name, Answer answer);
  void answer_sent(const Used& socket, const services::Socket::Size& sent, std::string_view name,
                   Answer answer);
  // Writes the #XSOCKET line of a failure; a socket that failed for good is closed.
  void tell_failure(const Used& socket, const net::Failure& failure, bool closes, Answer& answer);

  Application& application_;
  Table table_;
  bool connected_ = false;
  HostChannel opener_;  // The one that opened the socket.
};

}  // namespace attache::dialects::slm_1
