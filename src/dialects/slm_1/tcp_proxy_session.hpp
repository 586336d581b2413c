#pragma once

#include <boost/asio/awaitable.hpp>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "at/channel.hpp"
#include "dialects/answer.hpp"
#include "dialects/channels.hpp"
#include "dialects/session.hpp"
#include "services/tcp_proxy.hpp"

namespace attache::dialects {
class Application;
}  // namespace attache::dialects

namespace attache::dialects::slm_1 {

namespace asio = boost::asio;

/// The TCP proxy as SLM presents it: what the peer sends is announced and stored, or passed on raw in data
/// mode (reference slm-1.6/tcp-udp-proxy.md).
class TcpProxySession final : public Session, public at::DataConsumer, private services::TcpProxy::Listener {
 public:
  static constexpr std::string_view protocol = "TCP";

  explicit TcpProxySession(Application& application);

  /// The allow-list of the server, and whether it counts.
  [[nodiscard]] services::TcpProxy::AllowList& filter() { return proxy_.allow_list(); }
  /// The texts of #XTCPFILTER?, #XTCPSVR? and #XTCPCLI?.
  [[nodiscard]] std::string filter_status();
  [[nodiscard]] std::string server_status() const;
  [[nodiscard]] std::string client_status() const;

  /// It runs or is being started: nothing else may be started.
  [[nodiscard]] bool busy() const { return proxy_.role() != Role::none; }
  [[nodiscard]] bool is_server() const { return proxy_.role() == Role::server; }
  [[nodiscard]] bool is_client() const { return proxy_.role() == Role::client; }
  /// There is somebody to send to.
  [[nodiscard]] bool connected() const { return proxy_.connection() != nullptr; }

  // Each answers its command.
  void start_server(bool data_mode, std::uint16_t port, std::optional<std::uint32_t> sec_tag, Answer answer);
  /// Drops the client at once; OK comes before the URC. What is stored stays until the next start.
  void stop_server(Answer answer);
  /// Answers when the connection is there; a failure shows its errno in #XTCPCLI before ERROR, EINVAL for a
  /// name that is not found. If the channel is in another's data mode by then, it goes on without.
  void connect(bool data_mode, std::string host, std::uint16_t port, std::optional<std::uint32_t> sec_tag,
               Answer answer);
  /// Closes the connection at once, likewise.
  void disconnect(Answer answer);
  /// Needs connected(). Answers when all is sent; a failure shows its errno in #XTCPSEND, and may end the
  /// connection.
  void send_by_command(std::string data, Answer answer);
  /// `length` 0 = all that is stored.
  void take_stored(std::size_t length, Answer answer);

  void close_because(std::string_view why) override;
  void close() override;
  void forget() override { close(); }

 private:
  using Role = services::TcpProxy::Role;
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

  [[nodiscard]] std::optional<Connection> open(Role role, bool data_mode,
                                               std::optional<std::uint32_t> sec_tag, Answer& answer);
  bool enter_data_mode();
  bool leave_data_mode();
  void urc(std::string_view text);

  Application& application_;
  services::TcpProxy proxy_;
  HostChannel channel_;        // The one that started the proxy: gets its URCs.
  bool data_mode_ = false;     // As #XTCPSVR? and #XTCPCLI? show it.
  bool in_data_mode_ = false;  // The channel's bytes come here.
  std::string store_;          // What #XTCPRECV will give, as it will be printed.
};

}  // namespace attache::dialects::slm_1
