#include <fmt/format.h>

#include <utility>

#include "dialects/application.hpp"
#include "dialects/command.hpp"
#include "dialects/slm_3/commands.hpp"
#include "dialects/slm_3/edition.hpp"
#include "dialects/slm_3/http_session.hpp"
#include "dialects/slm_3/parameters.hpp"

namespace attache::dialects::slm_3 {

namespace {

constexpr std::int64_t longest_method = 19;
constexpr std::int64_t longest_resource = 255;
constexpr std::int64_t longest_headers = 511;
constexpr std::int64_t longest_content_type = 63;
constexpr std::string_view line_end = "\r\n";

HttpSession& http_session(Application& application) {
  return application.session<HttpSession>();
}

// What the attempt names is shown afterwards all the same.
std::optional<base::Reason> objection_to_second_http(Application& application, const Answer& answer) {
  HttpSession& session = http_session(application);
  if (!session.connected() && !session.busy()) {
    return std::nullopt;
  }
  const GivenParameters& parameters = answer.parameters();
  bool is_named = parameters.size() > 2 && parameters[1].kind == at::Parameter::Kind::string &&
                  parameters[2].kind == at::Parameter::Kind::number;
  if (is_named && application.strict()) {
    session.remember(std::string(parameters.text(1)), static_cast<std::uint16_t>(parameters.number(2)));
  }
  return base::make_reason(base::Cause::already_open, "no second HTTP connection", "one exists already",
                           "AT#XHTTPCCON=0 ends it; there is one HTTP connection per device");
}

std::optional<base::Reason> objection_to_no_http(Application& application, const Answer&) {
  if (http_session(application).connected()) {
    return std::nullopt;
  }
  return base::make_reason(base::Cause::nothing_open, "no HTTP request without a connection",
                           "there is no HTTP connection",
                           "AT#XHTTPCCON=1,\"<host>\",<port>[,<sec_tag>] makes one");
}

std::optional<base::Reason> objection_to_second_request(Application& application, const Answer&) {
  if (!http_session(application).busy()) {
    return std::nullopt;
  }
  return base::make_reason(base::Cause::command_in_active_state, "no second HTTP request",
                           "the one before has not been answered in full",
                           "wait for the #XHTTPCRSP that ends in ,1");
}

constexpr Need no_http{"no HTTP connection", objection_to_second_http};
constexpr Need http{"an HTTP connection", objection_to_no_http};
constexpr Need no_http_request{"no HTTP request", objection_to_second_request};

// #XHTTPCCON

void disconnect_http(Application& application, Answer answer) {
  HttpSession& session = http_session(application);
  if (session.connected()) {
    answer.line("#XHTTPCCON: 0");
  } else {
    answer.warn(nothing_done("there is no HTTP connection", "AT#XHTTPCCON? shows the state"));
  }
  session.close();
  answer.ok();
}

void connect_http(Application& application, Answer answer) {
  constexpr std::size_t tag = 3;
  auto fault = check_from(answer, tag,
                          {at::number("sec_tag", 0, INT32_MAX), at::number("peer_verify", 0, 2),
                           at::number("hostname_verify", 0, 1)});
  if (fault) {
    answer.error(std::move(*fault));
    return;
  }
  constexpr std::int64_t verified = 2;
  const GivenParameters& parameters = answer.parameters();
  services::HttpClient::Target target;
  target.family = family_of_operation(parameters.number(0));
  target.host = std::string(parameters.text(1));
  target.port = static_cast<std::uint16_t>(parameters.number(2));
  if (parameters.has(tag)) {
    target.sec_tag = static_cast<std::uint32_t>(parameters.number(tag));
    target.tls_in_application = application.options().native_tls;
  }
  target.peer_verify = peer_verify(parameters.number(tag + 1, verified));
  target.checks_name = parameters.number(tag + 2, 1) == 1;
  http_session(application).connect(std::move(target), std::move(answer));
}

void read_http(Application& application, Answer answer) {
  answer.line(http_session(application).status());
  answer.ok();
}

// #XHTTPCREQ

// Line ends that are written out become some.
std::string with_line_ends(std::string_view headers) {
  constexpr std::string_view written_out = "\\r\\n";
  std::string text;
  while (!headers.empty()) {
    std::size_t at = headers.find(written_out);
    text += headers.substr(0, at);
    text += at != std::string_view::npos ? line_end : std::string_view{};
    headers.remove_prefix(at != std::string_view::npos ? at + written_out.size() : headers.size());
  }
  return text;
}

std::optional<base::Reason> objection_to_headers(std::string_view headers) {
  bool ends_once = headers.ends_with(line_end) && !headers.ends_with("\r\n\r\n") && headers != line_end;
  if (headers.empty() || ends_once) {
    return std::nullopt;
  }
  return base::make_reason(base::Cause::bad_parameter, "no HTTP request",
                           "<headers> must end in exactly one line end",
                           "each header with \\r\\n behind it, and no empty line at the end");
}

// Behind method and resource. Which may be empty differs, and a length must follow a type.
std::optional<base::Reason> check_request(const Application& application, const Answer& answer) {
  const GivenParameters& parameters = answer.parameters();
  bool takes_empty = edition(application).takes_empty_parameters;
  constexpr std::size_t headers_at = 2;
  constexpr std::size_t type_at = 3;
  constexpr std::size_t length_at = 4;
  for (std::size_t i = headers_at; i < parameters.size(); ++i) {
    bool is_empty = parameters[i].kind == at::Parameter::Kind::empty;
    bool may_be_empty = takes_empty && i <= type_at && i + 1 < parameters.size();
    if (is_empty && !may_be_empty) {
      return base::make_reason(base::Cause::bad_parameter, "wrong parameter",
                               fmt::format("parameter {} is empty", i + 1), "leave it out, or give \"\"");
    }
  }
  if (parameters.size() > type_at && parameters.size() <= length_at) {
    return base::make_reason(base::Cause::bad_parameter, "no HTTP request",
                             "<content_type> is given without <content_length>", "0 if no body follows");
  }
  // Headers and type may be empty.
  constexpr at::ParameterRule any{"", at::ParameterRule::Kind::any, true};
  std::vector<at::ParameterRule> rules{any,
                                       any,
                                       at::optional(at::string("headers", longest_headers)),
                                       at::optional(at::string("content_type", longest_content_type)),
                                       at::optional(at::number("content_length", 0, UINT32_MAX)),
                                       at::optional(at::number("chunked", 0, UINT16_MAX))};
  return parameters.check(answer.command(), rules);
}

void request_http(Application& application, Answer answer) {
  if (auto fault = check_request(application, answer)) {
    answer.error(std::move(*fault));
    return;
  }
  const GivenParameters& parameters = answer.parameters();
  std::string headers = with_line_ends(parameters.text(2));
  if (auto fault = objection_to_headers(headers)) {
    answer.error(std::move(*fault));
    return;
  }
  auto length = parameters.number(4);
  bool is_chunked = parameters.number(5) != 0;
  if (!parameters.text(3).empty()) {
    fmt::format_to(std::back_inserter(headers), "Content-Type: {}\r\n", parameters.text(3));
  }
  if (length > 0 && !is_chunked) {
    fmt::format_to(std::back_inserter(headers), "Content-Length: {}\r\n", length);
  }
  HttpSession::Request request;
  request.head.method = std::string(parameters.text(0));
  request.head.resource = std::string(parameters.text(1));
  request.head.header = std::move(headers);
  request.payload_ends_by_call = length > 0 || is_chunked;
  HostChannel channel = answer.channel();
  answer.ok();
  http_session(application).exchange(std::move(request), channel);
}

}  // namespace

void add_http_commands(Commands& commands) {
  std::vector<at::ParameterRule> server{at::string("host", longest_url), port_rule()};
  commands.add("#XHTTPCCON",
               {.service = "httpc",
                .operations = {{0, disconnect_http},
                               {1, connect_http, server, {no_http}},
                               {2, connect_http, server, {no_http}}},
                .read = read_http,
                .test = "#XHTTPCCON: (0,1,2),<host>,<port>,<sec_tag>,<peer_verify>,<hostname_verify>"});
  commands.add(
      "#XHTTPCREQ",
      {.service = "httpc",
       .set = request_http,
       .parameters = {at::string("method", longest_method), at::string("resource", longest_resource)},
       .quotes = "a header line with quotes cannot be sent; a body with quotes goes in data mode, "
                 "after #XHTTPCREQ: 1",
       .needs = {http},
       .set_needs = {no_http_request}});
}

}  // namespace attache::dialects::slm_3
