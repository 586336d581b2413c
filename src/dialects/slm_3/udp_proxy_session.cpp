#include "dialects/slm_3/udp_proxy_session.hpp"

#include <fmt/format.h>

#include <utility>

#include "dialects/application.hpp"
#include "dialects/slm_3/edition.hpp"
#include "dialects/slm_3/parameters.hpp"
#include "dialects/slm_3/proxy_data_mode.hpp"
#include "net/failure.hpp"

namespace attache::dialects::slm_3 {

namespace {

constexpr std::string_view slm_3_udp_module = "udp_proxy";
constexpr std::size_t slm_3_udp_output_limit = 32 * 1024;  // Bytes waiting for the host before more is read.
constexpr services::UdpProxy::Options slm_3_udp_options{
    .largest = most_received,
    .advice_when_cut = "one receive takes 2,048 bytes; let the peer send less in one datagram"};

int loss_of(const net::Failure& failure) {
  return -number(failure.code == net::Errno::network_down ? net::Errno::network_down : net::Errno::io);
}

}  // namespace

UdpProxySession::UdpProxySession(Application& application)
    : application_(application),
      proxy_(application.descriptors(), application.bearer(), application.spawner(), slm_3_udp_options,
             *this) {}

std::string UdpProxySession::server_status() const {
  return fmt::format("#XUDPSVR: {},{}", proxy_.descriptor(), family_);
}

std::string UdpProxySession::client_status() const {
  return fmt::format("#XUDPCLI: {},{}", proxy_.descriptor(), family_);
}

void UdpProxySession::remark(const base::Reason& reason) {
  application_.journal().report(slm_3_udp_module, reason);
}

// Starting

std::optional<UdpProxySession::Used> UdpProxySession::open(Role role, net::Family family,
                                                           std::optional<net::TlsOptions> tls,
                                                           Answer& answer) {
  auto opened = proxy_.open(role, family, std::move(tls));
  if (!opened) {
    answer.error(opened.error().reason);
    return std::nullopt;
  }
  family_ = family_number(family);
  channel_ = answer.channel();
  return *opened;
}

void UdpProxySession::start_server(net::Family family, std::uint16_t port, std::optional<net::TlsOptions> tls,
                                   Answer answer) {
  if (auto opened = open(Role::server, family, std::move(tls), answer)) {
    application_.spawn(run_server(std::move(*opened), port, std::move(answer)));
  }
}

asio::awaitable<void> UdpProxySession::run_server(Used opened, std::uint16_t port, Answer answer) {
  std::string address = co_await application_.modem_line().local_address();
  auto fault = proxy_.bind(opened, address, port);
  if (!fault) {
    answer.line(fmt::format("#XUDPSVR: {},\"started\"", proxy_.descriptor()));
    answer.ok();
    co_return;
  }
  // The firmware leaves the X out.
  answer.line(fmt::format("#UDPSVR: -{},\"not started\"", number(fault->failure.code)));
  answer.error(std::move(fault->failure.reason));
}

void UdpProxySession::connect(net::Family family, std::string host, std::uint16_t port,
                              ClientSecurity security, Answer answer) {
  if (auto opened = open(Role::client, family, std::move(security.tls), answer)) {
    (*opened)->use(application_.bearer().on_context(security.cid));
    application_.spawn(run_connect(std::move(*opened), std::move(host), port, std::move(answer)));
  }
}

asio::awaitable<void> UdpProxySession::run_connect(Used opened, std::string host, std::uint16_t port,
                                                   Answer answer) {
  auto fault = co_await proxy_.connect(std::move(opened), std::move(host), port);
  if (!fault) {
    answer.line(fmt::format("#XUDPCLI: {},\"connected\"", proxy_.descriptor()));
    answer.ok();
    co_return;
  }
  answer.line(fmt::format("#XUDPCLI: {},\"not connected\"", start_error(*fault)));
  answer.error(std::move(fault->failure.reason));
}

// Ending

void UdpProxySession::end(std::string_view line, Answer answer) {
  close();
  answer.line(line);
  answer.ok();
}

void UdpProxySession::close() {
  proxy_.close();
  std::exchange(data_channel_, {}).leave_data_mode();
}

// The lines of the host are off by then.
void UdpProxySession::close_because(std::string_view why) {
  if (role() != Role::none) {
    remark(base::make_reason(base::Cause::ended_by_host, "UDP proxy closed", std::string(why), ""));
  }
  close();
}

void UdpProxySession::forget() {
  close();
  family_ = 0;
  channel_ = {};
}

void UdpProxySession::stopped(Role role, const net::Failure& failure) {
  int lost = loss_of(failure);
  if (data_channel_.is_open()) {
    data_channel_.data_failed(broken_data_mode_text(lost));
    return;
  }
  application_.notices().tell(channel_, role == Role::server
                                            ? fmt::format("#XUDPSVR: {},\"stopped\"", lost)
                                            : fmt::format("#XUDPCLI: {},\"disconnected\"", lost));
}

// Receiving

asio::awaitable<void> UdpProxySession::ready() {
  return application_.notices().drained(channel_, slm_3_udp_output_limit);
}

void UdpProxySession::received(std::string_view bytes, const net::Endpoint& from) {
  if (bytes.empty()) {
    return;
  }
  if (channel_.in_data_mode()) {
    channel_.write(bytes);
    return;
  }
  bool shows_sender = role() == Role::server || edition(application_).shows_sender_to_client;
  std::string text = application_.dialect().framing.line(
      fmt::format("#XUDPDATA: {},\"{}\",{}", bytes.size(),
                  shows_sender ? from.address.to_string() : "::", shows_sender ? from.port : 0));
  text += bytes;
  application_.notices().write(channel_, text);
}

// Sending

void UdpProxySession::send_by_command(std::string data, Answer answer) {
  if (data.empty()) {
    answer.line("#XUDPSEND: 0");
    answer.ok();
  } else if (!proxy_.has_destination()) {
    answer.error(base::make_reason(
        base::Cause::nothing_open, "nothing sent",
        "no datagram has come yet, so there is nobody to send to: a server answers the last "
        "sender",
        ""));
  } else {
    application_.spawn(run_send(proxy_.socket(), std::move(data), std::move(answer)));
  }
}

asio::awaitable<void> UdpProxySession::run_send(Used socket, std::string data, Answer answer) {
  auto sent = co_await proxy_.send(std::move(socket), data);
  if (!sent) {
    answer.error(sent.error().reason);
    co_return;
  }
  answer.line(fmt::format("#XUDPSEND: {}", *sent));
  answer.ok();
}

void UdpProxySession::send_data(Answer answer) {
  data_channel_ = answer.channel();
  data_channel_.enter_data_mode(proxy_data_mode(application_, data_channel_, "datagram"), *this);
  answer.ok();
}

void UdpProxySession::send(std::string data) {
  if (!proxy_.has_destination()) {
    remark(base::make_reason(base::Cause::nothing_open, fmt::format("{} bytes dropped", data.size()),
                             "no datagram has come yet, so there is nobody to send to", ""));
    data_channel_.data_sent();
    return;
  }
  application_.spawn(run_send_data(proxy_.socket(), data_channel_, std::move(data)));
}

asio::awaitable<void> UdpProxySession::run_send_data(Used socket, HostChannel channel, std::string data) {
  auto sent = co_await proxy_.send(std::move(socket), data);
  if (!sent) {
    remark(sent.error().reason);
  }
  if (data_channel_ == channel) {
    channel.data_sent();
  }
}

void UdpProxySession::terminated() {
  data_channel_ = {};
}

}  // namespace attache::dialects::slm_3
