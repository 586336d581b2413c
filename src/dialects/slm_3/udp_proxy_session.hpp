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
#include "services/udp_proxy.hpp"

namespace attache::dialects {
class Application;
}  // namespace attache::dialects

namespace attache::dialects::slm_3 {

namespace asio = boost::asio;

/// The UDP proxy of SLM 2.x and 3.x: datagrams are passed on behind a line that names their sender, or raw in
/// data mode (reference slm-3.1/tcp-udp.md).
class UdpProxySession final : public Session, public at::DataConsumer, private services::UdpProxy::Listener {
 public:
  using Role = services::UdpProxy::Role;

  explicit UdpProxySession(Application& application);

  /// The texts of #XUDPSVR? and #XUDPCLI?.
  [[nodiscard]] std::string server_status() const;
  /// Both show the same proxy, whatever its role; -1 for what is not open.
  [[nodiscard]] std::string client_status() const;
  /// What it runs as, or is being started as; none after the socket has failed.
  [[nodiscard]] Role role() const { return proxy_.role(); }

  // Each answers its command.
  void start_server(net::Family family, std::uint16_t port, std::optional<net::TlsOptions> tls,
                    Answer answer);
  /// Answers when the socket has its peer, of DTLS after the handshake; else `#XUDPCLI: <error>,"not
  /// connected"` and ERROR. Needs Role::none.
  void connect(net::Family family, std::string host, std::uint16_t port, ClientSecurity security,
               Answer answer);
  /// Ends a server or client; `line` says so.
  void end(std::string_view line, Answer answer);
  /// One datagram, to the peer or, of a server, to the last sender; ERROR if there is none yet. Empty data
  /// are OK and not sent.
  void send_by_command(std::string data, Answer answer);
  /// What the host gives from now on goes there, each piece as a datagram; what cannot be sent is lost, and
  /// the log alone says so.
  void send_data(Answer answer);

  void close_because(std::string_view why) override;
  void close() override;
  void forget() override;

 private:
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
  std::optional<Used> open(Role role, net::Family family, std::optional<net::TlsOptions> tls, Answer& answer);

  Application& application_;
  services::UdpProxy proxy_;
  int family_ = 0;            // As read forms show it: of the last start.
  HostChannel channel_;       // The one that started the proxy: gets its URCs.
  HostChannel data_channel_;  // The one in data mode for us.
};

}  // namespace attache::dialects::slm_3
