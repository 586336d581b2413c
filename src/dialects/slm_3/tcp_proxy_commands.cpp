#include <utility>

#include "dialects/application.hpp"
#include "dialects/command.hpp"
#include "dialects/slm_3/commands.hpp"
#include "dialects/slm_3/parameters.hpp"
#include "dialects/slm_3/proxy_commands.hpp"
#include "dialects/slm_3/tcp_proxy_session.hpp"

namespace attache::dialects::slm_3 {

namespace {

using TcpRole = TcpProxySession::Role;

TcpProxySession& tcp_session(Application& application) {
  return application.session<TcpProxySession>();
}

std::optional<base::Reason> objection_to_second_tcp(Application& application, const Answer&) {
  TcpRole role = tcp_session(application).role();
  return role == TcpRole::none ? std::nullopt : std::optional(proxy_busy("TCP", role == TcpRole::server));
}

constexpr Need idle_tcp_proxy{"no TCP proxy", objection_to_second_tcp};

void start_tcp_server(Application& application, Answer answer) {
  auto security = take_server_security(application, answer, {});
  if (!security) {
    return;
  }
  net::Family family = family_of_operation(answer.parameters().number(0));
  auto port = static_cast<std::uint16_t>(answer.parameters().number(1));
  tcp_session(application).start_server(family, port, std::move(security->tls), std::move(answer));
}

// The other kind of proxy is left alone.
void stop_tcp_server(Application& application, Answer answer) {
  if (tcp_session(application).role() != TcpRole::server) {
    answer.warn(nothing_done("no TCP server runs", "AT#XTCPSVR? shows the state"));
    answer.ok();
    return;
  }
  tcp_session(application).stop_server(std::move(answer));
}

void connect_tcp(Application& application, Answer answer) {
  constexpr std::size_t tag = 3;
  auto security = take_client_security(application, answer, tag, tag + 1);
  if (!security) {
    return;
  }
  net::Family family = family_of_operation(answer.parameters().number(0));
  std::string host(answer.parameters().text(1));
  auto port = static_cast<std::uint16_t>(answer.parameters().number(2));
  tcp_session(application).connect(family, std::move(host), port, std::move(*security), std::move(answer));
}

void disconnect_tcp(Application& application, Answer answer) {
  if (tcp_session(application).role() != TcpRole::client) {
    answer.warn(nothing_done("no TCP client is connected", "AT#XTCPCLI? shows the state"));
    answer.ok();
    return;
  }
  tcp_session(application).disconnect(std::move(answer));
}

void read_tcp_server(Application& application, Answer answer) {
  answer.line(tcp_session(application).server_status());
  answer.ok();
}

void read_tcp_client(Application& application, Answer answer) {
  answer.line(tcp_session(application).client_status());
  answer.ok();
}

void send_tcp(Application& application, Answer answer) {
  auto outgoing = take_outgoing(application, answer, 0);
  if (outgoing && outgoing->data) {
    tcp_session(application).send_by_command(std::move(*outgoing->data), std::move(answer));
  } else if (outgoing) {
    tcp_session(application).send_data(std::move(answer));
  }
}

void hang_up(Application& application, Answer answer) {
  auto handle = answer.parameters().number(0);
  tcp_session(application).hang_up(handle, std::move(answer));
}

}  // namespace

void add_tcp_proxy_commands(Commands& commands, Release release) {
  auto url = at::string("url", longest_url);
  Command server;
  server.operations = {{0, stop_tcp_server},
                       {1, start_tcp_server, {port_rule()}, {idle_tcp_proxy}},
                       {2, start_tcp_server, {port_rule()}, {idle_tcp_proxy}}};
  server.passes_over_unknown_operations = true;
  server.read = read_tcp_server;
  server.test = "#XTCPSVR: (0,1,2),<port>,<sec_tag>";
  commands.add("#XTCPSVR", server);

  Command client;
  client.operations = {{0, disconnect_tcp},
                       {1, connect_tcp, {url, port_rule()}, {idle_tcp_proxy}},
                       {2, connect_tcp, {url, port_rule()}, {idle_tcp_proxy}}};
  client.passes_over_unknown_operations = true;
  client.read = read_tcp_client;
  client.test = release == Release::v3_1
                    ? "#XTCPCLI: (0,1,2),<url>,<port>,<sec_tag>,<peer_verify>,<hostname_verify>,<cid>"
                    : "#XTCPCLI: (0,1,2),<url>,<port>,<sec_tag>,<peer_verify>,<hostname_verify>";
  commands.add("#XTCPCLI", client);
  commands.add("#XTCPSEND", {.set = send_tcp, .quotes = quotes_by_data_mode});
  commands.add("#XTCPHANGUP", {.set = hang_up,
                               .parameters = {at::number("handle", INT32_MIN, INT32_MAX)},
                               .test = "#XTCPHANGUP: <handle>"});
}

}  // namespace attache::dialects::slm_3
