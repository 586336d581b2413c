#include <array>
#include <utility>

#include "dialects/slm_1_6/command.hpp"
#include "dialects/slm_1_6/command_parameters.hpp"
#include "dialects/slm_1_6/data_type.hpp"
#include "dialects/slm_1_6/slm.hpp"
#include "dialects/slm_1_6/udp_proxy_session.hpp"

namespace attache::dialects::slm_1_6 {

namespace {

UdpProxySession& session(Slm& slm) {
  return slm.session<UdpProxySession>();
}

std::optional<base::Reason> needs_idle_proxy(Slm& slm) {
  if (!session(slm).busy()) {
    return std::nullopt;
  }
  bool server = session(slm).is_server();
  return base::make_reason("the UDP proxy is busy",
                           server ? "it runs as a server already" : "it runs as a client already",
                           server ? "AT#XUDPSVR=0 stops it" : "AT#XUDPCLI=0 disconnects it");
}

// #XUDPSVR

void start_server(Slm& slm, Answer answer, bool data_mode) {
  auto fault = needs_idle_proxy(slm);
  if (!fault && data_mode) {
    fault = slm.check_data_mode(answer.channel());
  }
  std::array rules{short_rule(slm, "op"), port_rule()};
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
  session(slm).start_server(data_mode, port, std::move(answer));
}

void stop_server(Slm& slm, Answer answer) {
  if (!session(slm).is_server()) {
    answer.error(base::make_reason("nothing to stop", "no UDP server runs", "AT#XUDPSVR? shows the state"));
    return;
  }
  session(slm).stop_server(std::move(answer));
}

void set_server(Slm& slm, Answer answer) {
  run_operation(
      slm, std::move(answer),
      {stop_server, [](Slm& device, Answer given) { start_server(device, std::move(given), false); },
       [](Slm& device, Answer given) { start_server(device, std::move(given), true); }});
}

void read_server(Slm& slm, Answer answer) {
  answer.line(session(slm).server_status());
  answer.ok();
}

void test_server(Slm&, Answer answer) {
  answer.line("#XUDPSVR: (0,1,2),<port>,<sec_tag>");
  answer.ok();
}

// #XUDPCLI

void connect(Slm& slm, Answer answer, bool data_mode) {
  std::optional<base::Reason> fault;
  if (!slm.strict()) {
    fault = needs_idle_proxy(slm);  // The firmware does not look: a second socket replaces the first.
  }
  if (!fault && data_mode) {
    fault = slm.check_data_mode(answer.channel());
  }
  std::array rules{short_rule(slm, "op"), at::string("url", longest_url), port_rule()};
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
  session(slm).connect(data_mode, std::move(host), port, sec_tag, std::move(answer));
}

void disconnect(Slm& slm, Answer answer) {
  if (!session(slm).is_client()) {
    answer.error(base::make_reason("nothing to disconnect", "no UDP client is connected",
                                   "AT#XUDPCLI? shows the state"));
    return;
  }
  session(slm).disconnect(std::move(answer));
}

void set_client(Slm& slm, Answer answer) {
  run_operation(slm, std::move(answer),
                {disconnect, [](Slm& device, Answer given) { connect(device, std::move(given), false); },
                 [](Slm& device, Answer given) { connect(device, std::move(given), true); }});
}

void read_client(Slm& slm, Answer answer) {
  answer.line(session(slm).client_status());
  answer.ok();
}

void test_client(Slm&, Answer answer) {
  answer.line("#XUDPCLI: (0, 1, 2),<url>,<port>,<sec_tag>");
  answer.ok();
}

// #XUDPSEND

void send(Slm& slm, Answer answer) {
  if (!session(slm).has_destination()) {
    answer.error(base::make_reason("nothing sent", session(slm).is_server()
                                                       ? "no datagram has come yet, so there is nobody to "
                                                         "send to: a server answers the last sender"
                                                       : "there is no UDP socket"));
    return;
  }
  if (auto data = take_data(answer, 0)) {
    session(slm).send_by_command(std::move(*data), std::move(answer));
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

}  // namespace attache::dialects::slm_1_6
