#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "client/pattern.hpp"
#include "client/script.hpp"

namespace attache::client {

/// What a line is held against: an exact text or a regular expression.
class Expectation {
 public:
  explicit Expectation(std::string text) : text_(std::move(text)) {}
  explicit Expectation(Pattern pattern) : pattern_(std::move(pattern)) {}

  /// Named groups are put into `values` if the line matches.
  bool matches(std::string_view line, Values& values) const {
    return pattern_ ? pattern_->matches(line, values) : line == text_;
  }
  /// A pattern that matches a part of the line only.
  [[nodiscard]] bool matches_part(std::string_view line) const {
    return pattern_ && pattern_->matches_part(line);
  }

 private:
  std::string text_;
  std::optional<Pattern> pattern_;
};

/// What a step of a script that takes a line expects, with its placeholders filled in.
Expectation expectation_of(const Step& step, const Values& values);
/// The same for a reader: the text, or /the expression/.
std::string expected_text(const Step& step, const Values& values);

}  // namespace attache::client
