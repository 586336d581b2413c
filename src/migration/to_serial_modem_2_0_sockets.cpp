#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "base/text.hpp"
#include "migration/answer_lines.hpp"
#include "migration/to_serial_modem_2_0.hpp"

// Reference serial-modem-2.0/migration.md, "Sockets", and socket.md.

namespace attache::migration::serial_modem_2_0 {

namespace {

using client::Directive;

void copy_command(const Exchange& exchange, Rewriting& out) {
  for (const ScriptLine& line : exchange.command) {
    out.copy(line);
  }
  out.pass_rest(exchange);
}

// The handle that a command meant without naming it; nothing, and a word for a person, if it is not known.
std::optional<std::string> active_handle(const Exchange& exchange, Rewriting& out) {
  if (const ScriptSocket* socket = out.active()) {
    return socket->is_server && !socket->peer.empty() ? socket->peer : socket->handle;
  }
  out.by_hand("the handle of the socket comes first, and the script does not open one");
  copy_command(exchange, out);
  return std::nullopt;
}

std::string flags_of(std::string_view given) {
  return given.empty() ? "0" : std::string(given);
}

// "0x0011" of #XPOLL as #XAPOLL has it.
std::string decimal_events(std::string_view text) {
  text = unquoted(text);
  text.remove_prefix(text.starts_with("0x") ? 2 : 0);
  unsigned events = 0;
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), events, 16);
  return error == std::errc{} && end == text.data() + text.size() ? std::to_string(events) : "[0-9]+";
}

std::string handle_of(std::string_view number, Rewriting& out) {
  const ScriptSocket* socket = out.socket(number);
  return socket != nullptr ? socket->handle : std::string(number);
}

}  // namespace

void write_with_handle(const Request& request, const Exchange& exchange, const std::string& handle,
                       std::vector<std::string> parameters, Rewriting& out) {
  parameters.insert(parameters.begin(), handle);
  out.send(write_request(request.name, parameters));
  for (const ScriptLine& line : exchange.rest) {
    auto expected = read_expected(line);
    if (!expected || expected->name != request.name) {
      out.pass(line);
      continue;
    }
    std::vector<std::string> fields = expected->fields;
    fields.insert(fields.begin(), handle);
    ScriptLine answer = line;
    set_fields(*expected, answer, request.name, fields);
    out.copy(answer);
  }
}

void write_send(std::string_view name, const Request& request, const Exchange& exchange,
                const std::string& handle, std::size_t place, Rewriting& out) {
  bool has_data = request.has(place);
  std::vector<std::string> parameters{handle, has_data ? "0" : "2", flags_of(request.parameter(place + 1))};
  parameters.insert(
      parameters.end(), request.parameters.begin(),
      request.parameters.begin() + static_cast<std::ptrdiff_t>(std::min(place, request.parameters.size())));
  if (has_data) {
    parameters.emplace_back(request.parameter(place));
  }
  out.send(write_request(name, parameters));
  for (const ScriptLine& line : exchange.rest) {
    auto expected = read_expected(line);
    if (!expected || expected->name != request.name) {
      out.pass(line);
      continue;
    }
    ScriptLine answer = line;
    set_fields(*expected, answer, name, {handle, "0", std::string(expected->field(0))});
    out.copy(answer);
  }
}

std::string write_open(std::string_view name, const std::vector<std::string>& parameters,
                       std::string_view wanted, std::string_view protocol, Rewriting& out) {
  std::string placeholder = out.new_name(wanted);
  out.send(write_request(name, parameters));
  out.expect_pattern(fmt::format("{}: (?<{}>[0-9]+),{},{}", name, placeholder, parameters[1], protocol));
  out.expect_ok();
  return fmt::format("{{{}}}", placeholder);
}

void write_close(const std::string& handle, Rewriting& out) {
  out.send(write_request("#XCLOSE", {handle}));
  out.expect(fmt::format("#XCLOSE: {},0", handle));
  out.expect_ok();
}

