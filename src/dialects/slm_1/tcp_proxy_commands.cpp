#include <fmt/format.h>

#include <array>
#include <utility>

#include "dialects/application.hpp"
#include "dialects/command.hpp"
#include "dialects/slm_1/command_parameters.hpp"
#include "dialects/slm_1/commands.hpp"
#include "dialects/slm_1/data_type.hpp"
#include "dialects/slm_1/tcp_proxy_session.hpp"
#include "services/host_address.hpp"

namespace attache::dialects::slm_1 {

namespace {

TcpProxySession& session(Application& application) {
  return application.session<TcpProxySession>();
}

std::optional<base::Reason> needs_idle_proxy(Application& application) {
  if (!session(application).busy()) {
    return std::nullopt;
  }
  return base::make_reason(
      "the TCP proxy is busy",
      session(application).is_server() ? "it runs as a server already" : "it runs as a client already",
      session(application).is_server() ? "AT#XTCPSVR=0 stops it" : "AT#XTCPCLI=0 disconnects it");
}

// What both ways of starting check first.
std::optional<base::Reason> check_start(Application& application, Answer& answer, bool data_mode) {
  auto fault = needs_idle_proxy(application);
  if (!fault && data_mode) {
    fault = application.data_mode().objection_to(answer.channel());
  }
  return fault;
}

// #XTCPFILTER

constexpr std::int64_t longest_address = 15;

void set_filter_list(Application& application, Answer answer) {
  TcpProxySession& proxy = session(application);
  const GivenParameters& parameters = answer.parameters();
  proxy.clear_filter_list();
  std::size_t count = parameters.size() - 1;
  if (count > application.options().tcp_filter_size) {
    answer.error(
        base::make_reason("too many addresses", fmt::format("{} are given, and the allow-list holds {}",
                                                            count, application.options().tcp_filter_size)));
    return;
  }
  std::vector<at::ParameterRule> rules{short_rule(application, "op")};
  for (std::size_t i = 1; i < parameters.size(); ++i) {
    rules.push_back(at::string("ip", longest_address));
    auto fault = answer.check(rules);
    if (!fault && !services::looks_like_ipv4(parameters.text(i))) {
      fault = base::make_reason("not an IPv4 address", fmt::format("\"{}\"", parameters.text(i)),
                                "host names are not looked up here");
    }
    if (fault) {
      answer.error(std::move(*fault));
      return;
    }
    proxy.add_to_filter_list(parameters.text(i));
  }
  proxy.switch_filter(true);
  answer.ok();
}

void clear_filter(Application& application, Answer answer) {
  session(application).clear_filter_list();
  session(application).switch_filter(false);
  answer.ok();
}

void set_filter(Application& application, Answer answer) {
  run_operation(application, std::move(answer), {clear_filter, set_filter_list});
}

void read_filter(Application& application, Answer answer) {
  answer.line(session(application).filter_status());
  answer.ok();
}

void test_filter(Application&, Answer answer) {
  answer.line("#XTCPFILTER: (0,1),<IP_ADDR#1>[,<IP_ADDR#2>[,...]]");
  answer.ok();
}

// #XTCPSVR

void start_server(Application& application, Answer answer, bool data_mode) {
  auto fault = check_start(application, answer, data_mode);
  std::array rules{short_rule(application, "op"), port_rule()};
  if (!fault) {
    fault = answer.check(rules);
  }
  if (fault) {
    answer.error(std::move(*fault));
    return;
  }
  auto port = static_cast<std::uint16_t>(answer.parameters().number(1));
  auto sec_tag = optional_sec_tag(answer, 2);
  session(application).start_server(data_mode, port, sec_tag, std::move(answer));
}

void stop_server(Application& application, Answer answer) {
  if (!session(application).is_server()) {
    answer.error(base::make_reason("nothing to stop", "no TCP server runs", "AT#XTCPSVR? shows the state"));
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
  answer.line("#XTCPSVR: (0,1,2),<port>,<sec_tag>");
  answer.ok();
}

// #XTCPCLI

void connect(Application& application, Answer answer, bool data_mode) {
  auto fault = check_start(application, answer, data_mode);
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
    answer.error(base::make_reason("nothing to disconnect", "no TCP client is connected",
                                   "AT#XTCPCLI? shows the state"));
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
  answer.line("#XTCPCLI: (0,1,2),<url>,<port>,<sec_tag>");
  answer.ok();
}

// #XTCPSEND, #XTCPRECV

void send(Application& application, Answer answer) {
  if (!session(application).connected()) {
    answer.error(base::make_reason("nothing sent", session(application).is_server()
                                                       ? "the TCP server has no client"
                                                       : "there is no TCP connection"));
    return;
  }
  if (auto data = take_data(answer, 0)) {
    session(application).send_by_command(std::move(*data), std::move(answer));
  }
}

void receive(Application& application, Answer answer) {
  std::array rules{at::optional(short_rule(application, "length"))};
  if (auto fault = answer.check(rules)) {
    answer.error(std::move(*fault));
    return;
  }
  auto length = static_cast<std::size_t>(std::max<std::int64_t>(answer.parameters().number(0), 0));
  session(application).take_stored(length, std::move(answer));
}

}  // namespace

void add_tcp_proxy_commands(Commands& commands) {
  commands.add("#XTCPFILTER", {.set = set_filter, .read = read_filter, .test = test_filter});
  commands.add("#XTCPSVR", {.set = set_server, .read = read_server, .test = test_server});
  commands.add("#XTCPCLI", {.set = set_client, .read = read_client, .test = test_client});
  commands.add("#XTCPSEND", {.set = send,
                             .parameters = {data_type_rule(), at::string("data", longest_data)},
                             .quotes = "send data with quotes in them as hexadecimal digits, with <datatype> "
                                       "0, or in data mode (AT#XTCPCLI=2 or AT#XTCPSVR=2)"});
  commands.add("#XTCPRECV", {.set = receive});
}

}  // namespace attache::dialects::slm_1
