#pragma once

#include <string_view>

#include "vocabulary/vocabulary.hpp"

namespace attache::explain {

/// For which device something is to be explained; what is not named holds for any.
struct Device {
  const vocabulary::Vocabulary* dialect = nullptr;
  int firmware = 0;  ///< vocabulary::version() of the modem firmware; 0 = any.
};

/// Whether the device has the command of an AT line; true for what is no AT line.
bool has_command(const Device& device, std::string_view line);

}  // namespace attache::explain
