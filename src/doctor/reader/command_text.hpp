#pragma once

#include <optional>
#include <string_view>

namespace attache::doctor {

/// A line that ends a command: OK, ERROR, +CME ERROR: 11.
bool is_final(std::string_view text);

/// Without a comment that people write behind a command: "AT+CFUN=1   // on", "… <-- fails here".
std::string_view without_comment(std::string_view text);

/// A command and what it was answered, in one line.
struct Glued {
  std::string_view command;
  std::string_view answer;
};

/// "at+cnec=24OK", "AT+CFUN? -> +CFUN: 1", "ATOK"; nothing if it is a command alone.
std::optional<Glued> cut_glued(std::string_view text);

}  // namespace attache::doctor
