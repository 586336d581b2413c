#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/result.hpp"

namespace attache::at {

/// How the text after the command's name is cut into parameters. Each dialect has its rules, the modem
/// firmware its own (reference slm-1.6/00-overview.md 2.4, nrf91-modem/functional-mode.md 1).
struct ParameterPolicy {
  std::string_view separators = ",";
  /// White space before a parameter: how many characters are skipped; more is a syntax error.
  std::size_t blanks_skipped = SIZE_MAX;
  /// A blank before a separator inserts an empty parameter.
  bool blank_makes_empty = false;
  /// "a"443 gives two parameters instead of a syntax error.
  bool separator_may_miss = false;
  /// A separator at the very end adds no parameter.
  bool trailing_separator_ignored = false;
  /// A string that is not closed runs to the end of the line instead of being a syntax error.
  bool open_string_runs_on = false;
  /// Text that is neither number nor string nor array is kept as a word (Kind::word), else a syntax error.
  bool words = false;
  /// Numbers have no leading zero, and may have a plus (reference slm-3.1/host.md 6).
  bool plain_numbers = false;
  /// The last parameter may be a string without quotes: a letter, then letters, digits, blanks and `_-.+`.
  /// What begins with a digit is a number or malformed (likewise; serial-modem-2.0/host.md 5).
  bool last_may_be_bare = false;
  /// Parameters allowed; one more is an error.
  std::size_t most = SIZE_MAX;
};

/// One parameter as written.
struct Parameter {
  enum class Kind { empty, number, string, array, word };

  Kind kind = Kind::empty;
  std::int64_t number = 0;  ///< Kind::number; saturated at the limits of 64 bits.
  std::string_view text;    ///< Kind::string: between the quotes. Others: as written.
  std::size_t column = 0;   ///< Byte column in the whole line, counted from 1.
};

/// The parameters of one command. Their texts point into the line, which must outlive them.
class Parameters {
 public:
  /// Cuts `line` from byte `start` on. The reason of a syntax error has the line as excerpt, redacted,
  /// and the column.
  static base::Result<Parameters> parse(std::string_view line, std::size_t start,
                                        const ParameterPolicy& policy);

  [[nodiscard]] std::size_t size() const { return values_.size(); }
  [[nodiscard]] const Parameter& operator[](std::size_t index) const { return values_[index]; }
  /// True if the parameter is there and not empty.
  [[nodiscard]] bool has(std::size_t index) const;

  /// The value of a parameter that check() found right; the fallback if it is missing or empty.
  [[nodiscard]] std::int64_t number(std::size_t index, std::int64_t fallback = 0) const;
  /// The same of its text: of a string what stands between the quotes, else as written.
  [[nodiscard]] std::string_view text(std::size_t index, std::string_view fallback = {}) const;

 private:
  std::vector<Parameter> values_;
};

/// What a command expects at one place.
struct ParameterRule {
  enum class Kind { number, string, any };

  std::string_view name;  ///< As printed in reasons: "sec_tag".
  Kind kind = Kind::number;
  bool optional = false;   ///< May be missing or empty.
  std::int64_t least = 0;  ///< Numbers: range; strings: length.
  std::int64_t most = INT64_MAX;
};

/// One that must be there, `least` to `most` inclusive. `name` must outlive the rule, here and below.
ParameterRule number(std::string_view name, std::int64_t least, std::int64_t most);
/// One in quotes that must be there, of 0 to `longest` bytes.
ParameterRule string(std::string_view name, std::int64_t longest);
/// The same, and it may be missing or empty.
ParameterRule optional(ParameterRule rule);

/// Holds the parameters against the rules in order. Extra parameters are allowed unless `exact`.
/// Nothing if all is well, else the reason: name, what was expected, what was found, column. A value that
/// redact() masks is not named.
std::optional<base::Reason> check(std::string_view line, const Parameters& parameters,
                                  std::span<const ParameterRule> rules, bool exact = false);

}  // namespace attache::at
