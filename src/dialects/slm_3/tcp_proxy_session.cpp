#include "dialects/slm_3/tcp_proxy_session.hpp"

#include <fmt/format.h>

#include <utility>

#include "dialects/application.hpp"
#include "dialects/slm_3/parameters.hpp"
#include "dialects/slm_3/proxy_data_mode.hpp"
#include "net/failure.hpp"

namespace attache::dialects::slm_3 {

namespace {

using services::TcpProxy;

constexpr std::string_view slm_3_tcp_module = "tcp_proxy";
constexpr std::size_t slm_3_tcp_output_limit = 32 * 1024;  // Bytes waiting for the host before more is read.

// The numbers that the host gets. A client whose peer has closed sees the hang-up, a server the end of its
// client's bytes.
int loss_of_client(TcpProxy::Cause cause) {
  return -number(cause == TcpProxy::Cause::peer_closed ? net::Errno::connection_reset : net::Errno::io);
}

int loss_of_client_of_server(TcpProxy::Cause cause) {
  return cause == TcpProxy::Cause::peer_closed ? 0 : -number(net::Errno::io);
}

int loss_of_server(const net::Failure& failure) {
  return -number(failure.code == net::Errno::network_down ? net::Errno::network_down : net::Errno::io);
}

}  // namespace

TcpProxySession::TcpProxySession(Application& application)
    : application_(application),
      proxy_(application.descriptors(), application.bearer(), application.clock(), application.spawner(), {},
             *this) {}

// Server and client show the state that they share.
std::string TcpProxySession::server_status() const {
  return fmt::format("#XTCPSVR: {},{},{}", proxy_.descriptor(), proxy_.client_descriptor(), family_);
}

std::string TcpProxySession::client_status() const {
  return fmt::format("#XTCPCLI: {},{}", proxy_.descriptor(), family_);
}

void TcpProxySession::urc(std::string_view text) {
  application_.notices().tell(channel_, text);
}

void TcpProxySession::remark(const base::Reason& reason) {
  application_.journal().report(slm_3_tcp_module, reason);
}

// Starting

std::optional<TcpProxySession::Connection> TcpProxySession::open(Role role, net::Family family,
                                                                 std::optional<net::TlsOptions> tls,
                                                                 Answer& answer) {
  auto opened = proxy_.open(role, family, std::move(tls));
  if (!opened) {
    answer.error(opened.error().reason);
    return std::nullopt;
  }
  role_ = role;
  family_ = family_number(family);
  channel_ = answer.channel();
  return *opened;
}

void TcpProxySession::start_server(net::Family family, std::uint16_t port, std::optional<net::TlsOptions> tls,
                                   Answer answer) {
  if (auto opened = open(Role::server, family, std::move(tls), answer)) {
    application_.spawn(run_server(std::move(*opened), port, std::move(answer)));
  }
}

asio::awaitable<void> TcpProxySession::run_server(Connection opened, std::uint16_t port, Answer answer) {
  std::string address = co_await application_.modem_line().local_address();
  auto fault = proxy_.listen(opened, address, port);
  if (!fault) {
    answer.line(fmt::format("#XTCPSVR: {},\"started\"", proxy_.descriptor()));
    answer.ok();
    co_return;
  }
  role_ = Role::none;
  answer.line(fmt::format("#XTCPSVR: -{},\"not started\"", number(fault->failure.code)));
  answer.error(std::move(fault->failure.reason));
}

void TcpProxySession::connect(net::Family family, std::string host, std::uint16_t port,
                              ClientSecurity security, Answer answer) {
  if (auto opened = open(Role::client, family, std::move(security.tls), answer)) {
    (*opened)->use(application_.bearer().on_context(security.cid));
    application_.spawn(run_connect(std::move(*opened), std::move(host), port, std::move(answer)));
  }
}

asio::awaitable<void> TcpProxySession::run_connect(Connection opened, std::string host, std::uint16_t port,
                                                   Answer answer) {
  auto fault = co_await proxy_.connect(std::move(opened), std::move(host), port);
  if (!fault) {
    answer.line(fmt::format("#XTCPCLI: {},\"connected\"", proxy_.descriptor()));
    answer.ok();
    co_return;
  }
  role_ = Role::none;
  answer.line(fmt::format("#XTCPCLI: {},\"not connected\"", start_error(*fault)));
  answer.error(std::move(fault->failure.reason));
}

void TcpProxySession::connected(const net::Endpoint& client) {
  urc(fmt::format("#XTCPSVR: \"{}\",\"connected\"", client.address.to_string()));
}

// Ending

void TcpProxySession::stop_server(Answer answer) {
  if (connected()) {
    answer.line("#XTCPSVR: 0,\"disconnected\"");
  }
  if (proxy_.role() == Role::server) {
    answer.line("#XTCPSVR: 0,\"stopped\"");
  }
  close();
  answer.ok();
}

void TcpProxySession::disconnect(Answer answer) {
  if (proxy_.role() == Role::client) {
    answer.line("#XTCPCLI: 0,\"disconnected\"");
  }
  close();
  answer.ok();
}

void TcpProxySession::hang_up(std::int64_t handle, Answer answer) {
  if (handle < 0 || handle != proxy_.client_descriptor()) {
    answer.error(base::make_reason(base::Cause::nothing_open, "nobody to disconnect",
                                   fmt::format("{} is no client of the TCP server", handle),
                                   "AT#XTCPSVR? shows the client's handle behind the server's"));
    return;
  }
  proxy_.drop_client();
  answer.ok();
  if (!breaks_data_mode(0)) {
    urc("#XTCPSVR: 0,\"disconnected\"");
  }
}

void TcpProxySession::close() {
  proxy_.close();
  role_ = Role::none;
  std::exchange(data_channel_, {}).leave_data_mode();
}

// The lines of the host are off by then.
void TcpProxySession::close_because(std::string_view why) {
  if (role_ != Role::none) {
    remark(base::make_reason(base::Cause::ended_by_host, "TCP proxy closed", std::string(why), ""));
  }
  close();
}

void TcpProxySession::forget() {
  close();
  family_ = 0;
  channel_ = {};
}

bool TcpProxySession::breaks_data_mode(int cause) {
  if (!data_channel_.is_open()) {
    return false;
  }
  data_channel_.data_failed(broken_data_mode_text(cause));
  return true;
}

// A client's loss leaves the proxy reserved until the host ends it.
void TcpProxySession::disconnected(Cause cause, const base::Reason& reason) {
  remark(reason);
  bool is_server = proxy_.role() == Role::server;
  int lost = is_server ? loss_of_client_of_server(cause) : loss_of_client(cause);
  if (!breaks_data_mode(lost)) {
    urc(fmt::format("#XTCP{}: {},\"disconnected\"", is_server ? "SVR" : "CLI", lost));
  }
}

void TcpProxySession::died(const net::Failure& failure, bool had_client) {
  remark(failure.reason);
  int lost = loss_of_server(failure);
  if (breaks_data_mode(lost)) {
    return;
  }
  if (had_client) {
    urc(fmt::format("#XTCPSVR: {},\"disconnected\"", lost));
  }
  urc(fmt::format("#XTCPSVR: {},\"stopped\"", lost));
}

// Receiving

std::size_t TcpProxySession::most_at_once() const {
  return most_received;
}

asio::awaitable<void> TcpProxySession::ready() {
  return application_.notices().drained(channel_, slm_3_tcp_output_limit);
}

void TcpProxySession::received(std::string_view bytes) {
  if (channel_.in_data_mode()) {
    channel_.write(bytes);
    return;
  }
  std::string text = application_.dialect().framing.line(fmt::format("#XTCPDATA: {}", bytes.size()));
  text += bytes;
  application_.notices().write(channel_, text);
}

// Sending

void TcpProxySession::send_by_command(std::string data, Answer answer) {
  if (!connected()) {
    answer.error(base::make_reason(
        base::Cause::nothing_open, "nothing sent",
        role_ == Role::server ? "the TCP server has no client" : "there is no TCP connection", ""));
  } else if (data.empty()) {
    answer.line("#XTCPSEND: 0");
    answer.ok();
  } else {
    application_.spawn(run_send(proxy_.connection(), std::move(data), std::move(answer)));
  }
}

asio::awaitable<void> TcpProxySession::run_send(Connection connection, std::string data, Answer answer) {
  auto sent = co_await proxy_.send(std::move(connection), data);
  if (!sent) {
    answer.error(sent.error().reason);
    co_return;
  }
  answer.line(fmt::format("#XTCPSEND: {}", *sent));
  answer.ok();
}

void TcpProxySession::send_data(Answer answer) {
  data_channel_ = answer.channel();
  data_channel_.enter_data_mode(proxy_data_mode(application_, data_channel_, {}), *this);
  answer.ok();
}

void TcpProxySession::send(std::string data) {
  application_.spawn(run_send_data(proxy_.connection(), data_channel_, std::move(data)));
}

asio::awaitable<void> TcpProxySession::run_send_data(Connection connection, HostChannel channel,
                                                     std::string data) {
  auto sent = co_await proxy_.send(std::move(connection), data);
  if (!sent) {
    remark(sent.error().reason);
  }
  if (data_channel_ == channel) {
    channel.data_sent();
  }
}

void TcpProxySession::terminated() {
  data_channel_ = {};
}

}  // namespace attache::dialects::slm_3