void open_or_close(const Request& request, const Exchange& exchange, Rewriting& out) {
  if (request.form != vocabulary::Form::set) {
    out.by_hand("the read form lists all sockets");
    copy_command(exchange, out);
    return;
  }
  if (request.begins_with("0")) {
    const ScriptSocket* socket = out.active();
    if (socket == nullptr) {
      out.by_hand("AT#XCLOSE=<handle> closes a socket, and the script does not open one");
      copy_command(exchange, out);
      return;
    }
    if (!socket->peer.empty()) {
      write_close(socket->peer, out);
    }
    write_close(socket->handle, out);
    out.close_active();
    pass_all(answer_lines(exchange).later, out);
    return;
  }
  std::vector<std::string> parameters = request.parameters;
  if (request.parameter(1) == "3") {
    parameters[0] = "3";
  }
  out.send(write_request(request.name, parameters));
  AnswerLines lines = answer_lines(exchange);
  if (lines.fails()) {
    out.pass_rest(exchange);
    return;
  }
  std::string placeholder;
  for (const ScriptLine& line : lines.information) {
    if (auto expected = read_expected(line); expected && expected->name == request.name) {
      placeholder = expected->field_name(0);
    }
  }
  bool is_named = !placeholder.empty();
  if (!is_named) {
    placeholder = out.new_name("SOCKET");
  }
  ScriptSocket& socket = out.open_socket(fmt::format("{{{}}}", placeholder));
  socket.is_server = request.parameter(2) == "1";
  socket.is_datagram = request.parameter(1) == "2";
  bool is_secure = request.name == "#XSSOCKET";
  socket.cid = request.has(is_secure ? 5 : 3) ? request.parameter(is_secure ? 5 : 3) : "0";
  bool is_expected = false;
  for (const ScriptLine& line : lines.information) {
    auto expected = read_expected(line);
    if (!expected || expected->name != request.name) {
      out.pass(line);
      continue;
    }
    is_expected = true;
    ScriptLine answer = line;
    if (!is_named) {
      set_pattern(answer, fmt::format("{}: (?<{}>[0-9]+),{},{}", request.name, placeholder,
                                      expected->field_pattern(1), expected->field_pattern(2)));
    }
    out.copy(answer);
  }
  if (!is_expected) {
    out.write(Directive::anywhere_pattern, fmt::format("{}: (?<{}>[0-9]+),.*", request.name, placeholder));
  }
  pass_all(lines.final_result, out);
  pass_all(lines.later, out);
}

void select(const Request& request, const Exchange& exchange, Rewriting& out) {
  const ScriptSocket* socket = out.socket(request.parameter(0));
  if (request.form != vocabulary::Form::set || socket == nullptr) {
    out.by_hand("no socket is selected any more: every command names its handle");
    copy_command(exchange, out);
    return;
  }
  out.selected = socket->number;
  pass_all(answer_lines(exchange).later, out);
}

void with_handle(const Request& request, const Exchange& exchange, Rewriting& out) {
  const ScriptSocket* socket = out.active();
  if (socket == nullptr) {
    active_handle(exchange, out);
    return;
  }
  write_with_handle(request, exchange, socket->handle, request.parameters, out);
}

void accept(const Request& request, const Exchange& exchange, Rewriting& out) {
  ScriptSocket* socket = out.active();
  AnswerLines lines = answer_lines(exchange);
  if (socket == nullptr || request.form != vocabulary::Form::set || lines.fails()) {
    out.by_hand("AT#XACCEPT=<handle> does not wait: AT#XAPOLL=<handle>,1,1 tells when somebody connects");
    copy_command(exchange, out);
    return;
  }
  out.send(write_request("#XAPOLL", {socket->handle, "1", "1"}));
  out.expect_ok();
  out.write(Directive::anywhere_pattern, fmt::format("#XAPOLL: {},1", socket->handle));
  out.send(write_request("#XACCEPT", {socket->handle}));
  std::string placeholder = out.new_name("PEER");
  std::string address = "\"[^\"]*\"";
  for (const ScriptLine& line : lines.information) {
    auto expected = read_expected(line);
    if (expected && expected->name == "#XACCEPT") {
      address = expected->field_pattern(1);
      placeholder = expected->field_name(0).empty() ? placeholder : expected->field_name(0);
    }
  }
  out.expect_pattern(fmt::format("#XACCEPT: (?<{}>[0-9]+),{},{},[0-9]+", placeholder, socket->cid, address));
  out.expect_ok();
  socket->peer = fmt::format("{{{}}}", placeholder);
  out.send(write_request("#XAPOLL", {socket->handle, "0"}));
  out.expect_ok();
  pass_all(lines.later, out);
}

