#pragma once

#include <optional>
#include <string_view>

#include "vocabulary/description.hpp"

namespace attache::vocabulary {

/// The version() of a modem firmware as it is written: "1.3.1", "nrf9160_1.3.1", "mfw_nrf91x1_2.0.2", with or
/// without what follows a hyphen; nothing if it is none.
std::optional<int> read_firmware(std::string_view text);

}  // namespace attache::vocabulary
