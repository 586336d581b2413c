#include "at/grammar.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <string>
#include <utility>

#include "at/characters.hpp"
#include "at/redaction.hpp"
#include "base/text.hpp"

namespace attache::at {

namespace {

base::Reason fault(std::string_view line, std::size_t column, std::string why, std::string advice = {}) {
  base::Reason reason =
      base::make_reason(base::Cause::bad_parameter, "grammar error", std::move(why), std::move(advice));
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

bool is_basic_command(std::string_view name, const GrammarPolicy& policy) {
  return std::any_of(policy.basic_commands.begin(), policy.basic_commands.end(),
                     [&](std::string_view known) { return base::equal_ignoring_case(known, name); });
}

base::Reason no_such_basic_command(std::string_view line, const GrammarPolicy& policy) {
  return fault(line, 3, "AT is followed by +, % or #",
               policy.basic_commands.empty()
                   ? std::string("basic commands such as ATI, ATE0 or AT&F do not exist in this dialect")
                   : fmt::format("the basic commands of this dialect are AT{}",
                                 fmt::join(policy.basic_commands, ", AT")));
}

// Where the name that begins behind the prefix ends.
std::size_t name_end_of(std::string_view line, const GrammarPolicy& policy) {
  auto is_part = [&](char c) {
    return is_alphanumeric(c) || policy.more_in_names.find(c) != std::string_view::npos;
  };
  auto end = std::find_if_not(line.begin() + 3, line.end(), is_part);
  return static_cast<std::size_t>(end - line.begin());
}

}  // namespace

std::optional<base::Reason> check_grammar(std::string_view line, const GrammarPolicy& policy) {
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
    return is_basic_command(line.substr(2), policy) ? std::nullopt
                                                    : std::optional(no_such_basic_command(line, policy));
  }
  std::size_t name_end = name_end_of(line, policy);
  if (name_end == 3) {
    return fault(line, name_end + 1, "a name of letters and digits is missing");
  }
  if (name_end == line.size() || line[name_end] == '=') {
    return std::nullopt;
  }
  if (line[name_end] != '?') {
    return fault(line, name_end + 1, "a name is followed by =, ? or =?");
  }
  if (name_end + 1 < line.size()) {
    return fault(line, name_end + 2, "nothing may follow the ?");
  }
  return std::nullopt;
}

}  // namespace attache::at
