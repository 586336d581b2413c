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
  [[nodiscard]] Type type() { return opened().socket->type(); }
  [[nodiscard]] std::int64_t role() { return opened().role; }
  /// The texts of #XSOCKET?, #XCONNECT? and #XACCEPT?.
  [[nodiscard]] std::string status();
  [[nodiscard]] std::string connect_status() const;
  [[nodiscard]] std::string accept_status();

  // Each answers its command. All but the first need an open socket.
  void open(Type type, std::int64_t role, std::optional<std::uint32_t> sec_tag, Answer answer);
  void close_by_command(Answer answer);
  void listen(Answer answer);
  // These work on the socket there was when they were begun, which may be closed on another port meanwhile.
  void bind(std::uint16_t port, Answer answer);
  asio::awaitable<void> connect(std::string host, std::uint16_t port, Answer answer);
  asio::awaitable<void> accept(Answer answer);
  asio::awaitable<void> send(std::string data, Answer answer);
  asio::awaitable<void> receive(std::size_t length, Answer answer);
  asio::awaitable<void> send_to(std::string host, std::uint16_t port, std::string data, Answer answer);
  asio::awaitable<void> receive_from(std::size_t length, Answer answer);
  /// SO_RCVTIMEO.
  [[nodiscard]] std::int64_t receive_timeout_seconds();
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
