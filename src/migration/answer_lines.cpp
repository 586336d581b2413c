#include "migration/answer_lines.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <utility>

namespace attache::migration {

using client::Directive;

AnswerLines answer_lines(const Exchange& exchange) {
  AnswerLines lines;
  for (const ScriptLine& line : exchange.rest) {
    bool is_final = line.expects("OK") || line.expects("ERROR") ||
                    (line.expects_line() && line.text.find("ERROR") != std::string::npos);
    if (!lines.final_result.empty() || (!lines.later.empty())) {
      lines.later.push_back(line);
    } else if (is_final) {
      lines.final_result.push_back(line);
    } else if (line.is(Directive::send_raw) || line.is(Directive::steer)) {
      lines.later.push_back(line);  // Nobody waits for a final result here.
    } else {
      lines.information.push_back(line);
    }
  }
  return lines;
}

void pass_all(const std::vector<ScriptLine>& lines, Rewriting& out) {
  for (const ScriptLine& line : lines) {
    out.pass(line);
  }
}

void set_pattern(ScriptLine& line, std::string pattern) {
  line.directive = line.is(Directive::anywhere) ? Directive::anywhere_pattern
                   : line.is(Directive::line)   ? Directive::pattern
                                                : line.directive;
  line.text = std::move(pattern);
}

void set_fields(const ExpectedLine& expected, ScriptLine& line, std::string_view name,
                const std::vector<std::string>& fields) {
  line.text = fmt::format("{}{}{}", name, expected.separator, fmt::join(fields, ","));
}

bool is_line(const ScriptLine& line, std::string_view name, int fields) {
  auto expected = read_expected(line);
  return expected && expected->name == name &&
         (fields < 0 || expected->fields.size() == static_cast<std::size_t>(fields));
}

bool leave_line(const ExpectedLine&, ScriptLine&, Rewriting&) {
  return false;
}

}  // namespace attache::migration
