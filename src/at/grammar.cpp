#include "at/grammar.hpp"

#include <string>
#include <utility>

#include "at/command_line.hpp"
#include "at/redaction.hpp"
#include "base/text.hpp"

namespace attache::at {

namespace {

base::Reason fault(std::string_view line, std::size_t column, std::string why, std::string advice = {}) {
  base::Reason reason = base::make_reason("grammar error", std::move(why), std::move(advice));
  reason.excerpt = redact_host_line(line);
  reason.column = column;
  return reason;
}

// What the line really begins with, where a common slip is known.
std::string advice_for(std::string_view line) {
  std::size_t at = base::to_lower(line).find("at");
  if (at != std::string::npos && at > 0) {
    return "remove what precedes AT: a rest of an earlier line, a blank, or line noise";
  }
  return {};
}

}  // namespace

std::optional<base::Reason> check_grammar(std::string_view line) {
  if (line.empty()) {
    return fault(line, 1, "the line is empty: a command begins with AT");
  }
  if (!base::equal_ignoring_case(line.substr(0, 2), "AT")) {
    return fault(line, 1, "a command begins with AT", advice_for(line));
  }
  if (line.size() == 2) {
    return std::nullopt;
  }
  if (std::string_view("+%#").find(line[2]) == std::string_view::npos) {
    return fault(line, 3, "AT is followed by +, % or #",
                 "basic commands such as ATI, ATE0 or AT&F do not exist in this dialect");
  }
  CommandLine command = cut_command(line);
  std::size_t name_end = 2 + command.name.size();
  if (command.name.size() < 2) {
    return fault(line, name_end + 1, "a name of letters and digits is missing");
  }
  if (command.type == CommandType::unknown) {
    bool read_with_rest = line[name_end] == '?';
    return fault(line, name_end + (read_with_rest ? 2 : 1),
                 read_with_rest ? "nothing may follow the ?" : "a name is followed by =, ? or =?");
  }
  return std::nullopt;
}

}  // namespace attache::at
