#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/text.hpp"
#include "migration/answer_lines.hpp"
#include "migration/to_serial_modem_2_0.hpp"

// Reference serial-modem-2.0/migration.md, "Services", httpc.md, mqtt.md, gnss.md.

namespace attache::migration::serial_modem_2_0 {

namespace {

using client::Directive;

constexpr std::array<std::string_view, 5> methods{"GET", "POST", "PUT", "DELETE", "HEAD"};

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

// "example.com", 8080: what stands before the path. The port of the scheme is left out.
std::string base_url(std::string_view host, std::string_view port, bool is_secure) {
  std::string_view scheme = is_secure ? "https" : "http";
  bool is_usual = port == (is_secure ? "443" : "80");
  bool is_ipv6 = host.find(':') != std::string_view::npos;
  return fmt::format("{}://{}{}{}{}", scheme, is_ipv6 ? "[" : "", host, is_ipv6 ? "]" : "",
                     is_usual ? std::string() : fmt::format(":{}", port));
}

std::vector<std::string> header_lines(std::string_view header) {
  std::string text(header);
  for (std::size_t at = text.find("\\r\\n"); at != std::string::npos; at = text.find("\\r\\n")) {
    text.replace(at, 4, "\n");
  }
  std::vector<std::string> lines;
  for (std::string_view line : base::split(text, '\n')) {
    if (!base::trim(line).empty()) {
      lines.push_back(in_quotes(base::trim(line)));
    }
  }
  return lines;
}

void leave_http(const Exchange& exchange, Rewriting& out) {
  for (const ScriptLine& line : exchange.command) {
    out.copy(line);
  }
  out.pass_rest(exchange);
}

// The three digits behind "HTTP/1.1 "; nothing if the line is no status line.
std::optional<std::string> status_in(const ScriptLine& line) {
  std::string_view text = line.text;
  if (!line.expects_line() || !text.starts_with("HTTP/1")) {
    return std::nullopt;
  }
  for (std::size_t at = 0; at + 3 < text.size(); ++at) {
    bool is_status = (text[at] == ' ' || text[at] == '(') &&
                     std::all_of(text.begin() + static_cast<std::ptrdiff_t>(at) + 1,
                                 text.begin() + static_cast<std::ptrdiff_t>(at) + 4, is_digit);
    if (is_status) {
      return std::string(text.substr(at + 1, 3));
    }
  }
  return "[0-9]+";
}

}  // namespace

void http_connect(const Request& request, const Exchange& exchange, Rewriting& out) {
  AnswerLines lines = answer_lines(exchange);
  if (request.form != vocabulary::Form::set) {
    out.by_hand("AT#XSOCKET? and AT#XSSOCKET? list the sockets");
    leave_http(exchange, out);
    return;
  }
  // A connection that fails is told by a line, which a refused command is not.
  bool is_refused = lines.fails() && lines.information.empty() && request.begins_with("1");
  if (is_refused) {
    out.by_hand(
        "AT#XHTTPCCON itself was refused. A build without HTTP connects its sockets all the same and refuses "
        "AT#XHTTPCREQ, a parameter that is wrong is refused here");
  }
  if (request.begins_with("0")) {
    if (!out.http.handle.empty()) {
      write_close(out.http.handle, out);
    }
    out.http = {};
    pass_all(lines.later, out);
    return;
  }
  std::string tag(request.parameter(3));
  std::string verify = request.has(4) ? std::string(request.parameter(4)) : "2";
  std::string family(request.parameter(0));
  bool is_secure = !tag.empty();
  out.http.handle = is_secure ? write_open("#XSSOCKET", {family, "1", "0", tag, verify}, "HTTP", "258", out)
                              : write_open("#XSOCKET", {family, "1", "0"}, "HTTP", "6", out);
  out.http.url = base_url(unquoted(request.parameter(1)), request.parameter(2), is_secure);
  if (is_secure && request.parameter(5) != "0") {
    out.send(write_request("#XSSOCKETOPT", {out.http.handle, "1", "2", std::string(request.parameter(1))}));
    out.expect_ok();
  }
  out.send(write_request(
      "#XCONNECT", {out.http.handle, std::string(request.parameter(1)), std::string(request.parameter(2))}));
  if (lines.fails()) {
    out.expect("ERROR");
    write_close(out.http.handle, out);
    out.http = {};
  } else {
    out.expect(fmt::format("#XCONNECT: {},1", out.http.handle));
    out.expect_ok();
  }
  pass_all(lines.later, out);
}

void http_request(const Request& request, const Exchange& exchange, Rewriting& out) {
  const auto* method = std::find(methods.begin(), methods.end(), unquoted(request.parameter(0)));
  bool has_body = request.has(4) && request.parameter(4) != "0";
  bool is_known = request.form == vocabulary::Form::set && method != methods.end() &&
                  !out.http.handle.empty() && request.parameter(5) != "1" &&
                  (!has_body || method - methods.begin() == 1 || method - methods.begin() == 2);
  if (!is_known) {
    out.by_hand(
        "AT#XHTTPCREQ=<handle>,<url>,<method> takes GET, POST, PUT, DELETE and HEAD on a connected socket, "
        "and a body of known length with POST and PUT");
    leave_http(exchange, out);
    return;
  }
  std::vector<std::string> headers = header_lines(unquoted(request.parameter(2)));
  if (!unquoted(request.parameter(3)).empty()) {
    headers.push_back(fmt::format("\"Content-Type: {}\"", unquoted(request.parameter(3))));
  }
  std::vector<std::string> parameters{
      out.http.handle, in_quotes(fmt::format("{}{}", out.http.url, unquoted(request.parameter(1)))),
      std::to_string(method - methods.begin())};
  if (has_body || !headers.empty()) {
    parameters.insert(parameters.end(), {"1", "0", has_body ? std::string(request.parameter(4)) : "0"});
    parameters.insert(parameters.end(), headers.begin(), headers.end());
  }
  out.http.is_head_told = false;
  out.send(write_request("#XHTTPCREQ", parameters));
  bool is_first = true;
  for (const ScriptLine& line : exchange.rest) {
    if (is_first && line.expects("OK")) {
      out.expect(fmt::format("#XHTTPCREQ: {}", out.http.handle));
      is_first = false;
    }
    if (is_line(line, "#XHTTPCREQ") && line.text.find("-") == std::string::npos) {
      continue;  // "1" and "0": what data mode and its end say.
    }
    ScriptLine passed = line;
    if (has_body && line.is(Directive::send_raw) && line.text.ends_with("+++")) {
      passed.text.resize(passed.text.size() - 3);  // So many bytes as were announced end the body.
      if (passed.text.empty()) {
        continue;
      }
    }
    out.pass(passed);
  }
}

bool http_response_line(const ExpectedLine& expected, ScriptLine& line, Rewriting& out) {
  if (out.http.handle.empty()) {
    return false;
  }
  line.directive = Directive::anywhere_pattern;
  if (expected.field(1) == "1") {
    line.text = fmt::format("#XHTTPCSTAT: {},[0-9]+,[0-9]+,[01]", out.http.handle);
    return true;
  }
  if (expected.field(1).starts_with('-')) {
    line.text = fmt::format("#XHTTPCSTAT: {},-1,[0-9]+,[01]", out.http.handle);
    return true;
  }
  if (out.http.is_head_told) {
    line.text.clear();
  } else {
    out.http.is_head_told = true;
    line.text = fmt::format("#XHTTPCHEAD: {},[0-9]+,-?[0-9]+", out.http.handle);
  }
  return true;
}

bool http_status_line(ScriptLine& line, Rewriting& out) {
  auto status = out.http.handle.empty() ? std::nullopt : status_in(line);
  if (status) {
    line.directive = Directive::anywhere_pattern;
    line.text = fmt::format("#XHTTPCHEAD: {},{},-?[0-9]+", out.http.handle, *status);
    out.http.is_head_told = true;
  }
  return true;
}

void mqtt_disconnect(const Request&, const Exchange& exchange, Rewriting& out) {
  for (const ScriptLine& line : exchange.command) {
    out.copy(line);
  }
  AnswerLines lines = answer_lines(exchange);
  pass_all(lines.final_result, out);
  for (ScriptLine line : lines.information) {
    if (is_line(line, "#XMQTTEVT")) {
      line.directive = line.is_pattern() ? Directive::anywhere_pattern : Directive::anywhere;
    }
    out.pass(line);
  }
  pass_all(lines.later, out);
}

void gnss(const Request& request, const Exchange& exchange, Rewriting& out) {
  constexpr std::size_t name_begins = 2;  // "AT#XGPSDEL": the rest stays as it is.
  std::string text = exchange.text();
  std::string_view rest = std::string_view(text).substr(name_begins + request.name.size());
  out.send(fmt::format("AT{}{}", request.name == "#XGPSDEL" ? "#XGNSSDEL" : "#XGNSS", rest));
  out.pass_rest(exchange);
}

bool gnss_line(const ExpectedLine& expected, ScriptLine& line, Rewriting&) {
  constexpr std::size_t fields_of_position = 7;
  std::string_view name = expected.name == "#XGPSDEL"                    ? "#XGNSSDEL"
                          : expected.fields.size() >= fields_of_position ? "#XGNSSPOS"
                                                                         : "#XGNSS";
  if (expected.is_pattern && expected.fields.size() == 1 && expected.name == "#XGPS") {
    line.text = fmt::format("#XGNSS(POS)?: {}", expected.field(0));
  } else {
    set_fields(expected, line, name, expected.fields);
  }
  return true;
}

}  // namespace attache::migration::serial_modem_2_0
