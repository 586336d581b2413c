#include <fmt/format.h>

#include "base/text.hpp"
#include "migration/answer_lines.hpp"
#include "migration/to_slm_2_9.hpp"

// Reference slm-1.6/httpc.md, mqtt.md, icmp.md, fota.md and those of slm-3.1.

namespace attache::migration::slm_2_9 {

namespace {

using client::Directive;

/// The header of a request as SLM 1.6 takes it, with what has a place of its own taken out.
struct HttpHeader {
  std::string rest;          ///< Lines that stay, each ended by CR LF as it is written.
  std::string content_type;  ///< Without the name.
};

HttpHeader cut_header(std::string_view header) {
  HttpHeader cut;
  std::string text(header);
  // Both ways to write a line end.
  for (std::size_t at = text.find("\\r\\n"); at != std::string::npos; at = text.find("\\r\\n")) {
    text.replace(at, 4, "\r\n");
  }
  for (std::string_view line : base::split(text, '\n')) {
    line = base::trim(line);
    std::size_t colon = line.find(':');
    std::string_view name = line.substr(0, colon);
    if (line.empty() || base::equal_ignoring_case(name, "Content-Length")) {
      continue;
    }
    if (base::equal_ignoring_case(name, "Content-Type") && colon != std::string_view::npos) {
      cut.content_type = base::trim(line.substr(colon + 1));
      continue;
    }
    cut.rest += fmt::format("{}\\r\\n", line);
  }
  return cut;
}

bool is_body(const ScriptLine& line) {
  return line.is(Directive::send_raw) || line.is(Directive::send);
}

}  // namespace

void http_request(const Request& request, const Exchange& exchange, Rewriting& out) {
  HttpHeader header = cut_header(unquoted(request.parameter(2)));
  out.send(write_request("#XHTTPCREQ", {std::string(request.parameter(0)), std::string(request.parameter(1)),
                                        in_quotes(header.rest), in_quotes(header.content_type),
                                        std::string(request.parameter(3))}));
  // "OK", "#XHTTPCREQ: 1", the body, an OK for each piece of it, "#XHTTPCREQ: 0".
  bool is_sent = false;
  bool is_ended = false;
  for (const ScriptLine& line : exchange.rest) {
    if (is_sent && !is_ended && !is_body(line)) {
      out.write(Directive::send_raw, "+++");
      out.write(Directive::anywhere, "#XDATAMODE: 0");
      is_ended = true;
    }
    is_sent = is_sent || is_body(line);
    if (is_sent && line.expects("OK")) {
      continue;
    }
    ScriptLine passed = line;
    if (is_line(line, "#XHTTPCREQ") && is_sent && line.is(Directive::line)) {
      passed.directive = Directive::anywhere;
    }
    out.pass(passed);
  }
  if (is_sent && !is_ended) {
    out.write(Directive::send_raw, "+++");
    out.write(Directive::anywhere, "#XDATAMODE: 0");
  }
}

bool http_response_line(const ExpectedLine& expected, ScriptLine& line, Rewriting& out) {
  if (expected.field(0) == "0" && expected.field(1) == "1") {
    set_pattern(line, "#XHTTPCRSP:[0-9]+,1");
    return true;
  }
  if (expected.field(1) == "0") {
    // One line behind the header; the pieces of the body have none any more.
    set_pattern(line, "#XHTTPCRSP:[0-9]+,[01]");
    out.by_hand("the header has one line, behind it, and the body has one at its end");
    return true;
  }
  return false;
}

void mqtt_connect(const Request& request, const Exchange& exchange, Rewriting& out) {
  if (request.begins_with("1")) {
    // SLM 1.6: keep-alive 60 s, and the broker keeps the session.
    out.send(write_request("#XMQTTCFG", {std::string(request.parameter(1)), "60", "0"}));
    out.expect_ok();
    std::vector<std::string> parameters = request.parameters;
    parameters.erase(parameters.begin() + 1);
    out.send(write_request("#XMQTTCON", parameters));
  } else {
    for (const ScriptLine& line : exchange.command) {
      out.copy(line);
    }
  }
  out.pass_rest(exchange);
}

void mqtt_publish(const Request& request, const Exchange& exchange, Rewriting& out) {
  std::string_view type = request.parameter(1);
  std::vector<std::string> parameters{std::string(request.parameter(0))};
  auto bytes = type == "0" ? base::from_hex(unquoted(request.parameter(2))) : std::nullopt;
  bool in_data_mode = type == "9" || bytes;
  if (in_data_mode) {
    parameters.emplace_back("\"\"");
  }
  for (std::size_t i = in_data_mode ? 3 : 2; i < request.parameters.size(); ++i) {
    parameters.push_back(request.parameters[i]);
  }
  out.send(write_request("#XMQTTPUB", parameters));
  if (bytes) {
    out.expect_ok();
    std::string text;
    for (char c : *bytes) {
      text += fmt::format("\\x{:02X}", static_cast<unsigned char>(c));
    }
    out.write(Directive::send_raw, text + "+++");
    out.expect("#XDATAMODE: 0");
    pass_all(answer_lines(exchange).later, out);
    return;
  }
  out.in_data_mode = in_data_mode;
  out.pass_rest(exchange);
}

bool mqtt_message_line(const ExpectedLine& expected, ScriptLine& line, Rewriting& out) {
  if (expected.field(0) == "0") {
    out.by_hand("the payload came as hexadecimal digits, half as many bytes come as they are now");
  }
  set_fields(expected, line, "#XMQTTMSG", {std::string(expected.field(1)), std::string(expected.field(2))});
  return true;
}

void ping(const Request&, const Exchange& exchange, Rewriting& out) {
  for (const ScriptLine& line : exchange.command) {
    out.copy(line);
  }
  bool has_result = false;
  out.pass_rest(exchange, [&](const ScriptLine& line) {
    bool is_second = has_result && line.expects("OK");
    has_result = has_result || line.expects("OK") || line.expects("ERROR");
    bool is_timeout = line.text.find("\"timeout\"") != std::string::npos;
    return is_second || is_timeout;
  });
}

bool ping_line(const ExpectedLine& expected, ScriptLine& line, Rewriting&) {
  std::string text = expected.fields.empty() ? std::string() : expected.fields[0];
  bool is_average = text.starts_with("\"average ");
  if (is_average) {
    text = unquoted(text);
  }
  line.text = fmt::format("{}{}{} seconds", expected.name, expected.separator, text);
  return true;
}

void update_firmware(const Request& request, const Exchange& exchange, Rewriting& out) {
  std::vector<std::string> parameters = request.parameters;
  parameters[0] = request.begins_with("0") ? "9" : request.begins_with("2") ? "0" : "1";
  if (request.has(3)) {
    parameters.pop_back();
    out.by_hand("the access point name is no parameter any more, a PDN id stands in its place");
  }
  out.send(write_request("#XFOTA", parameters));
  out.pass_rest(exchange);
}

bool update_line(const ExpectedLine& expected, ScriptLine& line, Rewriting&) {
  std::vector<std::string> fields(expected.fields.begin() + 1, expected.fields.end());
  set_fields(expected, line, "#XFOTA", fields);
  return true;
}

}  // namespace attache::migration::slm_2_9
