#include "dialects/slm_1/udp_proxy_session.hpp"

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

using services::Socket;

constexpr std::string_view udp_proxy_module = "udp_proxy";
constexpr std::size_t udp_proxy_output_limit =
    32 * 1024;  // Bytes waiting for the host before more is received.

// After these the socket goes on. That nobody listens at the peer is said of an earlier datagram.
bool is_passing(net::Errno code) {
  return code == net::Errno::try_again || code == net::Errno::timed_out ||
         code == net::Errno::connection_refused;
}

base::Reason cut_datagram(std::size_t most) {
  return base::make_reason(
      "the end of a datagram was dropped",
      fmt::format("it is longer than the {} bytes that the firmware takes", most),
      "let the peer send less at once (on the device CONFIG_SLM_SOCKET_RX_MAX sets the limit)");
}

}  // namespace

std::string UdpProxySession::status(std::string_view name) const {
  return busy() ? fmt::format("{}: {},{:d}", name, state_.socket->descriptor(), state_.data_mode)
                : fmt::format("{}: -1,0", name);
}

bool UdpProxySession::has_destination() const {
  return state_.running && (state_.role == Role::client || state_.sender);
}

void UdpProxySession::urc(std::string_view text) {
  application_.notices().tell(channel_, text);
}

// True if the channel was in data mode for this proxy.
bool UdpProxySession::leave_data_mode() {
  if (!std::exchange(in_data_mode_, false)) {
    return false;
  }
  channel_.leave_data_mode();
  return true;
}

void UdpProxySession::reset() {
  State old = std::exchange(state_, State{});
  if (old.socket) {
    old.socket->close();
  }
}

void UdpProxySession::end() {
  leave_data_mode();
  reset();
}

void UdpProxySession::close() {
  end();
  for (const Used& socket : std::exchange(lost_, {})) {
    socket->close();
  }
}

void UdpProxySession::close_because(std::string_view why) {
  bool ran = state_.running;
  std::string_view ended = is_server() ? "#XUDPSVR: 0,\"stopped\"" : "#XUDPCLI: \"disconnected\"";
  end();
  if (!ran) {
    return;
  }
  urc(ended);
  application_.journal().report(udp_proxy_module, base::make_reason("UDP proxy closed", std::string(why)));
}

// Starting

void UdpProxySession::begin(Role role, Used socket, bool data_mode, const Answer& answer) {
  if (state_.socket) {
    leave_data_mode();
    lost_.push_back(std::move(state_.socket));  // Only under `strict`: its handle is lost, not closed.
  }
  state_ = State{};
  state_.role = role;
  state_.socket = std::move(socket);
  state_.data_mode = data_mode;
  channel_ = answer.channel();
}

void UdpProxySession::started(std::string_view text, Answer answer) {
  state_.running = true;
  answer.line(text);
  if (state_.data_mode) {
    if (channel_.in_data_mode()) {
      state_.data_mode = false;
      application_.journal().report(
          udp_proxy_module,
          base::make_reason("no data mode for this socket", "the port is in data mode for another service"));
    } else {
      in_data_mode_ = true;
      at::DataModePolicy policy = application_.data_mode().policy();
      policy.unit = "datagram";
      channel_.enter_data_mode(policy, *this);
    }
  }
  application_.spawn(read_from(state_.socket));
  answer.ok();
}

// The firmware keeps the handle of a socket that could not be started: the next start finds it busy.
void UdpProxySession::fail_start() {
  if (application_.strict()) {
    state_.data_mode = false;
  } else {
    reset();
  }
}

void UdpProxySession::start_server(bool data_mode, std::uint16_t port, Answer answer) {
  auto opened = Socket::open(application_.descriptors(), application_.bearer(), Socket::Type::datagram);
  if (!opened) {
    answer.line(fmt::format("#XUDPSVR: -{}", number(opened.error().code)));
    answer.error(opened.error().reason);
    return;
  }
  begin(Role::server, std::move(*opened), data_mode, answer);
  application_.spawn(run_server(state_.socket, port, std::move(answer)));
}

