#pragma once

#include <boost/asio/awaitable.hpp>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "at/channel.hpp"
#include "dialects/answer.hpp"
#include "dialects/channels.hpp"
#include "dialects/session.hpp"
#include "services/socket.hpp"

namespace attache::dialects {
class Application;
}  // namespace attache::dialects

namespace attache::dialects::slm_1 {

namespace asio = boost::asio;

/// The UDP proxy of SLM: a server that answers the last sender, or a client of one peer, plain or DTLS.
/// Datagrams are passed on as they come (reference slm-1.6/tcp-udp-proxy.md).
class UdpProxySession final : public Session, public at::DataConsumer {
 public:
  explicit UdpProxySession(Application& application) : application_(application) {}

  /// The texts of #XUDPSVR? and #XUDPCLI?.
  [[nodiscard]] std::string server_status() const { return status("#XUDPSVR"); }
  [[nodiscard]] std::string client_status() const { return status("#XUDPCLI"); }

  /// It runs or is being started; under `strict` also after a start that failed.
  [[nodiscard]] bool busy() const { return state_.socket != nullptr; }
  [[nodiscard]] bool is_server() const { return busy() && state_.role == Role::server; }
  [[nodiscard]] bool is_client() const { return busy() && state_.role == Role::client; }
  /// There is somebody to send to.
  [[nodiscard]] bool has_destination() const;

  // Each answers its command.
  void start_server(bool data_mode, std::uint16_t port, Answer answer);
  void connect(bool data_mode, std::string host, std::uint16_t port, std::optional<std::uint32_t> sec_tag,
               Answer answer);
  void stop_server(Answer answer);
  void disconnect(Answer answer);
  void send_by_command(std::string data, Answer answer);

  void close_because(std::string_view why) override;
  void close() override;
  void forget() override { close(); }

 private:
  // Of the socket there is; those that `strict` lost go on until the next boot.
  void end();

  using Used = std::shared_ptr<services::Socket>;
  enum class Role { none, server, client };

  struct State {
    Role role = Role::none;
    Used socket;
    bool running = false;
    bool data_mode = false;               // As #XUDPSVR? and #XUDPCLI? show it.
    std::optional<net::Endpoint> sender;  // Of the last datagram: whom a server sends to.
  };

  void send(std::string data) override;
  void terminated() override;

  [[nodiscard]] std::string status(std::string_view name) const;
  [[nodiscard]] bool is_current(const Used& socket) const { return socket == state_.socket; }
  void begin(Role role, Used socket, bool data_mode, const Answer& answer);
  void started(std::string_view text, Answer answer);

  asio::awaitable<void> run_server(Used socket, std::uint16_t port, Answer answer);
  asio::awaitable<void> run_connect(Used socket, std::string host, std::uint16_t port, Answer answer);
  asio::awaitable<void> run_send(Used socket, std::string data, Answer answer);
  asio::awaitable<void> run_send_data(Used socket, HostChannel channel, std::string data);
  asio::awaitable<services::Socket::Size> transmit(Used socket, std::string_view data);
  asio::awaitable<void> read_from(Used socket);

  void fail_start();
  void deliver(std::string_view bytes);
  void stop(const net::Failure& failure);
  bool leave_data_mode();
  void reset();
  void urc(std::string_view text);

  Application& application_;
  State state_;
  HostChannel channel_;        // The one that started the proxy: gets its URCs.
  bool in_data_mode_ = false;  // The channel's bytes come here.
  std::vector<Used> lost_;     // Under `strict`: sockets whose handles the firmware has forgotten.
};

}  // namespace attache::dialects::slm_1
