#include <array>
#include <utility>

#include "dialects/application.hpp"
#include "dialects/command.hpp"
#include "dialects/slm_1/command_parameters.hpp"
#include "dialects/slm_1/commands.hpp"
#include "dialects/slm_1/data_type.hpp"
#include "dialects/slm_1/proxy_commands.hpp"
#include "dialects/slm_1/udp_proxy_session.hpp"

namespace attache::dialects::slm_1 {

namespace {

UdpProxySession& session(Application& application) {
  return application.session<UdpProxySession>();
}

// The firmware does not look: a second socket replaces the first.
std::optional<base::Reason> objection_to_second_client(Application& application, const Answer& answer) {
  return application.strict() ? std::nullopt
                              : objection_to_second_proxy<UdpProxySession>(application, answer);
}

constexpr Need idle_proxy_unless_strict{"no such proxy", objection_to_second_client};

// #XUDPSVR

template <bool DataMode>
void start_server(Application& application, Answer answer) {
  constexpr std::size_t tag_at = 2;
  if (answer.parameters().has(tag_at)) {
    answer.warn(not_secured(
        "#XUDPSVR reads no <sec_tag>, though its test form names one: the modem's DTLS has no server role",
        "leave <sec_tag> out, or let the device be the client (AT#XUDPCLI)"));
  }
  auto port = static_cast<std::uint16_t>(answer.parameters().number(1));
  session(application).start_server(DataMode, port, std::move(answer));
}

// #XUDPSEND

void send(Application& application, Answer answer) {
  if (!session(application).has_destination()) {
    answer.error(base::make_reason(base::Cause::socket_not_open, "nothing sent",
                                   session(application).is_server()
                                       ? "no datagram has come yet, so there is nobody to "
                                         "send to: a server answers the last sender"
                                       : "there is no UDP socket",
                                   ""));
    return;
  }
  if (auto data = take_data(answer, 0)) {
    session(application).send_by_command(std::move(*data), std::move(answer));
  }
}

}  // namespace

void add_udp_proxy_commands(Commands& commands) {
  auto url = at::string("url", longest_url);
  commands.add(
      "#XUDPSVR",
      {.operations =
           {{0, stop_server<UdpProxySession>, {}, {running_server<UdpProxySession>}},
            {1, start_server<false>, {port_rule()}, {idle_proxy<UdpProxySession>}},
            {2, start_server<true>, {port_rule()}, {idle_proxy<UdpProxySession>, data_mode_possible}}},
       .read = read_server<UdpProxySession>,
       .test = "#XUDPSVR: (0,1,2),<port>,<sec_tag>"});
  commands.add(
      "#XUDPCLI",
      {.operations = {{0, disconnect<UdpProxySession>, {}, {connected_client<UdpProxySession>}},
                      {1, connect<UdpProxySession, false>, {url, port_rule()}, {idle_proxy_unless_strict}},
                      {2,
                       connect<UdpProxySession, true>,
                       {url, port_rule()},
                       {idle_proxy_unless_strict, data_mode_possible}}},
       .read = read_client<UdpProxySession>,
       .test = "#XUDPCLI: (0, 1, 2),<url>,<port>,<sec_tag>"});
  commands.add("#XUDPSEND", {.set = send,
                             .parameters = {data_type_rule(), at::string("data", longest_data)},
                             .quotes = "send data with quotes in them as hexadecimal digits, with <datatype> "
                                       "0, or in data mode (AT#XUDPCLI=2 or AT#XUDPSVR=2)"});
}

}  // namespace attache::dialects::slm_1
