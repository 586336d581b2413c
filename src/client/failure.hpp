#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "base/reason.hpp"

namespace attache::client {

/// What went wrong, where and what was there instead.
struct Failure {
  std::string place;     ///< "file:line:column".
  std::string source;    ///< The line of the script.
  std::string expected;  ///< With placeholders filled in.
  std::string got;       ///< The line or bytes that came instead; empty if nothing came.
  std::string why;       ///< One sentence.
  /// What had come in this exchange and was not asked for, in order.
  std::vector<std::string> aside;
  std::size_t aside_dropped = 0;  ///< Older lines that no longer fitted into the aside.
  std::string advice = {};        ///< What to do about it; may be empty.
  bool timed_out = false;         ///< What was expected did not come in time; the line is open still.
};

/// The failure as a readable reason: place, expected, got, aside; secrets are masked.
base::Reason to_reason(const Failure& failure);

}  // namespace attache::client
