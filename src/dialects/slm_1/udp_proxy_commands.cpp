#include <array>
#include <utility>

#include "dialects/application.hpp"
#include "dialects/command.hpp"
#include "dialects/slm_1/command_parameters.hpp"
#include "dialects/slm_1/commands.hpp"
#include "dialects/slm_1/data_type.hpp"
#include "dialects/slm_1/udp_proxy_session.hpp"

namespace attache::dialects::slm_1 {

namespace {

UdpProxySession& session(Application& application) {
  return application.session<UdpProxySession>();
}

std::optional<base::Reason> needs_idle_proxy(Application& application) {
  if (!session(application).busy()) {
    return std::nullopt;
  }
  bool server = session(application).is_server();
  return base::make_reason("the UDP proxy is busy",
                           server ? "it runs as a server already" : "it runs as a client already",
                           server ? "AT#XUDPSVR=0 stops it" : "AT#XUDPCLI=0 disconnects it");
}

// #XUDPSVR

void start_server(Application& application, Answer answer, bool data_mode) {
  auto fault = needs_idle_proxy(application);
  if (!fault && data_mode) {
    fault = application.data_mode().objection_to(answer.channel());
  }
  std::array rules{short_rule(application, "op"), port_rule()};
  if (!fault) {
    fault = answer.check(rules);
  }
  if (fault) {
    answer.error(std::move(*fault));
    return;
  }
  constexpr std::size_t tag_at = 2;
  if (answer.parameters().has(tag_at)) {
    answer.warn(not_secured(
        "#XUDPSVR reads no <sec_tag>, though its test form names one: the modem's DTLS has no server role",
        "leave <sec_tag> out, or let the device be the client (AT#XUDPCLI)"));
  }
  auto port = static_cast<std::uint16_t>(answer.parameters().number(1));
  session(application).start_server(data_mode, port, std::move(answer));
}

void stop_server(Application& application, Answer answer) {
  if (!session(application).is_server()) {
    answer.error(base::make_reason("nothing to stop", "no UDP server runs", "AT#XUDPSVR? shows the state"));
    return;
  }
  session(application).stop_server(std::move(answer));
}

void set_server(Application& application, Answer answer) {
  run_operation(
      application, std::move(answer),
      {stop_server, [](Application& device, Answer given) { start_server(device, std::move(given), false); },
       [](Application& device, Answer given) { start_server(device, std::move(given), true); }});
}

void read_server(Application& application, Answer answer) {
  answer.line(session(application).server_status());
  answer.ok();
}

void test_server(Application&, Answer answer) {
  answer.line("#XUDPSVR: (0,1,2),<port>,<sec_tag>");
  answer.ok();
}

// #XUDPCLI

void connect(Application& application, Answer answer, bool data_mode) {
  std::optional<base::Reason> fault;
  if (!application.strict()) {
    fault = needs_idle_proxy(application);  // The firmware does not look: a second socket replaces the first.
  }
  if (!fault && data_mode) {
    fault = application.data_mode().objection_to(answer.channel());
  }
  std::array rules{short_rule(application, "op"), at::string("url", longest_url), port_rule()};
  if (!fault) {
    fault = answer.check(rules);
  }
  if (fault) {
    answer.error(std::move(*fault));
    return;
  }
  std::string host(answer.parameters().text(1));
  auto port = static_cast<std::uint16_t>(answer.parameters().number(2));
  auto sec_tag = optional_sec_tag(answer, 3);
  session(application).connect(data_mode, std::move(host), port, sec_tag, std::move(answer));
}

void disconnect(Application& application, Answer answer) {
  if (!session(application).is_client()) {
    answer.error(base::make_reason("nothing to disconnect", "no UDP client is connected",
                                   "AT#XUDPCLI? shows the state"));
    return;
  }
  session(application).disconnect(std::move(answer));
}

void set_client(Application& application, Answer answer) {
  run_operation(
      application, std::move(answer),
      {disconnect, [](Application& device, Answer given) { connect(device, std::move(given), false); },
       [](Application& device, Answer given) { connect(device, std::move(given), true); }});
}

void read_client(Application& application, Answer answer) {
  answer.line(session(application).client_status());
  answer.ok();
}

void test_client(Application&, Answer answer) {
  answer.line("#XUDPCLI: (0, 1, 2),<url>,<port>,<sec_tag>");
  answer.ok();
}

// #XUDPSEND

void send(Application& application, Answer answer) {
  if (!session(application).has_destination()) {
    answer.error(base::make_reason("nothing sent", session(application).is_server()
                                                       ? "no datagram has come yet, so there is nobody to "
                                                         "send to: a server answers the last sender"
                                                       : "there is no UDP socket"));
    return;
  }
  if (auto data = take_data(answer, 0)) {
    session(application).send_by_command(std::move(*data), std::move(answer));
  }
}

}  // namespace

void add_udp_proxy_commands(Commands& commands) {
  commands.add("#XUDPSVR", {.set = set_server, .read = read_server, .test = test_server});
  commands.add("#XUDPCLI", {.set = set_client, .read = read_client, .test = test_client});
  commands.add("#XUDPSEND", {.set = send,
                             .parameters = {data_type_rule(), at::string("data", longest_data)},
                             .quotes = "send data with quotes in them as hexadecimal digits, with <datatype> "
                                       "0, or in data mode (AT#XUDPCLI=2 or AT#XUDPSVR=2)"});
}

}  // namespace attache::dialects::slm_1
