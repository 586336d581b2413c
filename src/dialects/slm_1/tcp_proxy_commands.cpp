#include <fmt/format.h>

#include <array>
#include <utility>

#include "dialects/application.hpp"
#include "dialects/command.hpp"
#include "dialects/slm_1/command_parameters.hpp"
#include "dialects/slm_1/commands.hpp"
#include "dialects/slm_1/data_type.hpp"
#include "dialects/slm_1/proxy_commands.hpp"
#include "dialects/slm_1/tcp_proxy_session.hpp"
#include "services/host_address.hpp"

namespace attache::dialects::slm_1 {

namespace {

TcpProxySession& session(Application& application) {
  return application.session<TcpProxySession>();
}

// #XTCPFILTER

constexpr std::int64_t longest_address = 15;

void set_filter_list(Application& application, Answer answer) {
  auto& filter = session(application).filter();
  const GivenParameters& parameters = answer.parameters();
  filter.addresses.clear();
  std::size_t count = parameters.size() - 1;
  if (count > application.options().tcp_filter_size) {
    answer.error(base::make_reason(base::Cause::bad_parameter, "too many addresses",
                                   fmt::format("{} are given, and the allow-list holds {}", count,
                                               application.options().tcp_filter_size),
                                   ""));
    return;
  }
  std::vector<at::ParameterRule> rules{short_rule(application, "op")};
  for (std::size_t i = 1; i < parameters.size(); ++i) {
    rules.push_back(at::string("ip", longest_address));
    auto fault = answer.check(rules);
    if (!fault && !services::looks_like_ipv4(parameters.text(i))) {
      fault =
          base::make_reason(base::Cause::bad_parameter, "not an IPv4 address",
                            fmt::format("\"{}\"", parameters.text(i)), "host names are not looked up here");
    }
    if (fault) {
      answer.error(std::move(*fault));
      return;
    }
    filter.addresses.emplace_back(parameters.text(i));
  }
  filter.in_force = true;
  answer.ok();
}

void clear_filter(Application& application, Answer answer) {
  session(application).filter() = {};
  answer.ok();
}

void read_filter(Application& application, Answer answer) {
  answer.line(session(application).filter_status());
  answer.ok();
}

// #XTCPSVR

template <bool DataMode>
void start_server(Application& application, Answer answer) {
  auto port = static_cast<std::uint16_t>(answer.parameters().number(1));
  auto sec_tag = optional_sec_tag(answer, 2);
  session(application).start_server(DataMode, port, sec_tag, std::move(answer));
}

// #XTCPSEND, #XTCPRECV

void send(Application& application, Answer answer) {
  if (!session(application).connected()) {
    answer.error(base::make_reason(
        base::Cause::socket_not_open, "nothing sent",
        session(application).is_server() ? "the TCP server has no client" : "there is no TCP connection",
        ""));
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
  auto url = at::string("url", longest_url);
  commands.add("#XTCPFILTER", {.operations = {{0, clear_filter}, {1, set_filter_list}},
                               .read = read_filter,
                               .test = "#XTCPFILTER: (0,1),<IP_ADDR#1>[,<IP_ADDR#2>[,...]]"});
  commands.add(
      "#XTCPSVR",
      {.operations =
           {{0, stop_server<TcpProxySession>, {}, {running_server<TcpProxySession>}},
            {1, start_server<false>, {port_rule()}, {idle_proxy<TcpProxySession>}},
            {2, start_server<true>, {port_rule()}, {idle_proxy<TcpProxySession>, data_mode_possible}}},
       .read = read_server<TcpProxySession>,
       .test = "#XTCPSVR: (0,1,2),<port>,<sec_tag>"});
  commands.add(
      "#XTCPCLI",
      {.operations = {{0, disconnect<TcpProxySession>, {}, {connected_client<TcpProxySession>}},
                      {1, connect<TcpProxySession, false>, {url, port_rule()}, {idle_proxy<TcpProxySession>}},
                      {2,
                       connect<TcpProxySession, true>,
                       {url, port_rule()},
                       {idle_proxy<TcpProxySession>, data_mode_possible}}},
       .read = read_client<TcpProxySession>,
       .test = "#XTCPCLI: (0,1,2),<url>,<port>,<sec_tag>"});
  commands.add("#XTCPSEND", {.set = send,
                             .parameters = {data_type_rule(), at::string("data", longest_data)},
                             .quotes = "send data with quotes in them as hexadecimal digits, with <datatype> "
                                       "0, or in data mode (AT#XTCPCLI=2 or AT#XTCPSVR=2)"});
  commands.add("#XTCPRECV", {.set = receive});
}

}  // namespace attache::dialects::slm_1
