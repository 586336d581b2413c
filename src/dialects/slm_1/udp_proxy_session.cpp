#include "dialects/slm_1/udp_proxy_session.hpp"

#include <fmt/format.h>

#include <utility>

#include "dialects/application.hpp"
#include "dialects/slm_1/command_parameters.hpp"
#include "dialects/slm_1/data_type.hpp"
#include "dialects/slm_1/edition.hpp"
#include "net/failure.hpp"

namespace attache::dialects::slm_1 {

namespace {

using services::StartFault;
using services::UdpProxy;

constexpr std::string_view udp_proxy_module = "udp_proxy";
constexpr std::size_t udp_proxy_output_limit =
    32 * 1024;  // Bytes waiting for the host before more is received.

// What the firmware prints when a socket has failed for good.
std::string stopped_text(UdpProxy::Role role, const net::Failure& failure) {
  return role == UdpProxy::Role::server ? fmt::format("#XUDPSVR: -{},\"stopped\"", number(failure.code))
                                        : std::string("#XUDPCLI: \"disconnected\"");
}

}  // namespace

UdpProxySession::UdpProxySession(Application& application)
    : application_(application),
      proxy_(
          application.descriptors(), application.bearer(), application.spawner(),
          {.largest = application.options().socket_rx_max,
           .advice_when_cut = "let the peer send less at once (on the device CONFIG_SLM_SOCKET_RX_MAX sets "
                              "the limit)",
           .loses_sockets = application.strict()},
          *this) {}

std::string UdpProxySession::status(std::string_view name) const {
  return busy() ? fmt::format("{}: {},{:d}", name, proxy_.descriptor(), data_mode_)
                : fmt::format("{}: -1,0", name);
}

void UdpProxySession::urc(std::string_view text) {
  application_.notices().tell(channel_, text);
}

void UdpProxySession::remark(const base::Reason& reason) {
  application_.journal().report(udp_proxy_module, reason);
}

// Starting

std::optional<UdpProxySession::Used> UdpProxySession::open(Role role, bool data_mode,
                                                           std::optional<net::TlsOptions> tls,
                                                           Answer& answer) {
  auto opened = proxy_.open(role, net::Family::ipv4, std::move(tls));
  if (!opened) {
    answer.line(
        fmt::format("{}: -{}", role == Role::server ? "#XUDPSVR" : "#XUDPCLI", number(opened.error().code)));
    answer.error(opened.error().reason);
    return std::nullopt;
  }
  leave_data_mode();  // Of the one that was replaced.
  data_mode_ = data_mode;
  channel_ = answer.channel();
  return *opened;
}

void UdpProxySession::start_server(bool data_mode, std::uint16_t port, Answer answer) {
  if (auto opened = open(Role::server, data_mode, std::nullopt, answer)) {
    application_.spawn(run_server(std::move(*opened), port, std::move(answer)));
  }
}

asio::awaitable<void> UdpProxySession::run_server(Used opened, std::uint16_t port, Answer answer) {
  std::string address = co_await application_.modem_line().local_address();
  auto fault = proxy_.bind(opened, address, port);
  if (!fault) {
    started(fmt::format("#XUDPSVR: {},\"started\"", proxy_.descriptor()), std::move(answer));
    co_return;
  }
  data_mode_ = false;
  bool has_other_address = fault->step == StartFault::Step::own_address && !address.empty();
  bool has_none = fault->step == StartFault::Step::own_address && address.empty();
  if (has_none && application_.strict()) {
    answer.ok();
    remark(fault->failure.reason);
    co_return;
  }
  if (!has_other_address) {
    answer.line(fmt::format("#XUDPSVR: -{}", number(fault->failure.code)));
  }
  answer.error(std::move(fault->failure.reason));
}

void UdpProxySession::connect(bool data_mode, std::string host, std::uint16_t port,
                              std::optional<std::uint32_t> sec_tag, Answer answer) {
  if (auto opened = open(Role::client, data_mode, tls_options(application_, sec_tag), answer)) {
    application_.spawn(run_connect(std::move(*opened), std::move(host), port, std::move(answer)));
  }
}

asio::awaitable<void> UdpProxySession::run_connect(Used opened, std::string host, std::uint16_t port,
                                                   Answer answer) {
  auto fault = co_await proxy_.connect(std::move(opened), std::move(host), port);
  if (!fault) {
    started(fmt::format("#XUDPCLI: {},\"connected\"", proxy_.descriptor()), std::move(answer));
    co_return;
  }
  if (fault->step != StartFault::Step::given_up) {
    data_mode_ = false;
  }
  if (fault->step == StartFault::Step::socket) {
    answer.line(fmt::format("#XUDPCLI: -{}", number(fault->failure.code)));
  }
  answer.error(std::move(fault->failure.reason));
}

void UdpProxySession::started(std::string_view text, Answer answer) {
  answer.line(text);
  if (data_mode_) {
    enter_data_mode();
  }
  answer.ok();
}

void UdpProxySession::enter_data_mode() {
  if (channel_.in_data_mode()) {
    data_mode_ = false;
    remark(base::make_reason(base::Cause::modem_busy_order, "no data mode for this socket",
                             "the port is in data mode for another service", ""));
    return;
  }
  in_data_mode_ = true;
  at::DataModePolicy policy = application_.data_mode().policy(channel_);
  policy.unit = "datagram";
  channel_.enter_data_mode(policy, *this);
}

// Ending

void UdpProxySession::leave_data_mode() {
  if (std::exchange(in_data_mode_, false)) {
    channel_.leave_data_mode();
  }
}

void UdpProxySession::end() {
  leave_data_mode();
  proxy_.end();
}

void UdpProxySession::close() {
  leave_data_mode();
  proxy_.close();
}

void UdpProxySession::close_because(std::string_view why) {
  bool ran = proxy_.running();
  std::string_view ended = is_server() ? "#XUDPSVR: 0,\"stopped\"" : "#XUDPCLI: \"disconnected\"";
  end();
  if (!ran) {
    return;
  }
  urc(ended);
  remark(base::make_reason(base::Cause::ended_by_host, "UDP proxy closed", std::string(why), ""));
}

void UdpProxySession::stop_server(Answer answer) {
  bool was_running = proxy_.running();
  end();
  answer.line("#XUDPSVR: 0,\"stopped\"");
  if (was_running) {
    answer.ok();
  } else {
    answer.error(base::make_reason(base::Cause::nothing_open, "nothing to stop",
                                   "the UDP server could not be started before", ""));
  }
}

void UdpProxySession::disconnect(Answer answer) {
  bool was_running = proxy_.running();
  end();
  answer.line("#XUDPCLI: \"disconnected\"");
  if (was_running) {
    answer.ok();
  } else {
    answer.error(base::make_reason(base::Cause::nothing_open, "nothing to disconnect",
                                   "the UDP client could not be connected before", ""));
  }
}

void UdpProxySession::stopped(Role role, const net::Failure& failure) {
  leave_data_mode();
  urc(stopped_text(role, failure));
}

void UdpProxySession::terminated() {
  in_data_mode_ = false;
  data_mode_ = false;
}

// Receiving

asio::awaitable<void> UdpProxySession::ready() {
  return channel_.drained(udp_proxy_output_limit);
}

void UdpProxySession::received(std::string_view bytes, const net::Endpoint&) {
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

void UdpProxySession::send_by_command(std::string data, Answer answer) {
  application_.spawn(run_send(proxy_.socket(), std::move(data), std::move(answer)));
}

asio::awaitable<void> UdpProxySession::run_send(Used socket, std::string data, Answer answer) {
  auto sent = co_await proxy_.send(socket, data);
  if (sent) {
    answer.line(fmt::format("#XUDPSEND: {}", *sent));
    answer.ok();
    co_return;
  }
  const net::Failure& failure = sent.error();
  if (!UdpProxy::is_passing(failure.code)) {
    answer.line(fmt::format("#XUDPSEND: -{}", number(failure.code)));
  }
  Role role = proxy_.role();
  if (proxy_.ended_by(socket, failure)) {
    leave_data_mode();
    answer.line(stopped_text(role, failure));
  }
  answer.error(failure.reason);
}

void UdpProxySession::send(std::string data) {
  if (!has_destination()) {
    remark(base::make_reason(base::Cause::socket_not_open, fmt::format("{} bytes dropped", data.size()),
                             "no datagram has come yet, so there is nobody to send to",
                             "a UDP server answers the last sender"));
    channel_.data_sent();
    return;
  }
  application_.spawn(run_send_data(proxy_.socket(), channel_, std::move(data)));
}

asio::awaitable<void> UdpProxySession::run_send_data(Used socket, HostChannel channel, std::string data) {
  auto sent = co_await proxy_.send(socket, data);
  if (socket != proxy_.socket()) {
    co_return;
  }
  if (!sent) {
    remark(sent.error().reason);
    Role role = proxy_.role();
    if (proxy_.ended_by(socket, sent.error())) {
      stopped(role, sent.error());
      co_return;
    }
  }
  if (in_data_mode_) {
    channel.data_sent();
  }
}

}  // namespace attache::dialects::slm_1
