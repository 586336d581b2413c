#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "cassette/exchanges.hpp"

namespace attache::cassette {

/// A place where a modem said something else than was recorded.
struct Difference {
  enum class Kind {
    answer,        ///< The answer of a command, its final result included.
    notification,  ///< A notification or data: another one, one that did not come, one that came in addition.
  };
  Kind kind = Kind::answer;
  std::size_t line = 0;                 ///< Of the cassette; 0 = before the host spoke.
  std::string said{};                   ///< What the host said there, as it stands in the cassette.
  std::vector<std::string> recorded{};  ///< Empty: it came in addition.
  std::vector<std::string> now{};       ///< Empty: it did not come.
};

/// What came of it.
struct Comparison {
  std::vector<Difference> differences;
  std::size_t exchanges = 0;  ///< How often the host spoke.
  std::size_t varying = 0;    ///< Lines that differ in nothing but values that may.
};

/// What counts as a difference.
struct ComparisonOptions {
  std::string dialect = "slm-1.6";
  bool exact = false;  ///< Values that may differ count too.
};

/// Holds what a modem said against what was recorded: the answer of each command line by line; notifications
/// and data of each name in their order, whichever command they came behind. `heard` has the lines for each
/// exchange, and may be shorter.
Comparison compare(const std::vector<Exchange>& exchanges, const std::vector<std::vector<std::string>>& heard,
                   const ComparisonOptions& options);

/// For people: three lines or more for each difference, and one at the end. Secrets are masked.
std::string render_text(const Comparison& comparison, std::string_view cassette, std::string_view modem);
/// One JSON object (docs/record.md, "For programs").
std::string render_json(const Comparison& comparison, std::string_view cassette, std::string_view modem);

}  // namespace attache::cassette