asio::awaitable<void> UdpProxySession::run_server(Used socket, std::uint16_t port, Answer answer) {
  std::string address = co_await application_.modem_line().local_address();
  if (address.empty() || !services::looks_like_ipv4(address)) {
    fail_start();
    base::Reason reason = base::make_reason(
        "no UDP server",
        address.empty() ? "the modem has no address" : "the modem's first address is not IPv4",
        "AT+CFUN=1 and wait for +CEREG: 1 or 5");
    if (!address.empty()) {
      answer.error(std::move(reason));
    } else if (application_.strict()) {
      answer.ok();
      application_.journal().report(udp_proxy_module, std::move(reason));
    } else {
      answer.line(fmt::format("#XUDPSVR: -{}", number(net::Errno::network_unreachable)));
      answer.error(std::move(reason));
    }
    co_return;
  }
  auto bound = socket->bind(port);
  if (!bound) {
    fail_start();
    answer.line(fmt::format("#XUDPSVR: -{}", number(bound.error().code)));
    answer.error(bound.error().reason);
    co_return;
  }
  std::string text = fmt::format("#XUDPSVR: {},\"started\"", socket->descriptor());
  started(text, std::move(answer));
}

void UdpProxySession::connect(bool data_mode, std::string host, std::uint16_t port,
                              std::optional<std::uint32_t> sec_tag, Answer answer) {
  std::optional<net::TlsOptions> tls;
  if (sec_tag) {
    tls.emplace();
    tls->sec_tag = *sec_tag;
    tls->in_application = application_.options().native_tls;
  }
  auto opened =
      Socket::open(application_.descriptors(), application_.bearer(), Socket::Type::datagram, std::move(tls));
  if (!opened) {
    answer.line(fmt::format("#XUDPCLI: -{}", number(opened.error().code)));
    answer.error(opened.error().reason);
    return;
  }
  begin(Role::client, std::move(*opened), data_mode, answer);
  application_.spawn(run_connect(state_.socket, std::move(host), port, std::move(answer)));
}

asio::awaitable<void> UdpProxySession::run_connect(Used socket, std::string host, std::uint16_t port,
                                                   Answer answer) {
  auto address = co_await services::find_ipv4(application_.bearer(), std::move(host));
  net::NetResult<void> connected;
  if (address) {
    connected = co_await socket->connect({*address, port});
  }
  if (!is_current(socket)) {
    answer.error(base::make_reason("UDP connection given up", "the proxy was closed meanwhile"));
    co_return;
  }
  if (!address) {
    fail_start();
    answer.error(address.error().reason);
    co_return;
  }
  if (!connected) {
    fail_start();
    answer.line(fmt::format("#XUDPCLI: -{}", number(connected.error().code)));
    answer.error(connected.error().reason);
    co_return;
  }
  std::string text = fmt::format("#XUDPCLI: {},\"connected\"", socket->descriptor());
  started(text, std::move(answer));
}

// Ending

void UdpProxySession::stop_server(Answer answer) {
  bool was_running = state_.running;
  end();
  answer.line("#XUDPSVR: 0,\"stopped\"");
  if (was_running) {
    answer.ok();
  } else {
    answer.error(base::make_reason("nothing to stop", "the UDP server could not be started before"));
  }
}

void UdpProxySession::disconnect(Answer answer) {
  bool was_running = state_.running;
  end();
  answer.line("#XUDPCLI: \"disconnected\"");
  if (was_running) {
    answer.ok();
  } else {
    answer.error(base::make_reason("nothing to disconnect", "the UDP client could not be connected before"));
  }
}

// The socket failed for good.
void UdpProxySession::stop(const net::Failure& failure) {
  bool server = is_server();
  end();
  urc(server ? fmt::format("#XUDPSVR: -{},\"stopped\"", number(failure.code))
             : std::string("#XUDPCLI: \"disconnected\""));
}

