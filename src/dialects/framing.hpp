#pragma once

#include <fmt/format.h>

#include <string>
#include <string_view>

namespace attache::dialects {

/// What stands around a line that the application says: an information line of an answer, a URC. A dialect
/// has one.
struct Framing {
  std::string_view before = "\r\n";
  std::string_view after = "\r\n";

  /// The text with its line ends.
  [[nodiscard]] std::string line(std::string_view text) const {
    return fmt::format("{}{}{}", before, text, after);
  }
};

}  // namespace attache::dialects
