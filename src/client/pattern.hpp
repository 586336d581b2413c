#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "client/placeholder_text.hpp"

namespace attache::client {

/// A regular expression of a script: ECMAScript with named groups, written `(?<NAME>…)` or `(?P<NAME>…)`.
/// Matching never recurses on the stack, so a line of any length is safe; an expression that would take
/// too long counts as not matching.
class Pattern {
 public:
  /// The reason of an error has the expression as excerpt and the column of the fault in it.
  static base::Result<Pattern> compile(std::string_view expression);

  /// The text with every special character escaped.
  static std::string quote(std::string_view text);

  /// True if the whole line matches; what named groups took is put into `values` then.
  bool matches(std::string_view line, Values& values) const;
  [[nodiscard]] bool matches(std::string_view line) const;
  /// True if a part of the line matches: what who forgot the rest of it had in mind.
  [[nodiscard]] bool matches_part(std::string_view line) const;

  /// The names of the groups in the order they are written.
  [[nodiscard]] const std::vector<std::string>& names() const { return names_; }

 private:
  struct Compiled;
  std::shared_ptr<const Compiled> compiled_;
  std::vector<std::string> names_;
};

}  // namespace attache::client
