#include <fmt/format.h>

#include <algorithm>

#include "base/text.hpp"
#include "migration/answer_lines.hpp"
#include "migration/to_slm_2_9.hpp"

// Reference slm-1.6/socket.md and slm-3.1/socket.md.

namespace attache::migration::slm_2_9 {

namespace {

using client::Directive;

constexpr std::string_view any_number = "[0-9]+";

// The bytes as they are written behind ">>".
std::string raw_text(std::string_view bytes) {
  std::string text;
  for (char c : bytes) {
    bool is_plain = c >= ' ' && c <= '~' && c != '\\' && c != '{';
    text += is_plain ? std::string(1, c) : fmt::format("\\x{:02X}", static_cast<unsigned char>(c));
  }
  return text;
}

// Of SLM 1.6: "#XRECV: <type>,<n>" behind the data; now in front of it, without the type.
void write_received(const ExpectedLine& expected, bool has_sender, Rewriting& out) {
  if (has_sender) {
    out.expect_pattern(
        fmt::format("{}: {},\"[^\"]*\",{}", expected.name, expected.field_pattern(1), any_number));
  } else if (expected.is_pattern) {
    out.expect_pattern(fmt::format("{}: {}", expected.name, expected.field(1)));
  } else {
    out.expect(fmt::format("{}: {}", expected.name, expected.field(1)));
  }
}

}  // namespace

void open_socket(const Request& request, const Exchange& exchange, Rewriting& out) {
  if (request.begins_with("0")) {
    out.close_active();
    out.copy(exchange.command.front());
    out.pass_rest(exchange);
    return;
  }
  bool is_secure = request.has(3);
  std::string_view name = is_secure ? "#XSSOCKET" : "#XSOCKET";
  out.send(write_request(name, request.parameters));
  ScriptSocket& socket = out.open_socket("");
  socket.is_server = request.parameter(2) == "1";
  socket.is_secure = is_secure;
  for (const ScriptLine& line : exchange.rest) {
    auto expected = read_expected(line);
    if (!expected || expected->name != "#XSOCKET" || expected->fields.size() < 3) {
      out.pass(line);
      continue;
    }
    ScriptLine answer = line;
    bool has_role = expected->fields.size() > 3;
    set_pattern(answer, fmt::format("{}: {},{},{}", name, any_number, expected->field_pattern(1),
                                    expected->field_pattern(has_role ? 3 : 2)));
    out.copy(answer);
  }
}

void connect(const Request& request, const Exchange& exchange, Rewriting& out) {
  out.send(write_request("#XSSOCKETOPT", {"1", "2", std::string(request.parameter(0))}));
  out.expect_ok();
  for (const ScriptLine& line : exchange.command) {
    out.copy(line);
  }
  out.pass_rest(exchange);
}

void accept(const Request&, const Exchange& exchange, Rewriting& out) {
  out.send("AT#XACCEPT=0");
  constexpr std::string_view old_text = "#XACCEPT: \"connected with ";
  for (const ScriptLine& line : exchange.rest) {
    if (!line.expects_line() || !is_line(line, "#XACCEPT")) {
      out.pass(line);
    } else if (line.text.starts_with(old_text)) {
      std::string_view address = std::string_view(line.text).substr(old_text.size());
      ScriptLine answer = line;
      set_pattern(answer, fmt::format("#XACCEPT: {},\"{}", any_number,
                                      line.is_pattern() ? std::string(address) : as_pattern(address)));
      out.copy(answer);
    }
  }
}

void receive(const Request& request, const Exchange& exchange, Rewriting& out) {
  if (request.has(0)) {
    out.by_hand(
        fmt::format("{} cannot limit how much is taken: {} bytes were asked for, now all that is there "
                    "comes at once",
                    request.name, request.parameter(0)));
  }
  out.send(write_request(request.name, {out.receive_timeout}));
  AnswerLines lines = answer_lines(exchange);
  auto answer = std::find_if(lines.information.begin(), lines.information.end(),
                             [&](const ScriptLine& line) { return is_line(line, request.name); });
  if (answer != lines.information.end()) {
    auto expected = *read_expected(*answer);
    if (expected.field(0) == "0") {
      out.by_hand("these bytes came as hexadecimal digits, half as many come as they are now");
    }
    if (!(expected.field(1) == "0" &&
          !expected.is_pattern)) {  // Else: the peer has closed, which has no line.
      write_received(expected, request.name == "#XRECVFROM", out);
    }
    lines.information.erase(answer);
  }
  pass_all(lines.information, out);
  pass_all(lines.final_result, out);
  pass_all(lines.later, out);
}

void set_option(const Request& request, const Exchange& exchange, Rewriting& out) {
  bool sets_timeout = request.parameter(0) == "1" && request.parameter(1) == "20" && request.has(2);
  if (sets_timeout) {
    out.receive_timeout = request.parameter(2);
  } else {
    out.by_hand("options are numbers now, and what is not supported is ERROR");
  }
  for (const ScriptLine& line : exchange.command) {
    out.copy(line);
  }
  out.pass_rest(exchange);
}

void send(const Request& request, const Exchange& exchange, Rewriting& out) {
  std::size_t where = request.name == "#XSENDTO" ? 2 : 0;
  std::vector<std::string> parameters(
      request.parameters.begin(),
      request.parameters.begin() + static_cast<std::ptrdiff_t>(std::min(where, request.parameters.size())));
  std::string_view type = request.parameter(where);
  auto bytes = type == "0" ? base::from_hex(unquoted(request.parameter(where + 1))) : std::nullopt;
  if (!bytes) {
    parameters.emplace_back(request.parameter(where + 1));
    out.send(write_request(request.name, parameters));
    out.pass_rest(exchange);
    return;
  }
  out.send(write_request(request.name, parameters));
  out.expect_ok();
  out.write(Directive::send_raw, raw_text(*bytes) + "+++");
  out.expect("#XDATAMODE: 0");
  AnswerLines lines = answer_lines(exchange);
  pass_all(lines.later, out);
}

}  // namespace attache::migration::slm_2_9
