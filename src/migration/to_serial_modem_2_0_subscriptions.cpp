#include <fmt/format.h>

#include "base/text.hpp"
#include "migration/answer_lines.hpp"
#include "migration/to_serial_modem_2_0.hpp"

// The filter of notifications: reference serial-modem-2.0/host.md 11.

namespace attache::migration::serial_modem_2_0 {

namespace {

bool is_filtered(std::string_view command) {
  return command == "+CEREG" || command == "+CGEREP" || command == "%XTIME";
}

// The command that asks for a notification.
std::string_view command_of(std::string_view notification) {
  return notification == "+CGEV" ? "+CGEREP" : notification;
}

bool switches_on(const Request& request) {
  return request.name == "+CFUN" && (request.begins_with("1") || request.begins_with("21"));
}

// More than the status is asked for: +CEREG alone has it.
bool wants_more(const Rewriting& out) {
  auto found = out.subscriptions.find("+CEREG");
  return found != out.subscriptions.end() && found->second != "1";
}

}  // namespace

void note_command(const Request& request, Rewriting& out) {
  if (request.form == vocabulary::Form::set && is_filtered(request.name) && request.has(0)) {
    if (request.parameter(0) == "0") {
      out.subscriptions.erase(request.name);
    } else {
      out.subscriptions[request.name] = request.parameter(0);
    }
    out.ended_subscriptions.erase(request.name);
  }
  if (request.name == "+CFUN" && request.begins_with("0")) {
    out.ended_subscriptions.insert(out.subscriptions.begin(), out.subscriptions.end());
    out.subscriptions.clear();
  }
}

bool loses_subscription(const Request& request, const Rewriting& out) {
  return switches_on(request) && (!out.ended_subscriptions.empty() || wants_more(out));
}

void switch_on(const Request&, const Exchange& exchange, Rewriting& out) {
  for (const auto& [name, number] : out.ended_subscriptions) {
    out.send(write_request(name, {number}));
    out.expect_ok();
  }
  out.subscriptions.insert(out.ended_subscriptions.begin(), out.ended_subscriptions.end());
  out.ended_subscriptions.clear();
  for (const ScriptLine& line : exchange.command) {
    out.copy(line);
  }
  AnswerLines lines = answer_lines(exchange);
  pass_all(lines.information, out);
  pass_all(lines.final_result, out);
  if (wants_more(out)) {
    out.send(write_request("+CEREG", {out.subscriptions["+CEREG"]}));
    out.expect_ok();
  }
  pass_all(lines.later, out);
}

void unsubscribe(const Request& request, const Exchange& exchange, Rewriting& out) {
  out.send(write_request(request.name, {"0"}));
  out.pass_rest(exchange);
}

bool is_shortened(const ExpectedLine& expected, const Rewriting& out) {
  return out.command == "+CFUN" && expected.fields.size() > 1;
}

bool shorten_line(const ExpectedLine& expected, ScriptLine& line, Rewriting&) {
  set_pattern(line, fmt::format("\\+CEREG: {}(,.*)?", expected.field_pattern(0)));
  return true;
}

bool is_not_subscribed(const ExpectedLine& expected, const Rewriting& out) {
  std::string_view command = command_of(expected.name);
  bool is_answer = out.command == command;
  return !is_answer && !out.subscriptions.contains(command);
}

}  // namespace attache::migration::serial_modem_2_0
