#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "client/script.hpp"

namespace attache::migration {

/// A line of a script that can be rewritten.
struct ScriptLine {
  /// Nothing: a comment, a header or an empty line, whose text is the whole line.
  std::optional<client::Directive> directive;
  std::string text;        ///< What stands behind the symbol and its blank.
  std::size_t origin = 0;  ///< The line of the script that it comes from, from 1.
  bool continues = false;  ///< client::Step::continues.

  [[nodiscard]] bool is(client::Directive one) const { return directive == one; }
  /// The next line, or one that comes sometime, equals the text or matches it.
  [[nodiscard]] bool expects_line() const;
  /// The text is a regular expression.
  [[nodiscard]] bool is_pattern() const;
  /// Exactly this final result is expected.
  [[nodiscard]] bool expects(std::string_view final_result) const;
};

/// An expectation of an information line or a URC: "#XRECV: 1,8".
struct ExpectedLine {
  std::string name;       ///< "#XRECV", without the escapes of a regular expression.
  std::string separator;  ///< ": " or ":".
  std::vector<std::string> fields;
  bool is_pattern = false;

  /// The field of that place, counted from 0; empty if it is not there. A pattern that ends with ".*" has all
  /// that may follow: ".*".
  [[nodiscard]] std::string_view field(std::size_t place) const;
  /// The field as a regular expression.
  [[nodiscard]] std::string field_pattern(std::size_t place) const;
  /// The name that a regular expression gives to the field: "S" of "(?<S>[0-9]+)"; empty = none.
  [[nodiscard]] std::string field_name(std::size_t place) const;
};

/// Cuts what a line expects; nothing if it expects no line with a name that begins with # + or %.
std::optional<ExpectedLine> read_expected(const ScriptLine& line);

/// The text as a regular expression that matches it; {PLACEHOLDERS} stay.
std::string as_pattern(std::string_view text);

/// Exchanges: a command and what is expected of it. The first has what stands before any command.
struct Exchange {
  std::vector<ScriptLine> command;  ///< The lines of the command, more than one if its text has line ends.
  std::vector<ScriptLine> rest;     ///< All that follows up to the next command.

  /// The command's text, CR LF between its lines.
  [[nodiscard]] std::string text() const;
  /// The line of the script where the command begins, from 1; 0 for what stands before any command.
  [[nodiscard]] std::size_t origin() const { return command.empty() ? 0 : command.front().origin; }
};

/// Reads a script; the reason of an error is that of client::parse_script(). Times of transcripts are left
/// out.
base::Result<std::vector<ScriptLine>> read_lines(std::string_view text, std::string_view name);
/// Puts the lines into exchanges.
std::vector<Exchange> exchanges_of(std::vector<ScriptLine> lines);
/// The script's text.
std::string write_lines(const std::vector<ScriptLine>& lines);

}  // namespace attache::migration
