#pragma once

#include <boost/asio/awaitable.hpp>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "at/channel.hpp"
#include "dialects/answer.hpp"
#include "dialects/channels.hpp"
#include "dialects/session.hpp"
#include "dialects/slm_3/proxy_commands.hpp"
#include "services/tcp_proxy.hpp"

namespace attache::dialects {
class Application;
}  // namespace attache::dialects

namespace attache::dialects::slm_3 {

namespace asio = boost::asio;

/// The TCP proxy of SLM 2.x and 3.x: what the peer sends is passed on at once, behind a line that announces
/// it or raw in data mode (reference slm-3.1/tcp-udp.md). When the connection is lost the proxy stays
/// reserved until the host has ended it.
class TcpProxySession final : public Session, public at::DataConsumer, private services::TcpProxy::Listener {
 public:
  static constexpr std::string_view protocol = "TCP";
  using Role = services::TcpProxy::Role;

  explicit TcpProxySession(Application& application);

  /// The texts of #XTCPSVR? and #XTCPCLI?.
  [[nodiscard]] std::string server_status() const;
  /// Both show the same proxy, whatever its role; -1 for what is not open.
  [[nodiscard]] std::string client_status() const;

  /// What it was started as, and was not ended by the host since.
  [[nodiscard]] Role role() const { return role_; }
  /// There is somebody to send to.
  [[nodiscard]] bool connected() const { return proxy_.connection() != nullptr; }

  // Each answers its command.
  void start_server(net::Family family, std::uint16_t port, std::optional<net::TlsOptions> tls,
                    Answer answer);
  /// OK whether or not a server runs: ends any proxy at once, with the lines of what there was before OK.
  void stop_server(Answer answer);
  /// Answers when the connection is there, TLS included; else `#XTCPCLI: <error>,"not connected"` and ERROR.
  /// Needs Role::none.
  void connect(net::Family family, std::string host, std::uint16_t port, ClientSecurity security,
               Answer answer);
  /// The same as stop_server() for a client.
  void disconnect(Answer answer);
  /// Drops the server's client of that handle; ERROR if it has no such client. The server goes on.
  void hang_up(std::int64_t handle, Answer answer);
  /// Answers when all is sent; ERROR without a connection. A failure does not end the connection by itself.
  void send_by_command(std::string data, Answer answer);
  /// What the host gives from now on goes to the peer; what cannot be sent is lost, and the log alone says
  /// so.
  void send_data(Answer answer);

  void close_because(std::string_view why) override;
  void close() override;
  void forget() override;

 private:
  using Cause = services::TcpProxy::Cause;
  using Connection = services::TcpProxy::Connection;

  // Of the host in data mode.
  void send(std::string data) override;
  void terminated() override;

  // Of the network.
  void connected(const net::Endpoint& client) override;
  void disconnected(Cause cause, const base::Reason& reason) override;
  void died(const net::Failure& failure, bool had_client) override;
  void received(std::string_view bytes) override;
  asio::awaitable<void> ready() override;
  [[nodiscard]] std::size_t most_at_once() const override;
  void remark(const base::Reason& reason) override;

  asio::awaitable<void> run_server(Connection opened, std::uint16_t port, Answer answer);
  asio::awaitable<void> run_connect(Connection opened, std::string host, std::uint16_t port, Answer answer);
  asio::awaitable<void> run_send(Connection connection, std::string data, Answer answer);
  asio::awaitable<void> run_send_data(Connection connection, HostChannel channel, std::string data);
  std::optional<Connection> open(Role role, net::Family family, std::optional<net::TlsOptions> tls,
                                 Answer& answer);
  // In data mode the host is told of a loss by its end instead. `cause`: 0 or a negative errno.
  bool breaks_data_mode(int cause);
  void urc(std::string_view text);

  Application& application_;
  services::TcpProxy proxy_;
  Role role_ = Role::none;
  int family_ = 0;            // As read forms show it: of the last start.
  HostChannel channel_;       // The one that started the proxy: gets its URCs.
  HostChannel data_channel_;  // The one in data mode for us.
};

}  // namespace attache::dialects::slm_3
