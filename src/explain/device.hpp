#pragma once

#include <optional>
#include <string_view>

#include "vocabulary/vocabulary.hpp"

namespace attache::explain {

/// For which device something is to be explained; what is not named holds for any.
struct Device {
  const vocabulary::Vocabulary* dialect = nullptr;
  int firmware = 0;  ///< vocabulary::version() of the modem firmware; 0 = any.
};

/// The version of a modem firmware as it is written: "1.3.1", "nrf9160_1.3.1", "mfw_nrf91x1_2.0.2", with or
/// without what follows a hyphen; nothing if it is none.
std::optional<int> read_firmware(std::string_view text);

/// Whether the device has the command of an AT line; true for what is no AT line.
bool has_command(const Device& device, std::string_view line);

}  // namespace attache::explain
