#include "dialects/slm_1/tcp_proxy_session.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "dialects/application.hpp"
#include "dialects/slm_1/command_parameters.hpp"
#include "dialects/slm_1/data_type.hpp"
#include "dialects/slm_1/edition.hpp"
#include "net/failure.hpp"

namespace attache::dialects::slm_1 {

namespace {

using services::StartFault;
using services::TcpProxy;

constexpr std::string_view tcp_proxy_module = "tcp_proxy";
constexpr std::size_t raw_read_size = 16 * 1024;  // In data mode there are no pieces to announce.
constexpr std::size_t stream_buffer = 16 * 1024;
constexpr std::size_t tcp_proxy_output_limit = 32 * 1024;  // Bytes waiting for the host before more is read.

TcpProxy::Options options_of_tcp_proxy(const Application& application) {
  bool drops_idle_clients = edition(application).drops_idle_tcp_clients;
  return {.idle_limit =
              std::chrono::seconds(drops_idle_clients ? application.options().tcp_connection_time : 0)};
}

// What the firmware prints of the end of a server's client.
net::Errno number_of(TcpProxy::Cause cause) {
  switch (cause) {
    case TcpProxy::Cause::peer_closed:
      return net::Errno::connection_reset;
    case TcpProxy::Cause::receive_failed:
      return net::Errno::io;
    case TcpProxy::Cause::idle:
      return net::Errno::timed_out;
    case TcpProxy::Cause::send_failed:
      break;
  }
  return net::Errno::network_down;
}

void fail_start(std::string_view name, net::Errno code, base::Reason reason, Answer& answer) {
  answer.line(fmt::format("{}: -{}", name, number(code)));
  answer.error(std::move(reason));
}

}  // namespace

TcpProxySession::TcpProxySession(Application& application)
    : application_(application),
      proxy_(application.descriptors(), application.bearer(), application.clock(), application.spawner(),
             options_of_tcp_proxy(application), *this) {}

std::string TcpProxySession::filter_status() {
  std::string text = fmt::format("#XTCPFILTER: {:d}", filter().in_force);
  for (const std::string& address : filter().addresses) {
    fmt::format_to(std::back_inserter(text), ",\"{}\"", address);
  }
  return text;
}

std::string TcpProxySession::server_status() const {
  if (!busy()) {
    return std::string(edition(application_).tcp_server_at_rest);
  }
  return fmt::format("#XTCPSVR: {},{},{:d}", proxy_.descriptor(), proxy_.client_descriptor(), data_mode_);
}

std::string TcpProxySession::client_status() const {
  return busy() ? fmt::format("#XTCPCLI: {},{:d}", proxy_.descriptor(), data_mode_)
                : std::string("#XTCPCLI: -1,0");
}

void TcpProxySession::urc(std::string_view text) {
  application_.notices().tell(channel_, text);
}

void TcpProxySession::remark(const base::Reason& reason) {
  application_.journal().report(tcp_proxy_module, reason);
}

// Starting

std::optional<TcpProxySession::Connection> TcpProxySession::open(Role role, bool data_mode,
                                                                 std::optional<std::uint32_t> sec_tag,
                                                                 Answer& answer) {
  auto tls = tls_options(application_, sec_tag);
  if (tls) {
    tls->peer_verify =
        role == Role::client ? net::TlsOptions::PeerVerify::required : net::TlsOptions::PeerVerify::none;
  }
  auto opened = proxy_.open(role, net::Family::ipv4, std::move(tls));
  if (!opened) {
    proxy_.close();
    fail_start(role == Role::server ? "#XTCPSVR" : "#XTCPCLI", opened.error().code, opened.error().reason,
               answer);
    return std::nullopt;
  }
  data_mode_ = data_mode;
  channel_ = answer.channel();
  return *opened;
}

void TcpProxySession::start_server(bool data_mode, std::uint16_t port, std::optional<std::uint32_t> sec_tag,
                                   Answer answer) {
  if (sec_tag && !application_.options().native_tls) {
    proxy_.close();
    fail_start("#XTCPSVR", net::Errno::invalid,
               base::make_reason(base::Cause::service_not_built_in, "no secured TCP server",
                                 "the modem's TLS has no server role", "build with CONFIG_SLM_NATIVE_TLS=y"),
               answer);
    return;
  }
  if (auto opened = open(Role::server, data_mode, sec_tag, answer)) {
    application_.spawn(run_server(std::move(*opened), port, std::move(answer)));
  }
}

asio::awaitable<void> TcpProxySession::run_server(Connection opened, std::uint16_t port, Answer answer) {
  std::string address = co_await application_.modem_line().local_address();
  if (auto fault = proxy_.listen(opened, address, port)) {
    fail_start("#XTCPSVR", fault->failure.code, std::move(fault->failure.reason), answer);
    co_return;
  }
  store_.clear();
  answer.line(fmt::format("#XTCPSVR: {},\"started\"", proxy_.descriptor()));
  answer.ok();
}

void TcpProxySession::connect(bool data_mode, std::string host, std::uint16_t port,
                              std::optional<std::uint32_t> sec_tag, Answer answer) {
  if (auto opened = open(Role::client, data_mode, sec_tag, answer)) {
    application_.spawn(run_connect(std::move(*opened), std::move(host), port, std::move(answer)));
  }
}

asio::awaitable<void> TcpProxySession::run_connect(Connection opened, std::string host, std::uint16_t port,
                                                   Answer answer) {
  auto fault = co_await proxy_.connect(std::move(opened), std::move(host), port);
  if (fault) {
    bool without_name = fault->step == StartFault::Step::name;
    fail_start("#XTCPCLI", without_name ? net::Errno::invalid : fault->failure.code,
               std::move(fault->failure.reason), answer);
    co_return;
  }
  store_.clear();
  answer.line(fmt::format("#XTCPCLI: {},\"connected\"", proxy_.descriptor()));
  if (data_mode_) {
    data_mode_ = enter_data_mode();
  }
  answer.ok();
}

void TcpProxySession::connected(const net::Endpoint& client) {
  urc(fmt::format("#XTCPSVR: \"{}\",\"connected\"", client.address.to_string()));
  if (data_mode_) {
    enter_data_mode();
  }
}

bool TcpProxySession::enter_data_mode() {
  if (channel_.in_data_mode()) {
    remark(base::make_reason(base::Cause::modem_busy_order, "no data mode for this connection",
                             "the port is in data mode for another service", ""));
    return false;
  }
  in_data_mode_ = true;
  // Chunks cannot be told apart in a stream, nor the size of a buffer that holds the host back when it is
  // full.
  at::DataModePolicy policy = application_.data_mode().policy(channel_);
  policy.merges = true;
  if (channel_.has_flow_control()) {
    policy.buffer = stream_buffer;
  }
  channel_.enter_data_mode(policy, *this);
  return true;
}

// Ending

// True if the channel was in data mode for this proxy.
bool TcpProxySession::leave_data_mode() {
  if (!std::exchange(in_data_mode_, false)) {
    return false;
  }
  channel_.leave_data_mode();
  return true;
}

void TcpProxySession::close() {
  leave_data_mode();
  proxy_.close();
  store_ = {};
}

void TcpProxySession::close_because(std::string_view why) {
  if (!busy()) {
    proxy_.close();
    return;
  }
  std::string_view ended = is_server() ? "#XTCPSVR: -1,\"stopped\"" : "#XTCPCLI: 1,\"disconnected\"";
  std::string_view left = is_server() ? "#XTCPSVR: 0,\"datamode\"" : "#XTCPCLI: 0,\"datamode\"";
  bool was_data_mode = leave_data_mode();
  close();
  urc(ended);
  if (was_data_mode) {
    urc(left);
  }
  remark(base::make_reason(base::Cause::ended_by_host, "TCP proxy closed", std::string(why), ""));
}

void TcpProxySession::stop_server(Answer answer) {
  bool was_data_mode = leave_data_mode();
  proxy_.close();
  answer.ok();
  urc("#XTCPSVR: -1,\"stopped\"");
  if (was_data_mode) {
    urc("#XTCPSVR: 0,\"datamode\"");
  }
}

void TcpProxySession::disconnect(Answer answer) {
  bool was_data_mode = leave_data_mode();
  proxy_.close();
  answer.ok();
  urc("#XTCPCLI: 1,\"disconnected\"");
  if (was_data_mode) {
    urc("#XTCPCLI: 0,\"datamode\"");
  }
}

void TcpProxySession::disconnected(Cause cause, const base::Reason& reason) {
  bool was_data_mode = leave_data_mode();
  if (is_server()) {
    urc(fmt::format("#XTCPSVR: -{},\"disconnected\"", number(number_of(cause))));
  } else {
    urc("#XTCPCLI: 0,\"disconnected\"");
    if (was_data_mode) {
      urc("#XTCPCLI: 0,\"datamode\"");
    }
  }
  base::Reason told = reason;
  if (cause == Cause::idle) {
    told.advice = "CONFIG_SLM_TCP_CONN_TIME sets the limit";
  }
  remark(told);
}

void TcpProxySession::died(const net::Failure& failure, bool had_client) {
  leave_data_mode();
  if (had_client) {
    urc(fmt::format("#XTCPSVR: -{},\"disconnected\"", number(net::Errno::connection_aborted)));
  }
  urc("#XTCPSVR: 0,\"stopped\"");
  remark(failure.reason);
}

void TcpProxySession::terminated() {
  in_data_mode_ = false;
  if (is_client()) {
    data_mode_ = false;
  } else if (connected()) {
    proxy_.drop_client();
    urc(fmt::format("#XTCPSVR: -{},\"disconnected\"", number(net::Errno::network_down)));
    remark(base::make_reason(base::Cause::ended_by_host, "TCP client dropped",
                             "the host left data mode by the terminator", ""));
  }
}

// Receiving

std::size_t TcpProxySession::most_at_once() const {
  return in_data_mode_ ? raw_read_size : application_.options().socket_rx_max;
}

asio::awaitable<void> TcpProxySession::ready() {
  return channel_.drained(tcp_proxy_output_limit);
}

void TcpProxySession::received(std::string_view bytes) {
  if (in_data_mode_) {
    channel_.write(bytes);
    return;
  }
  std::string text;
  std::size_t most = application_.options().socket_rx_max;
  for (; !bytes.empty(); bytes.remove_prefix(std::min(most, bytes.size()))) {
    Shown shown = show(bytes.substr(0, most));
    if (store_.size() + shown.text.size() > 2 * most) {
      text += application_.dialect().framing.line("#XTCPDATA: \"overrun\"");
      remark(base::make_reason(base::Cause::buffer_limit,
                               fmt::format("{} bytes received were dropped", std::min(most, bytes.size())),
                               fmt::format("the store of {} bytes is full", 2 * most),
                               "take what has come with AT#XTCPRECV before more arrives, or use data mode"));
    } else {
      store_ += shown.text;
      text +=
          application_.dialect().framing.line(fmt::format("#XTCPDATA: {},{}", shown.type, shown.text.size()));
    }
  }
  application_.notices().write(channel_, text);
}

void TcpProxySession::take_stored(std::size_t length, Answer answer) {
  std::string text = std::exchange(store_, {});
  if (length > 0 && length < text.size()) {
    answer.warn(base::make_reason(
        base::Cause::buffer_limit,
        fmt::format("{} of {} bytes received were dropped", text.size() - length, text.size()),
        "#XTCPRECV empties the store, whatever <length> it shows of it",
        "give no <length>, or at least the sum of the sizes in the #XTCPDATA before"));
    text.resize(length);
  }
  if (!text.empty()) {
    answer.raw(text);
    answer.raw("\r\n");
  }
  answer.line(fmt::format("#XTCPRECV: {}", text.size()));
  answer.ok();
}

// Sending

void TcpProxySession::send_by_command(std::string data, Answer answer) {
  application_.spawn(run_send(proxy_.connection(), std::move(data), std::move(answer)));
}

asio::awaitable<void> TcpProxySession::run_send(Connection connection, std::string data, Answer answer) {
  auto sent = co_await proxy_.send(connection, data);
  if (sent) {
    answer.line(fmt::format("#XTCPSEND: {}", *sent));
    answer.ok();
    co_return;
  }
  fail_start("#XTCPSEND", sent.error().code, sent.error().reason, answer);
  proxy_.after_failed_send(connection, sent.error());
}

void TcpProxySession::send(std::string data) {
  application_.spawn(run_send_data(proxy_.connection(), channel_, std::move(data)));
}

asio::awaitable<void> TcpProxySession::run_send_data(Connection connection, HostChannel channel,
                                                     std::string data) {
  auto sent = co_await proxy_.send(connection, data);
  if (connection != proxy_.connection()) {
    co_return;
  }
  if (!sent) {
    proxy_.after_failed_send(connection, sent.error());
  }
  if (in_data_mode_) {
    channel.data_sent();
  }
}

}  // namespace attache::dialects::slm_1
