#pragma once

#include <optional>
#include <string_view>

#include "base/reason.hpp"

namespace attache::at {

/// SLM 1.6's check of a line before anything else (reference slm-1.6/00-overview.md 2.2): `AT` alone or
/// `AT<+|%|#><letters and digits>` followed by nothing, `=`, `?`, `=?` or `=<anything>`.
/// Nothing if the line is right, else the reason with the column of the first byte that is not.
std::optional<base::Reason> check_grammar(std::string_view line);

}  // namespace attache::at
