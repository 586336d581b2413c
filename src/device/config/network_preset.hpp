#pragma once

#include <string>
#include <string_view>

#include "base/result.hpp"
#include "cellular/network/network_presets.hpp"
#include "device/config/config.hpp"

namespace attache::device {

/// A network known by name. The reason of a failure names the nearest one, and how all of them are listed.
base::Result<const cellular::NetworkPreset*> find_preset(std::string_view name);

/// Sets it, below all that is set afterwards. A `[network] preset` in a file that is read later has no effect
/// then: this one has taken its place.
base::Result<void> apply_preset(std::string_view name, DeviceConfig& config);

}  // namespace attache::device
