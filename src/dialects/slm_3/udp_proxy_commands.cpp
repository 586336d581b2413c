#include <fmt/format.h>

#include <utility>

#include "dialects/application.hpp"
#include "dialects/command.hpp"
#include "dialects/slm_3/commands.hpp"
#include "dialects/slm_3/parameters.hpp"
#include "dialects/slm_3/proxy_commands.hpp"
#include "dialects/slm_3/udp_proxy_session.hpp"
#include "net/failure.hpp"

namespace attache::dialects::slm_3 {

namespace {

using UdpRole = UdpProxySession::Role;

UdpProxySession& udp_session(Application& application) {
  return application.session<UdpProxySession>();
}

std::optional<base::Reason> objection_to_second_udp(Application& application, const Answer&) {
  UdpRole role = udp_session(application).role();
  return role == UdpRole::none ? std::nullopt : std::optional(proxy_busy("UDP", role == UdpRole::server));
}

std::optional<base::Reason> objection_to_no_udp(Application& application, const Answer&) {
  if (udp_session(application).role() != UdpRole::none) {
    return std::nullopt;
  }
  return base::make_reason(base::Cause::nothing_open, "nothing sent", "there is no UDP socket",
                           "AT#XUDPCLI=1,\"<host>\",<port> or AT#XUDPSVR=1,<port> opens one");
}

constexpr int errno_not_supported = 134;  // ENOTSUP, which nothing else here gives.

constexpr Need idle_udp_proxy{"no UDP proxy", objection_to_second_udp};
constexpr Need udp_proxy{"a UDP proxy", objection_to_no_udp};

void start_udp_server(Application& application, Answer answer) {
  std::string refused = fmt::format("#UDPSVR: -{},\"not started\"", errno_not_supported);
  auto security = take_server_security(application, answer, refused);
  if (!security) {
    return;
  }
  net::Family family = family_of_operation(answer.parameters().number(0));
  auto port = static_cast<std::uint16_t>(answer.parameters().number(1));
  udp_session(application).start_server(family, port, std::move(security->tls), std::move(answer));
}

void stop_udp_server(Application& application, Answer answer) {
  if (udp_session(application).role() != UdpRole::server) {
    answer.warn(nothing_done("no UDP server runs", "AT#XUDPSVR? shows the state"));
    answer.ok();
    return;
  }
  udp_session(application).end("#XUDPSVR: 0,\"stopped\"", std::move(answer));
}

void connect_udp(Application& application, Answer answer) {
  constexpr std::size_t tag = 3;
  constexpr std::size_t verify = 5;
  auto security = take_client_security(application, answer, tag, verify);
  if (!security) {
    return;
  }
  net::Family family = family_of_operation(answer.parameters().number(0));
  std::string host(answer.parameters().text(1));
  auto port = static_cast<std::uint16_t>(answer.parameters().number(2));
  udp_session(application).connect(family, std::move(host), port, std::move(*security), std::move(answer));
}

void disconnect_udp(Application& application, Answer answer) {
  if (udp_session(application).role() != UdpRole::client) {
    answer.warn(nothing_done("no UDP client is connected", "AT#XUDPCLI? shows the state"));
    answer.ok();
    return;
  }
  udp_session(application).end("#XUDPCLI: 0,\"disconnected\"", std::move(answer));
}

void read_udp_server(Application& application, Answer answer) {
  answer.line(udp_session(application).server_status());
  answer.ok();
}

void read_udp_client(Application& application, Answer answer) {
  answer.line(udp_session(application).client_status());
  answer.ok();
}

void send_udp(Application& application, Answer answer) {
  auto outgoing = take_outgoing(application, answer, 0);
  if (outgoing && outgoing->data) {
    udp_session(application).send_by_command(std::move(*outgoing->data), std::move(answer));
  } else if (outgoing) {
    udp_session(application).send_data(std::move(answer));
  }
}

}  // namespace

void add_udp_proxy_commands(Commands& commands) {
  auto url = at::string("url", longest_url);
  Command server;
  server.operations = {{0, stop_udp_server},
                       {1, start_udp_server, {port_rule()}, {idle_udp_proxy}},
                       {2, start_udp_server, {port_rule()}, {idle_udp_proxy}}};
  server.passes_over_unknown_operations = true;
  server.read = read_udp_server;
  server.test = "#XUDPSVR: (0,1,2),<port>,<sec_tag>";
  commands.add("#XUDPSVR", server);

  Command client;
  client.operations = {{0, disconnect_udp},
                       {1, connect_udp, {url, port_rule()}, {idle_udp_proxy}},
                       {2, connect_udp, {url, port_rule()}, {idle_udp_proxy}}};
  client.passes_over_unknown_operations = true;
  client.read = read_udp_client;
  client.test = "#XUDPCLI: (0,1,2),<url>,<port>,<sec_tag>,<use_dtls_cid>,<peer_verify>,<hostname_verify>";
  commands.add("#XUDPCLI", client);
  commands.add("#XUDPSEND", {.set = send_udp, .quotes = quotes_by_data_mode, .set_needs = {udp_proxy}});
}

}  // namespace attache::dialects::slm_3
