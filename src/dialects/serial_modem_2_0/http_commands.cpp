#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>
#include <utility>
#include <vector>

#include "at/redaction.hpp"
#include "base/text.hpp"
#include "dialects/application.hpp"
#include "dialects/command.hpp"
#include "dialects/serial_modem_2_0/commands.hpp"
#include "dialects/serial_modem_2_0/http_session.hpp"
#include "dialects/serial_modem_2_0/socket_parameters.hpp"

namespace attache::dialects::serial_modem_2_0 {

namespace {

using Kind = at::Parameter::Kind;

constexpr std::int64_t longest_http_url = 511;
constexpr std::size_t longest_part = 255;  // Of host, and of path with query.
constexpr std::size_t most_fields = 512;   // Bytes of the host's own, with their line ends and a NUL.
constexpr std::size_t first_optional = 3;
constexpr std::array<std::string_view, 5> methods{"GET", "POST", "PUT", "DELETE", "HEAD"};
constexpr std::int64_t method_post = 1;
constexpr std::int64_t method_put = 2;
constexpr std::int64_t method_head = 4;

HttpSession& http(Application& application) {
  return application.session<HttpSession>();
}

base::Reason no_request(std::string why, std::string advice = {}) {
  return base::make_reason(base::Cause::bad_parameter, "no HTTP request", std::move(why), std::move(advice));
}

/// What a URL gives of a request.
struct Target {
  std::string_view host;
  std::string_view resource;
};

// "http://host:port/path?query#fragment": the host as it stands, without the port.
std::optional<Target> cut_url(std::string_view url) {
  std::size_t scheme = url.find("://");
  if (scheme == std::string_view::npos || scheme == 0) {
    return std::nullopt;
  }
  url.remove_prefix(scheme + 3);
  url = url.substr(0, url.find('#'));
  std::size_t end = url.find_first_of("/?");
  std::string_view authority = url.substr(0, end);
  std::string_view rest = end == std::string_view::npos ? std::string_view() : url.substr(end);
  std::size_t address_end = authority.find(']');
  std::size_t host_end = authority.find(':', address_end == std::string_view::npos ? 0 : address_end);
  Target target;
  target.host = authority.substr(0, host_end);
  target.resource = rest.starts_with('/') ? rest : "/";  // A query without a path is dropped.
  bool fits = !target.host.empty() && target.host.size() <= longest_part &&
              target.resource.size() <= longest_part &&
              target.host.find_first_of(" \r\n@") == std::string_view::npos &&
              target.resource.find_first_of(" \r\n") == std::string_view::npos;
  return fits ? std::optional(target) : std::nullopt;
}

// The next optional number: a parameter of another kind leaves it as it is, and is looked at again.
std::int64_t take_number(const GivenParameters& parameters, std::size_t& at, std::int64_t usual) {
  if (parameters.size() <= at || parameters[at].kind != Kind::number) {
    return usual;
  }
  return parameters.number(at++, usual);
}

// The host's own fields; empty parameters and numbers among them are passed over.
std::optional<std::string> take_fields(const GivenParameters& parameters, std::size_t at) {
  std::string fields;
  for (; at < parameters.size(); ++at) {
    if (parameters[at].kind == Kind::string && !parameters[at].text.empty()) {
      fields += parameters[at].text;
      fields += "\r\n";
    }
  }
  bool fits = fields.size() + 1 <= most_fields;
  return fits ? std::optional(std::move(fields)) : std::nullopt;
}

std::optional<base::Reason> objection_to_numbers(std::int64_t method, std::int64_t automatic,
                                                 std::int64_t format, std::int64_t length) {
  bool is_flag = automatic >= 0 && automatic <= 1 && format >= 0 && format <= 1;
  if (!is_flag) {
    return no_request("<auto_reception> and <format> are 0 or 1");
  }
  bool takes_payload = method == method_post || method == method_put;
  if (length < 0 || length > INT32_MAX || (length > 0 && !takes_payload)) {
    return no_request(fmt::format("<body_len> is {}", length),
                      "0, or for POST and PUT the bytes of the payload");
  }
  return std::nullopt;
}

// Anything wrong with it is the reason.
base::Result<HttpSession::Request> request_of(const GivenParameters& parameters) {
  std::string_view url = parameters.text(1);
  auto target = cut_url(url);
  if (!target) {
    base::Reason reason = no_request("<url> is no absolute one with a host",
                                     "http://HOST[:PORT]/PATH, each part up to 255 characters");
    reason.excerpt = at::redact(url);
    return reason;
  }
  auto method = parameters.number(2);
  std::size_t at = first_optional;
  auto automatic = take_number(parameters, at, 1);
  auto format = take_number(parameters, at, 0);
  auto length = take_number(parameters, at, 0);
  if (auto objection = objection_to_numbers(method, automatic, format, length)) {
    return *objection;
  }
  auto fields = take_fields(parameters, at);
  if (!fields) {
    return no_request("the <header>s are too long", "511 bytes together, with 2 for each line's end");
  }
  HttpSession::Request request;
  request.payload = static_cast<std::uint32_t>(length);
  request.without_body = method == method_head;
  request.automatic = automatic == 1;
  request.hex = format == 1;
  std::string announced = length > 0 ? fmt::format("Content-Length: {}\r\n", length) : std::string();
  request.head = fmt::format(
      "{} {} HTTP/1.1\r\nHost: {}\r\nUser-Agent: nRF91-Serial-Modem\r\nAccept: */*\r\n{}{}\r\n",
      methods.at(static_cast<std::size_t>(method)), target->resource, target->host, announced, *fields);
  return request;
}

asio::awaitable<void> request(Application& application, Answer answer) {
  auto* entry = find_socket(application, answer);
  if (entry == nullptr) {
    co_return;
  }
  std::optional<base::Reason> fault;
  if (http(application).is_active(entry->handle)) {
    fault = base::make_reason(base::Cause::command_in_active_state, "no second HTTP request",
                              "one is under way on this socket", "AT#XHTTPCCANCEL ends it");
  }
  auto asked = request_of(answer.parameters());
  if (!fault && !asked) {
    fault = asked.error();
  }
  if (fault) {
    answer.error(std::move(*fault));
    co_return;
  }
  co_await http(application).start(*entry, std::move(*asked), std::move(answer));
}

// #XHTTPCDATA, #XHTTPCCANCEL

base::Reason nothing_active(std::string why) {
  return base::make_reason(base::Cause::nothing_open, "no HTTP request of that kind", std::move(why), "");
}

asio::awaitable<void> pull(Application& application, Answer answer) {
  auto handle = static_cast<HttpSession::Handle>(answer.parameters().number(0));
  if (!http(application).can_pull(handle)) {
    answer.error(
        nothing_active("no answer waits to be fetched on this socket: none was asked for with "
                       "<auto_reception> 0, or its head has not come"));
    co_return;
  }
  constexpr auto most = static_cast<std::int64_t>(services::HttpReception::most_at_once);
  auto length = answer.parameters().number(1);
  auto wanted = static_cast<std::size_t>(length > 0 ? std::min(length, most) : most);
  co_await http(application).pull(handle, wanted, std::move(answer));
}

void cancel(Application& application, Answer answer) {
  auto handle = static_cast<HttpSession::Handle>(answer.parameters().number(0));
  if (!http(application).is_active(handle)) {
    answer.error(nothing_active("none is under way on this socket"));
    return;
  }
  http(application).cancel(handle, std::move(answer));
}

}  // namespace

void add_http_commands(Commands& commands) {
  commands.add(
      "#XHTTPCREQ",
      {.service = "httpc",
       .set = request,
       .parameters = {handle_rule(), at::string("url", longest_http_url), at::number("method", 0, 4)},
       .test = "#XHTTPCREQ: <handle>,<url>,<method>[,<auto_reception>[,<format>[,<body_len>[,<header>]"
               "...]]]"});
  commands.add("#XHTTPCDATA", {.service = "httpc",
                               .set = pull,
                               .parameters = {handle_rule()},
                               .test = "#XHTTPCDATA: <handle>[,<length>]"});
  commands.add(
      "#XHTTPCCANCEL",
      {.service = "httpc", .set = cancel, .parameters = {handle_rule()}, .test = "#XHTTPCCANCEL: <handle>"});
}

}  // namespace attache::dialects::serial_modem_2_0
