#pragma once

#include <optional>
#include <span>
#include <string_view>

#include "base/reason.hpp"

namespace attache::at {

/// What a dialect takes for a command at all.
struct GrammarPolicy {
  /// Characters that a name may have beside letters and digits.
  std::string_view more_in_names{};
  /// Basic commands that exist, in upper case: "E0".
  std::span<const std::string_view> basic_commands{};
};

/// The check of a line before anything else (reference slm-1.6/00-overview.md 2.2, serial-modem-2.0/host.md
/// 4): `AT` alone, a basic command, or `AT<+|%|#><name>` followed by nothing, `=`, `?`, `=?` or
/// `=<anything>`. Nothing if the line is right, else the reason with the column of the first byte that is
/// not.
std::optional<base::Reason> check_grammar(std::string_view line, const GrammarPolicy& policy = {});

}  // namespace attache::at
