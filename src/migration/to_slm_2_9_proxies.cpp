#include <fmt/format.h>

#include "migration/answer_lines.hpp"
#include "migration/to_slm_2_9.hpp"

// Reference slm-1.6/tcp-udp-proxy.md and slm-3.1/tcp-udp.md.

namespace attache::migration::slm_2_9 {

namespace {

using client::Directive;

bool is_client_line(const ScriptLine& line, std::string_view name, std::string_view state) {
  return is_line(line, name) && line.text.find(fmt::format("\"{}\"", state)) != std::string::npos;
}

}  // namespace

void proxy_client(const Request& request, const Exchange& exchange, Rewriting& out) {
  bool is_tcp = request.name == "#XTCPCLI";
  if (request.begins_with("0")) {
    for (const ScriptLine& line : exchange.command) {
      out.copy(line);
    }
    // The line comes before OK now.
    bool told = false;
    for (const ScriptLine& line : exchange.rest) {
      told = told || is_client_line(line, request.name, "disconnected");
    }
    if (told) {
      out.expect(fmt::format("{}: 0,\"disconnected\"", request.name));
    }
    out.pass_rest(exchange, [&](const ScriptLine& line) {
      return is_client_line(line, request.name, "disconnected") ||
             is_client_line(line, request.name, "datamode");
    });
    return;
  }
  bool in_data_mode = request.begins_with("2");
  std::vector<std::string> parameters = request.parameters;
  if (in_data_mode) {
    parameters[0] = "1";
  }
  out.send(write_request(request.name, parameters));
  AnswerLines lines = answer_lines(exchange);
  pass_all(lines.information, out);
  pass_all(lines.final_result, out);
  if (in_data_mode && !lines.fails()) {
    out.send(is_tcp ? "AT#XTCPSEND" : "AT#XUDPSEND");
    out.expect_ok();
    out.in_data_mode = true;
  }
  pass_all(lines.later, out);
}

void proxy_server(const Request& request, const Exchange& exchange, Rewriting& out) {
  out.by_hand(fmt::format("the server starts without data mode: AT{} begins it when a client is there",
                          request.name == "#XTCPSVR" ? "#XTCPSEND" : "#XUDPSEND"));
  std::vector<std::string> parameters = request.parameters;
  parameters[0] = "1";
  out.send(write_request(request.name, parameters));
  out.pass_rest(exchange);
}

void fetch_tcp_data(const Request&, const Exchange& exchange, Rewriting& out) {
  AnswerLines lines = answer_lines(exchange);
  for (const ScriptLine& line : lines.information) {
    if (is_line(line, "#XTCPRECV")) {
      continue;
    }
    ScriptLine data = line;
    data.directive = line.is(Directive::line)      ? Directive::anywhere
                     : line.is(Directive::pattern) ? Directive::anywhere_pattern
                                                   : line.directive;
    out.pass(data);
  }
  pass_all(lines.later, out);
}

bool proxy_client_line(const ExpectedLine& expected, ScriptLine& line, Rewriting&) {
  std::string_view state = expected.field(1);
  if (state == "\"connected\"") {
    set_pattern(line, fmt::format("{}: [0-9]+,\"connected\"", expected.name));
    return true;
  }
  if (state == "\"datamode\"") {
    line.text.clear();  // #XDATAMODE says it.
    return true;
  }
  if (state == "\"disconnected\"") {  // By the peer: what a command brings about is with the command.
    line.text = fmt::format("{}: -104,\"disconnected\"", expected.name);
    return !expected.is_pattern;
  }
  if (expected.fields.size() == 1 && expected.field(0).starts_with('-')) {
    line.text = fmt::format("{}: {},\"not connected\"", expected.name, expected.field(0));
    return true;
  }
  return expected.fields.size() > 2;  // Of a test form.
}

bool proxy_server_line(const ExpectedLine& expected, ScriptLine& line, Rewriting&) {
  if (expected.field(1) == "\"started\"") {
    set_pattern(line, fmt::format("{}: [0-9]+,\"started\"", expected.name));
    return true;
  }
  if (expected.field(1) == "\"datamode\"") {
    line.text.clear();
    return true;
  }
  if (expected.field(1) == "\"disconnected\"" || expected.field(1) == "\"stopped\"") {
    line.text = fmt::format("{}: 0,{}", expected.name, expected.field(1));
    return !expected.is_pattern;
  }
  return expected.field(1) == "\"connected\"";
}

bool received_line(const ExpectedLine& expected, ScriptLine& line, Rewriting& out) {
  if (expected.field(0) == "0") {
    out.by_hand("these bytes came as hexadecimal digits, half as many come as they are now");
  }
  if (expected.name == "#XTCPDATA") {
    set_fields(expected, line, "#XTCPDATA", {std::string(expected.field(1))});
  } else {
    set_pattern(line, fmt::format("#XUDPDATA: {},\"[^\"]*\",[0-9]+", expected.field_pattern(1)));
  }
  return expected.fields.size() == 2;
}

}  // namespace attache::migration::slm_2_9
