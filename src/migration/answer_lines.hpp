#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "migration/rewriting.hpp"

namespace attache::migration {

/// What an exchange expects, cut at the command's final result.
struct AnswerLines {
  std::vector<ScriptLine> information;   ///< What comes before the final result.
  std::vector<ScriptLine> final_result;  ///< At most one line.
  std::vector<ScriptLine> later;         ///< What comes behind it, and what the host sends there.

  /// The script expects ERROR alone: the device refuses the command.
  [[nodiscard]] bool fails() const { return !final_result.empty() && final_result[0].expects("ERROR"); }
};

/// Where the script expects no final result, what it sends raw and its steering begin `later`.
AnswerLines answer_lines(const Exchange& exchange);

/// Passes all lines on, each by its own rules.
void pass_all(const std::vector<ScriptLine>& lines, Rewriting& out);

/// Makes a pattern of the line, which matches `pattern`.
void set_pattern(ScriptLine& line, std::string pattern);
/// The line as it was with other fields, literally if it was literal.
void set_fields(const ExpectedLine& expected, ScriptLine& line, std::string_view name,
                const std::vector<std::string>& fields);

/// The line has that name and, if it is not negative, so many fields.
bool is_line(const ScriptLine& line, std::string_view name, int fields = -1);

/// For rules of lines that a person has to change.
bool leave_line(const ExpectedLine& expected, ScriptLine& line, Rewriting& out);

}  // namespace attache::migration
