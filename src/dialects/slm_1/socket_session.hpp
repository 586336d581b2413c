#pragma once

#include <boost/asio/awaitable.hpp>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "dialects/answer.hpp"
#include "dialects/session.hpp"
#include "services/socket.hpp"

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

  explicit SocketSession(Application& application) : application_(application) {}

  [[nodiscard]] bool is_open() const { return socket_ != nullptr; }
  /// Data can be sent and received: connected, or a client has been accepted.
  [[nodiscard]] bool connected() const { return connected_; }
  [[nodiscard]] Type type() const { return socket_->type(); }
  [[nodiscard]] std::int64_t role() const { return role_; }
  /// The texts of #XSOCKET?, #XCONNECT? and #XACCEPT?.
  [[nodiscard]] std::string status() const;
  [[nodiscard]] std::string connect_status() const;
  [[nodiscard]] std::string accept_status() const;

  // Each answers its command. All but the first need an open socket.
  void open(Type type, std::int64_t role, std::optional<std::uint32_t> sec_tag, Answer answer);
  void close_by_command(Answer answer);
  void bind(std::uint16_t port, Answer answer);
  void connect(std::string host, std::uint16_t port, Answer answer);
  void listen(Answer answer);
  void accept(Answer answer);
  void send(std::string data, Answer answer);
  void receive(std::size_t length, Answer answer);
  void send_to(std::string host, std::uint16_t port, std::string data, Answer answer);
  void receive_from(std::size_t length, Answer answer);
  /// SO_RCVTIMEO.
  [[nodiscard]] std::int64_t receive_timeout_seconds() const;
  void set_receive_timeout(std::int64_t seconds);

  void close_because(std::string_view why) override;
  void close() override;
  void forget() override { close(); }

 private:
  using Used = std::shared_ptr<services::Socket>;

  // Each works on the socket there was when its command came, which may have been closed on another port.
  asio::awaitable<void> run_bind(Used socket, std::uint16_t port, Answer answer);
  asio::awaitable<void> run_connect(Used socket, std::string host, std::uint16_t port, Answer answer);
  asio::awaitable<void> run_accept(Used socket, Answer answer);
  asio::awaitable<void> run_send(Used socket, std::string data, Answer answer);
  asio::awaitable<void> run_send_to(Used socket, std::string host, std::uint16_t port, std::string data,
                                    Answer answer);
  asio::awaitable<void> run_receive(Used socket, std::size_t length, std::string_view name, Answer answer);

  /// The socket that data go through: the accepted one of a server.
  [[nodiscard]] const Used& connection() const { return role_ == server && peer_ ? peer_ : socket_; }
  [[nodiscard]] bool is_current(const Used& socket) const { return socket == socket_ || socket == peer_; }
  void answer_sent(const Used& socket, const services::Socket::Size& sent, std::string_view name,
                   Answer answer);
  // Writes the #XSOCKET line of a failure; a socket that failed for good is closed.
  void tell_failure(const Used& socket, const net::Failure& failure, bool closes, Answer& answer);

  Application& application_;
  Used socket_;
  Used peer_;
  std::int64_t role_ = client;
  std::optional<std::uint32_t> sec_tag_;
  bool connected_ = false;
  HostChannel opener_;  // The one that opened the socket.
};

}  // namespace attache::dialects::slm_1
