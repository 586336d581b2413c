#include "client/urc.hpp"

#include <algorithm>

#include "at/command_line.hpp"
#include "base/text.hpp"
#include "vocabulary/vocabulary.hpp"

namespace attache::client {

namespace {

bool begins_with_digit(std::string_view text) {
  return !text.empty() && text.front() >= '0' && text.front() <= '9';
}

// What the read form answers, where the URC of the name looks otherwise.
bool may_answer_read(std::string_view name, std::string_view values) {
  auto fields = base::split(values, ',');
  std::string_view second = fields.size() > 1 ? fields[1] : std::string_view();
  if (name == "+CEREG") {
    return begins_with_digit(second);  // <n>,<stat>; the URC: <stat>[,"<tac>"].
  }
  if (name == "+CSCON") {
    return !second.empty() && second != "7";  // <n>,<mode>; the URC: <mode>[,<state>], state is 7.
  }
  if (name == "%XTEMP") {
    return fields.size() == 1;  // <t>; the URC: <lvl>,<t>.
  }
  if (name == "%XSNRSQ") {
    return fields.size() < 4;  // <snr>,<srxlev>,<ce>; the URC has the index between them.
  }
  return name != "+CIND" || begins_with_digit(values);  // <s>,<r>,<m>; the URC: "<name>",<value>.
}

// URCs of the proxies that no form of their commands answers.
bool is_proxy_event(std::string_view values) {
  return values.ends_with(",\"disconnected\"") || values.ends_with(",\"stopped\"") ||
         values.ends_with(",\"datamode\"");
}

}  // namespace

std::string_view line_name(std::string_view line) {
  std::size_t colon = line.find(':');
  return colon == std::string_view::npos ? std::string_view{} : line.substr(0, colon);
}

std::string_view command_name(std::string_view sent) {
  std::string_view line = sent.substr(0, sent.find_first_of("\r\n"));
  if (line.size() < 2 || !base::equal_ignoring_case(line.substr(0, 2), "AT")) {
    return {};
  }
  return at::cut_command(line).name;
}

bool may_answer(std::string_view command, std::string_view line) {
  std::string_view name = line_name(line);
  if (name.empty() || !base::equal_ignoring_case(name, command_name(command))) {
    return false;
  }
  std::string_view values = line.substr(name.size() + 1);
  values.remove_prefix(std::min(values.find_first_not_of(' '), values.size()));
  at::CommandType form = at::cut_command(command).type;
  if (name.front() == '#') {
    return !is_proxy_event(values);
  }
  bool is_urc_name = vocabulary::modem().urc(name) != nullptr;
  switch (form) {
    case at::CommandType::test:
      return !is_urc_name || values.starts_with('(');
    case at::CommandType::read:
      return !is_urc_name || may_answer_read(name, values);
    case at::CommandType::set:
    case at::CommandType::unknown:
      break;
  }
  return !is_urc_name;
}

std::optional<std::size_t> urc_payload_lines(std::string_view dialect, std::string_view line) {
  std::string_view name = line_name(line);
  if (name.empty()) {
    return std::nullopt;
  }
  const vocabulary::Urc* urc = vocabulary::modem().urc(name);
  if (const vocabulary::Vocabulary* words = vocabulary::find(dialect); words != nullptr && urc == nullptr) {
    urc = words->urc(name);
  }
  return urc != nullptr ? std::optional(urc->payload_lines) : std::nullopt;
}

}  // namespace attache::client
