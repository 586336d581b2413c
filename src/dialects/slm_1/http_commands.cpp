#include <array>
#include <utility>

#include "dialects/application.hpp"
#include "dialects/command.hpp"
#include "dialects/slm_1/command_parameters.hpp"
#include "dialects/slm_1/commands.hpp"
#include "dialects/slm_1/edition.hpp"
#include "dialects/slm_1/http_session.hpp"

namespace attache::dialects::slm_1 {

namespace {

constexpr std::int64_t longest_host = 63;
constexpr std::int64_t longest_method = 19;
constexpr std::int64_t longest_resource = 255;
constexpr std::int64_t longest_header = 511;

at::ParameterRule any_port_rule(const Application& application) {
  return edition(application).signed_numbers ? at::number("port", INT32_MIN, INT32_MAX)
                                             : at::number("port", 0, UINT16_MAX);
}

std::optional<base::Reason> objection_to_disconnect(Application& application, const Answer&) {
  if (application.session<HttpSession>().connected()) {
    return std::nullopt;
  }
  return base::make_reason(base::Cause::nothing_open, "nothing to disconnect", "there is no HTTP connection",
                           "AT#XHTTPCCON? shows the state");
}

std::optional<base::Reason> objection_to_second_connection(Application& application, const Answer&) {
  HttpSession& session = application.session<HttpSession>();
  if (!session.connected() && !session.busy()) {
    return std::nullopt;
  }
  return base::make_reason(base::Cause::already_open, "no second HTTP connection", "one exists already",
                           "AT#XHTTPCCON=0 ends it; there is one HTTP connection per device");
}

std::optional<base::Reason> objection_to_request(Application& application, const Answer&) {
  if (application.session<HttpSession>().connected()) {
    return std::nullopt;
  }
  return base::make_reason(base::Cause::nothing_open, "no HTTP request without a connection",
                           "there is no HTTP connection",
                           "AT#XHTTPCCON=1,\"<host>\",<port>[,<sec_tag>] makes one");
}

constexpr Need something_to_disconnect{"an HTTP connection", objection_to_disconnect};
constexpr Need no_http_connection{"no HTTP connection", objection_to_second_connection};
constexpr Need http_connection{"an HTTP connection", objection_to_request};

void disconnect(Application& application, Answer answer) {
  application.session<HttpSession>().close();
  answer.line("#XHTTPCCON: 0");
  answer.ok();
}

std::vector<at::ParameterRule> connect_parameters(const Application& application) {
  return {at::string("host", longest_host), any_port_rule(application)};
}

void connect(Application& application, Answer answer) {
  const GivenParameters& parameters = answer.parameters();
  services::HttpClient::Target target;
  target.host = std::string(parameters.text(1));
  target.port = static_cast<std::uint16_t>(parameters.number(2));
  constexpr std::size_t count_with_tag = 4;
  if (parameters.size() == count_with_tag) {
    constexpr at::ParameterRule any{"", at::ParameterRule::Kind::any};
    if (auto fault = answer.check(std::array{any, any, any, at::number("sec_tag", 0, UINT32_MAX)})) {
      answer.error(std::move(*fault));
      return;
    }
    target.sec_tag = static_cast<std::uint32_t>(parameters.number(3));
  } else if (parameters.size() > count_with_tag) {
    answer.warn(not_secured("<sec_tag> is read only if exactly four parameters follow the name",
                            "leave out what follows <sec_tag>"));
    parameters.disregard_rest();
  }
  std::int64_t port_as_given = parameters.number(2);
  application.session<HttpSession>().connect(std::move(target), port_as_given, std::move(answer));
}

void read_connection(Application& application, Answer answer) {
  answer.line(application.session<HttpSession>().status());
  answer.ok();
}

void request(Application& application, Answer answer) {
  HttpSession& session = application.session<HttpSession>();
  if (session.busy()) {
    answer.error(base::make_reason(base::Cause::modem_busy_order, "no second HTTP request",
                                   "the one before has not been answered in full",
                                   "wait for #XHTTPCRSP:0,1"));
    return;
  }
  const GivenParameters& parameters = answer.parameters();
  HttpSession::Request request;
  request.head.method = std::string(parameters.text(0));
  request.head.resource = std::string(parameters.text(1));
  request.head.header = std::string(parameters.text(2));
  request.payload_length = static_cast<std::uint32_t>(parameters.number(3));
  if (auto warning = request.head.lacks_end()) {
    answer.warn(std::move(*warning));
  }
  HostChannel channel = answer.channel();
  answer.ok();
  session.exchange(std::move(request), channel);
}

}  // namespace

void add_http_commands(Commands& commands) {
  Command connection;
  connection.service = "httpc";
  connection.operations = {
      {0, disconnect, {}, {something_to_disconnect}},
      {.number = 1, .run = connect, .needs = {no_http_connection}, .parameters_of = connect_parameters}};
  connection.read = read_connection;
  connection.test = "#XHTTPCCON: (0,1),<host>,<port>,<sec_tag>";
  commands.add("#XHTTPCCON", connection);

  Command request_command;
  request_command.service = "httpc";
  request_command.quotes =
      "a header line with quotes cannot be sent; a payload with quotes goes in data mode, after #XHTTPCREQ: "
      "1";
  request_command.needs = {http_connection};
  request_command.set = request;
  request_command.parameters = {
      at::string("method", longest_method), at::string("resource", longest_resource),
      at::string("header", longest_header), at::optional(at::number("payload_length", 0, UINT32_MAX))};
  commands.add("#XHTTPCREQ", request_command);
}

}  // namespace attache::dialects::slm_1
