#pragma once

#include "at/parameters.hpp"

namespace attache::at {

/// Two ways to cut parameters, as different as they come: that of SLM 1.x and that of the modem firmware.
inline ParameterPolicy slm_policy() {
  ParameterPolicy policy;
  policy.separators = ",:=";
  policy.blanks_skipped = 1;
  policy.blank_makes_empty = true;
  policy.separator_may_miss = true;
  policy.trailing_separator_ignored = true;
  policy.open_string_runs_on = true;
  policy.most = 7;
  return policy;
}

inline ParameterPolicy modem_policy() {
  ParameterPolicy policy;
  policy.words = true;
  return policy;
}

}  // namespace attache::at