// Receiving

asio::awaitable<void> UdpProxySession::read_from(Used socket) {
  std::size_t most = application_.options().socket_rx_max;
  std::vector<char> buffer(most + 1);  // One more than the firmware takes: whether there was more.
  while (is_current(socket)) {
    auto received = co_await socket->receive(buffer);
    if (!is_current(socket)) {
      co_return;
    }
    if (received) {
      state_.sender = received->from;
      if (received->size > most) {
        application_.journal().report(udp_proxy_module, cut_datagram(most));
      }
      deliver({buffer.data(), std::min(received->size, most)});
      co_await channel_.drained(udp_proxy_output_limit);
      continue;
    }
    application_.journal().report(udp_proxy_module, received.error().reason);
    if (!is_passing(received.error().code)) {
      stop(received.error());
      co_return;
    }
  }
}

void UdpProxySession::deliver(std::string_view bytes) {
  if (in_data_mode_) {
    channel_.write(bytes);
    return;
  }
  Shown shown = show(bytes);
  std::string_view name = edition(application_).udp_data_name;
  std::string text =
      application_.dialect().framing.line(fmt::format("{}: {},{}", name, shown.type, shown.text.size()));
  text += shown.text;
  text += "\r\n";
  application_.notices().write(channel_, text);
}

// Sending

asio::awaitable<Socket::Size> UdpProxySession::transmit(Used socket, std::string_view data) {
  std::optional<net::Endpoint> to = is_server() ? state_.sender : std::nullopt;
  for (bool again = true;; again = false) {
    Socket::Size sent = std::size_t{0};
    if (to) {
      sent = co_await socket->send_to(*to, data);
    } else {
      sent = co_await socket->send(data);
    }
    bool refused = !sent && sent.error().code == net::Errno::connection_refused;
    if (!refused || !again) {
      co_return sent;
    }
    application_.journal().report(udp_proxy_module, sent.error().reason);
  }
}

void UdpProxySession::send_by_command(std::string data, Answer answer) {
  application_.spawn(run_send(state_.socket, std::move(data), std::move(answer)));
}

asio::awaitable<void> UdpProxySession::run_send(Used socket, std::string data, Answer answer) {
  auto sent = co_await transmit(socket, data);
  if (sent) {
    answer.line(fmt::format("#XUDPSEND: {}", *sent));
    answer.ok();
    co_return;
  }
  const net::Failure& failure = sent.error();
  if (!is_passing(failure.code)) {
    answer.line(fmt::format("#XUDPSEND: -{}", number(failure.code)));
    if (is_current(socket)) {
      answer.line(is_server() ? fmt::format("#XUDPSVR: -{},\"stopped\"", number(failure.code))
                              : std::string("#XUDPCLI: \"disconnected\""));
      end();
    }
  }
  answer.error(failure.reason);
}

void UdpProxySession::send(std::string data) {
  if (!has_destination()) {
    application_.journal().report(udp_proxy_module,
                                  base::make_reason(fmt::format("{} bytes dropped", data.size()),
                                                    "no datagram has come yet, so there is nobody to send to",
                                                    "a UDP server answers the last sender"));
    channel_.data_sent();
    return;
  }
  application_.spawn(run_send_data(state_.socket, channel_, std::move(data)));
}

asio::awaitable<void> UdpProxySession::run_send_data(Used socket, HostChannel channel, std::string data) {
  auto sent = co_await transmit(socket, data);
  if (!is_current(socket)) {
    co_return;
  }
  if (!sent) {
    application_.journal().report(udp_proxy_module, sent.error().reason);
    if (!is_passing(sent.error().code)) {
      stop(sent.error());
      co_return;
    }
  }
  if (in_data_mode_) {
    channel.data_sent();
  }
}

void UdpProxySession::terminated() {
  in_data_mode_ = false;
  state_.data_mode = false;
}

}  // namespace attache::dialects::slm_1
