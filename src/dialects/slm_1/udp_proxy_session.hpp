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
#include "services/udp_proxy.hpp"

namespace attache::dialects {
class Application;
}  // namespace attache::dialects

namespace attache::dialects::slm_1 {

namespace asio = boost::asio;

/// The UDP proxy as SLM presents it: datagrams are shown, or passed on raw in data mode (reference
/// slm-1.6/tcp-udp-proxy.md).
class UdpProxySession final : public Session, public at::DataConsumer, private services::UdpProxy::Listener {
 public:
  static constexpr std::string_view protocol = "UDP";

  explicit UdpProxySession(Application& application);

  /// The texts of #XUDPSVR? and #XUDPCLI?.
  [[nodiscard]] std::string server_status() const { return status("#XUDPSVR"); }
  [[nodiscard]] std::string client_status() const { return status("#XUDPCLI"); }

  /// It runs or is being started; under `strict` also after a start that failed.
  [[nodiscard]] bool busy() const { return proxy_.role() != Role::none; }
  /// False while nothing runs; likewise is_client().
  [[nodiscard]] bool is_server() const { return proxy_.role() == Role::server; }
  [[nodiscard]] bool is_client() const { return proxy_.role() == Role::client; }
  /// There is somebody to send to.
  [[nodiscard]] bool has_destination() const { return proxy_.has_destination(); }

  // Each answers its command.
  void start_server(bool data_mode, std::uint16_t port, Answer answer);
  /// Answers when the socket has its peer, of DTLS after the handshake; a failure shows the errno of the
  /// socket in #XUDPCLI before ERROR.
  void connect(bool data_mode, std::string host, std::uint16_t port, std::optional<std::uint32_t> sec_tag,
               Answer answer);
  /// These two end it at once; ERROR if it could not be started before.
  void stop_server(Answer answer);
  void disconnect(Answer answer);
  /// Needs has_destination(). One datagram; a failure that does not pass shows its errno in #XUDPSEND, and
  /// may end the proxy.
  void send_by_command(std::string data, Answer answer);

  void close_because(std::string_view why) override;
  void close() override;
  void forget() override { close(); }

 private:
  using Role = services::UdpProxy::Role;
  using Used = services::UdpProxy::Used;

  // Of the host in data mode.
  void send(std::string data) override;
  void terminated() override;

  // Of the network.
  void received(std::string_view bytes, const net::Endpoint& from) override;
  asio::awaitable<void> ready() override;
  void stopped(Role role, const net::Failure& failure) override;
  void remark(const base::Reason& reason) override;

  asio::awaitable<void> run_server(Used opened, std::uint16_t port, Answer answer);
  asio::awaitable<void> run_connect(Used opened, std::string host, std::uint16_t port, Answer answer);
  asio::awaitable<void> run_send(Used socket, std::string data, Answer answer);
  asio::awaitable<void> run_send_data(Used socket, HostChannel channel, std::string data);

  [[nodiscard]] std::string status(std::string_view name) const;
  [[nodiscard]] std::optional<Used> open(Role role, bool data_mode, std::optional<net::TlsOptions> tls,
                                         Answer& answer);
  void started(std::string_view text, Answer answer);
  void end();
  void enter_data_mode();
  void leave_data_mode();
  void urc(std::string_view text);

  Application& application_;
  services::UdpProxy proxy_;
  HostChannel channel_;        // The one that started the proxy: gets its URCs.
  bool data_mode_ = false;     // As #XUDPSVR? and #XUDPCLI? show it.
  bool in_data_mode_ = false;  // The channel's bytes come here.
};

}  // namespace attache::dialects::slm_1
