#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/cause.hpp"

namespace attache::base {

/// Why something failed, in full. What a host sees is the device's terse text; this travels beside it to
/// the log, the trace and the doctor (docs/building/architecture.md, "The life of a reason").
///
/// Never put a secret (key, PSK, PIN, password, token) into one: its text is printed.
struct Reason {
  Cause cause = Cause::none;  ///< What lies behind it, where that is known.

  std::string what;    ///< What failed, one line: "HTTPS connection to google.com:443 failed".
  std::string where;   ///< The place: a command, a file:line:column, an address, a sec_tag. May be empty.
  std::string why;     ///< The cause, one sentence or two.
  std::string advice;  ///< What the user can do about it. May be empty.

  /// Further findings in the order they were made: {"DNS", "google.com A 142.250.1.1"}, {"TLS alert", …}.
  std::vector<std::pair<std::string, std::string>> facts;

  std::string excerpt;                ///< The offending text, escaped when printed. May be empty.
  std::optional<std::size_t> column;  ///< Byte column of the fault in `excerpt`, counted from 1.
};

/// A reason that consists of what and why alone.
Reason make_reason(std::string what, std::string why, std::string advice = {});
/// The same with what is known to lie behind it.
/// (The advice has no default: `make_reason({}, why, advice)` would mean this one.)
Reason make_reason(Cause cause, std::string what, std::string why, std::string advice);

/// One line: "what: why".
std::string summary(const Reason& reason);

/// The readable block printed under a log line: what, where, the excerpt with a caret, why, facts, advice.
/// Several lines, each ended by LF and indented by two blanks; control characters are escaped.
std::string to_block(const Reason& reason);

}  // namespace attache::base