void send(const Request& request, const Exchange& exchange, Rewriting& out) {
  if (auto handle = active_handle(exchange, out)) {
    write_send(request.name, request, exchange, *handle, request.name == "#XSENDTO" ? 2 : 0, out);
  }
}

void receive(const Request& request, const Exchange& exchange, Rewriting& out) {
  auto handle = active_handle(exchange, out);
  if (!handle) {
    return;
  }
  out.send(write_request(request.name,
                         {*handle, "0", flags_of(request.parameter(1)), flags_of(request.parameter(0))}));
  for (const ScriptLine& line : exchange.rest) {
    auto expected = read_expected(line);
    if (!expected || expected->name != request.name) {
      out.pass(line);
      continue;
    }
    std::vector<std::string> fields = expected->fields;
    fields.insert(fields.begin(), {*handle, "0"});
    ScriptLine answer = line;
    set_fields(*expected, answer, request.name, fields);
    out.copy(answer);
  }
}

void poll(const Request& request, const Exchange& exchange, Rewriting& out) {
  AnswerLines lines = answer_lines(exchange);
  if (request.form != vocabulary::Form::set || lines.fails()) {
    out.by_hand("AT#XAPOLL=<handle>,1,1 takes the place of AT#XPOLL, and does not wait");
    copy_command(exchange, out);
    return;
  }
  std::vector<std::string> handles;
  for (std::size_t i = 1; i < request.parameters.size(); ++i) {
    handles.push_back(handle_of(request.parameters[i], out));
  }
  if (handles.empty()) {
    handles.emplace_back();
  }
  for (const std::string& handle : handles) {
    out.send(write_request("#XAPOLL", {handle, "1", "1"}));
    out.expect_ok();
  }
  bool is_told = false;
  for (const ScriptLine& line : lines.information) {
    auto expected = read_expected(line);
    if (expected && expected->name == "#XPOLL") {
      is_told = true;
      out.write(Directive::anywhere_pattern, fmt::format("#XAPOLL: {},{}", handle_of(expected->field(0), out),
                                                         decimal_events(expected->field(1))));
    } else {
      out.pass(line);
    }
  }
  auto milliseconds = base::parse_number<unsigned>(request.parameter(0));
  if (!is_told && milliseconds.value_or(0) > 0) {
    out.write(Directive::silence, std::to_string(*milliseconds));
  }
  for (const std::string& handle : handles) {
    out.send(write_request("#XAPOLL", {handle, "0"}));
    out.expect_ok();
  }
  pass_all(lines.later, out);
}

void watch(const Request& request, const Exchange& exchange, Rewriting& out) {
  if (request.form != vocabulary::Form::set) {
    out.by_hand("the read form has a line for each socket, #XAPOLL: <handle>,<events>");
    copy_command(exchange, out);
    return;
  }
  bool starts = request.begins_with("1");
  std::size_t first = starts ? 2 : 1;
  std::vector<std::string> handles;
  for (std::size_t i = first; i < request.parameters.size(); ++i) {
    handles.push_back(handle_of(request.parameters[i], out));
  }
  if (handles.empty()) {
    handles.emplace_back();
  }
  for (std::size_t i = 0; i < handles.size(); ++i) {
    std::vector<std::string> parameters{handles[i], std::string(request.parameter(0))};
    if (starts) {
      parameters.emplace_back(request.parameter(1));
    }
    out.send(write_request("#XAPOLL", parameters));
    if (i + 1 < handles.size()) {
      out.expect_ok();
    }
  }
  out.pass_rest(exchange);
}

bool watch_line(const ExpectedLine& expected, ScriptLine& line, Rewriting& out) {
  std::vector<std::string> fields = expected.fields;
  fields[0] = handle_of(expected.field(0), out);
  set_fields(expected, line, "#XAPOLL", fields);
  return true;
}

}  // namespace attache::migration::serial_modem_2_0
