#include "dialects/slm_1/tcp_proxy_session.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "dialects/application.hpp"
#include "dialects/slm_1/data_type.hpp"
#include "dialects/slm_1/edition.hpp"
#include "net/failure.hpp"
#include "services/host_address.hpp"

namespace attache::dialects::slm_1 {

namespace {

using namespace std::chrono_literals;
using services::Socket;

constexpr std::string_view tcp_proxy_module = "tcp_proxy";
constexpr std::size_t raw_read_size = 16 * 1024;  // In data mode there are no pieces to announce.
constexpr std::size_t stream_buffer = 16 * 1024;
constexpr std::size_t tcp_proxy_output_limit = 32 * 1024;  // Bytes waiting for the host before more is read.

// After these the connection goes on.
bool is_passing_accept(net::Errno code) {
  return code == net::Errno::try_again || code == net::Errno::timed_out;
}

}  // namespace

std::string TcpProxySession::filter_status() const {
  std::string text = fmt::format("#XTCPFILTER: {:d}", state_.filtered);
  for (const std::string& address : state_.allowed) {
    fmt::format_to(std::back_inserter(text), ",\"{}\"", address);
  }
  return text;
}

std::string TcpProxySession::server_status() const {
  if (!busy()) {
    return std::string(edition(application_).tcp_server_at_rest);
  }
  return fmt::format("#XTCPSVR: {},{},{:d}", state_.socket->descriptor(),
                     state_.peer ? state_.peer->descriptor() : -1, state_.data_mode);
}

std::string TcpProxySession::client_status() const {
  return busy() ? fmt::format("#XTCPCLI: {},{:d}", state_.socket->descriptor(), state_.data_mode)
                : std::string("#XTCPCLI: -1,0");
}

TcpProxySession::Used TcpProxySession::connection() const {
  if (state_.role == Role::server) {
    return state_.peer;
  }
  return state_.connected ? state_.socket : nullptr;
}

void TcpProxySession::urc(std::string_view text) {
  application_.notices().tell(channel_, text);
}

void TcpProxySession::reset() {
  State old = std::exchange(state_, State{});
  for (const Used& socket : {old.peer, old.socket}) {
    if (socket) {
      socket->close();
    }
  }
  idle_alarm_.cancel();
}

void TcpProxySession::close() {
  leave_data_mode();
  reset();
  store_ = {};
}

void TcpProxySession::close_because(std::string_view why) {
  if (!busy()) {
    reset();
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
  application_.journal().report(tcp_proxy_module, base::make_reason("TCP proxy closed", std::string(why)));
}

bool TcpProxySession::enter_data_mode() {
  if (channel_.in_data_mode()) {
    application_.journal().report(tcp_proxy_module,
                                  base::make_reason("no data mode for this connection",
                                                    "the port is in data mode for another service"));
    return false;
  }
  in_data_mode_ = true;
  // Chunks cannot be told apart in a stream, nor the size of a buffer that holds the host back when it is
  // full.
  at::DataModePolicy policy = application_.data_mode().policy();
  policy.merges = true;
  if (channel_.has_flow_control()) {
    policy.buffer = stream_buffer;
  }
  channel_.enter_data_mode(policy, *this);
  return true;
}

// True if the channel was in data mode for this proxy.
bool TcpProxySession::leave_data_mode() {
  if (!std::exchange(in_data_mode_, false)) {
    return false;
  }
  channel_.leave_data_mode();
  return true;
}

net::NetResult<TcpProxySession::Used> TcpProxySession::open(std::optional<std::uint32_t> sec_tag,
                                                            bool verify) {
  std::optional<net::TlsOptions> tls;
  if (sec_tag) {
    tls.emplace();
    tls->sec_tag = *sec_tag;
    tls->in_application = application_.options().native_tls;
    tls->peer_verify = verify ? net::TlsOptions::PeerVerify::required : net::TlsOptions::PeerVerify::none;
  }
  return Socket::open(application_.descriptors(), application_.bearer(), Socket::Type::stream,
                      std::move(tls));
}

void TcpProxySession::fail_start(std::string_view name, net::Failure failure, Answer answer) {
  reset();
  answer.line(fmt::format("{}: -{}", name, number(failure.code)));
  answer.error(std::move(failure.reason));
}

// The server

void TcpProxySession::start_server(bool data_mode, std::uint16_t port, std::optional<std::uint32_t> sec_tag,
                                   Answer answer) {
  if (sec_tag && !application_.options().native_tls) {
    fail_start("#XTCPSVR",
               net::make_failure(net::Errno::invalid, "no secured TCP server",
                                 "the modem's TLS has no server role", "build with CONFIG_SLM_NATIVE_TLS=y"),
               std::move(answer));
    return;
  }
  auto opened = open(sec_tag, false);
  if (!opened) {
    fail_start("#XTCPSVR", opened.error(), std::move(answer));
    return;
  }
  state_.role = Role::server;
  state_.socket = std::move(*opened);
  state_.data_mode = data_mode;
  channel_ = answer.channel();
  application_.spawn(run_server(state_.socket, port, std::move(answer)));
}

asio::awaitable<void> TcpProxySession::run_server(Used socket, std::uint16_t port, Answer answer) {
  std::string address = co_await application_.modem_line().local_address();
  net::NetResult<void> started;
  if (address.empty() || !services::looks_like_ipv4(address)) {
    started = net::make_failure(
        net::Errno::network_unreachable, "no TCP server",
        address.empty() ? "the modem has no address" : "the modem's first address is not IPv4",
        "AT+CFUN=1 and wait for +CEREG: 1 or 5");
  }
  if (started) {
    started = socket->bind(port);
  }
  if (started) {
    started = socket->listen();
  }
  if (!started) {
    fail_start("#XTCPSVR", started.error(), std::move(answer));
    co_return;
  }
  store_.clear();
  answer.line(fmt::format("#XTCPSVR: {},\"started\"", socket->descriptor()));
  application_.spawn(accept_clients(socket));
  answer.ok();
}

asio::awaitable<void> TcpProxySession::accept_clients(Used listening) {
  while (listening == state_.socket) {
    auto client = co_await listening->accept();
    if (listening != state_.socket) {
      co_return;
    }
    if (client) {
      admit(std::move(*client));
      continue;
    }
    // Others are the failure of one client: a handshake, say.
    if (client.error().code == net::Errno::network_down) {
      server_died(client.error());
      co_return;
    }
    application_.journal().report(tcp_proxy_module, client.error().reason);
    co_await application_.clock().sleep_for(100ms);
  }
}

std::optional<base::Reason> TcpProxySession::objection_to(const Socket& client) const {
  std::string address = client.peer()->address.to_string();
  std::string what = fmt::format("client {} turned away", address);
  if (state_.peer) {
    return base::make_reason(std::move(what), "the TCP server serves one client at a time, and has one");
  }
  bool allowed = !state_.filtered ||
                 std::find(state_.allowed.begin(), state_.allowed.end(), address) != state_.allowed.end();
  if (!allowed) {
    return base::make_reason(std::move(what), "its address is not on the allow-list (#XTCPFILTER)",
                             "clients of this machine come from 127.0.0.1");
  }
  return std::nullopt;
}

void TcpProxySession::admit(Used client) {
  if (auto objection = objection_to(*client)) {
    client->close();
    application_.journal().report(tcp_proxy_module, std::move(*objection));
    return;
  }
  state_.peer = std::move(client);
  urc(fmt::format("#XTCPSVR: \"{}\",\"connected\"", state_.peer->peer()->address.to_string()));
  if (state_.data_mode) {
    enter_data_mode();
  }
  watch_idle_peer();
  application_.spawn(read_from(state_.peer));
}

void TcpProxySession::watch_idle_peer() {
  auto limit = std::chrono::seconds(application_.options().tcp_connection_time);
  if (!edition(application_).drops_idle_tcp_clients || !state_.peer || limit == 0s) {
    return;
  }
  idle_alarm_ = application_.clock().call_after(limit, [this, limit] {
    drop_peer(
        net::Errno::timed_out,
        base::make_reason(
            "TCP client dropped",
            fmt::format("nothing was sent or received for {} s (CONFIG_SLM_TCP_CONN_TIME)", limit.count())));
  });
}

void TcpProxySession::drop_peer(net::Errno code, base::Reason reason) {
  leave_data_mode();
  idle_alarm_.cancel();
  std::exchange(state_.peer, nullptr)->close();
  urc(fmt::format("#XTCPSVR: -{},\"disconnected\"", number(code)));
  application_.journal().report(tcp_proxy_module, std::move(reason));
}

void TcpProxySession::server_died(const net::Failure& failure) {
  leave_data_mode();
  bool had_peer = state_.peer != nullptr;
  reset();
  if (had_peer) {
    urc(fmt::format("#XTCPSVR: -{},\"disconnected\"", number(net::Errno::connection_aborted)));
  }
  urc("#XTCPSVR: 0,\"stopped\"");
  application_.journal().report(tcp_proxy_module, failure.reason);
}

void TcpProxySession::stop_server(Answer answer) {
  bool was_data_mode = leave_data_mode();
  reset();
  answer.ok();
  urc("#XTCPSVR: -1,\"stopped\"");
  if (was_data_mode) {
    urc("#XTCPSVR: 0,\"datamode\"");
  }
}

// The client

void TcpProxySession::connect(bool data_mode, std::string host, std::uint16_t port,
                              std::optional<std::uint32_t> sec_tag, Answer answer) {
  auto opened = open(sec_tag, true);
  if (!opened) {
    fail_start("#XTCPCLI", opened.error(), std::move(answer));
    return;
  }
  state_.role = Role::client;
  state_.socket = std::move(*opened);
  state_.data_mode = data_mode;
  channel_ = answer.channel();
  application_.spawn(run_connect(state_.socket, std::move(host), port, std::move(answer)));
}

asio::awaitable<void> TcpProxySession::run_connect(Used socket, std::string host, std::uint16_t port,
                                                   Answer answer) {
  net::NetResult<void> connected;
  auto address = co_await services::find_ipv4(application_.bearer(), std::move(host));
  if (address) {
    connected = co_await socket->connect({*address, port});
  } else {
    connected = net::Failure{net::Errno::invalid, address.error().reason};
  }
  if (socket != state_.socket) {
    answer.line(fmt::format("#XTCPCLI: -{}", number(net::Errno::connection_aborted)));
    answer.error(base::make_reason("TCP connection given up", "the proxy was closed meanwhile"));
    co_return;
  }
  if (!connected) {
    fail_start("#XTCPCLI", connected.error(), std::move(answer));
    co_return;
  }
  store_.clear();
  state_.connected = true;
  answer.line(fmt::format("#XTCPCLI: {},\"connected\"", socket->descriptor()));
  if (state_.data_mode) {
    state_.data_mode = enter_data_mode();
  }
  application_.spawn(read_from(socket));
  answer.ok();
}

void TcpProxySession::drop_client(base::Reason reason) {
  bool was_data_mode = leave_data_mode();
  reset();
  urc("#XTCPCLI: 0,\"disconnected\"");
  if (was_data_mode) {
    urc("#XTCPCLI: 0,\"datamode\"");
  }
  application_.journal().report(tcp_proxy_module, std::move(reason));
}

void TcpProxySession::disconnect(Answer answer) {
  bool was_data_mode = leave_data_mode();
  reset();
  answer.ok();
  urc("#XTCPCLI: 1,\"disconnected\"");
  if (was_data_mode) {
    urc("#XTCPCLI: 0,\"datamode\"");
  }
}

// Receiving

asio::awaitable<void> TcpProxySession::read_from(Used connection) {
  std::vector<char> buffer;
  while (is_current(connection)) {
    buffer.resize(in_data_mode_ ? raw_read_size : application_.options().socket_rx_max);
    auto received = co_await connection->receive(buffer);
    if (!is_current(connection)) {
      co_return;
    }
    if (!received || received->size == 0) {
      connection_ended(received ? std::nullopt : std::optional(received.error()));
      co_return;
    }
    watch_idle_peer();
    deliver({buffer.data(), received->size});
    co_await channel_.drained(tcp_proxy_output_limit);
  }
}

void TcpProxySession::deliver(std::string_view bytes) {
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
      application_.journal().report(
          tcp_proxy_module,
          base::make_reason(fmt::format("{} bytes received were dropped", std::min(most, bytes.size())),
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

// Without a failure the peer closed in order.
void TcpProxySession::connection_ended(std::optional<net::Failure> failure) {
  base::Reason reason =
      failure ? failure->reason : base::make_reason("TCP connection ended", "the peer closed it");
  if (state_.role == Role::client) {
    drop_client(std::move(reason));
  } else if (!failure) {
    drop_peer(net::Errno::connection_reset, std::move(reason));
  } else if (failure->code == net::Errno::network_down) {
    server_died(*failure);
  } else {
    drop_peer(net::Errno::io, std::move(reason));
  }
}

void TcpProxySession::take_stored(std::size_t length, Answer answer) {
  std::string text = std::exchange(store_, {});
  if (length > 0 && length < text.size()) {
    answer.warn(base::make_reason(
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
  application_.spawn(run_send(connection(), std::move(data), std::move(answer)));
}

asio::awaitable<void> TcpProxySession::run_send(Used connection, std::string data, Answer answer) {
  auto sent = co_await connection->send(data);
  if (sent) {
    watch_idle_peer();
    answer.line(fmt::format("#XTCPSEND: {}", *sent));
    answer.ok();
    co_return;
  }
  answer.line(fmt::format("#XTCPSEND: -{}", number(sent.error().code)));
  answer.error(sent.error().reason);
  if (is_current(connection)) {
    after_failed_send(sent.error());
  }
}

void TcpProxySession::send(std::string data) {
  application_.spawn(run_send_data(connection(), channel_, std::move(data)));
}

asio::awaitable<void> TcpProxySession::run_send_data(Used connection, HostChannel channel, std::string data) {
  auto sent = co_await connection->send(data);
  if (!is_current(connection)) {
    co_return;
  }
  if (sent) {
    watch_idle_peer();
  } else {
    after_failed_send(sent.error());
  }
  if (in_data_mode_) {
    channel.data_sent();
  }
}

void TcpProxySession::after_failed_send(const net::Failure& failure) {
  if (is_passing_accept(failure.code)) {
    application_.journal().report(tcp_proxy_module, failure.reason);
  } else if (state_.role == Role::client) {
    drop_client(failure.reason);
  } else {
    drop_peer(net::Errno::network_down, failure.reason);
  }
}

void TcpProxySession::terminated() {
  in_data_mode_ = false;
  if (state_.role == Role::client) {
    state_.data_mode = false;
  } else if (state_.peer) {
    drop_peer(net::Errno::network_down,
              base::make_reason("TCP client dropped", "the host left data mode by the terminator"));
  }
}

}  // namespace attache::dialects::slm_1
