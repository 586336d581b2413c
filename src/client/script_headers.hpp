#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#include "client/script.hpp"

namespace attache::client {

/// What is wrong with a header.
struct HeaderFault {
  bool in_key = false;  ///< In the key, else in the value.
  std::string why;      ///< With the values allowed or the nearest known key.
};

/// Holds a header against the keys and values of reference/README.md ("Headers"). Nothing if it is right.
std::optional<HeaderFault> find_fault(const Header& header);

/// "10", "0.5": seconds, more than 0 and at most a day.
std::optional<std::chrono::milliseconds> parse_seconds(std::string_view text);

}  // namespace attache::client
