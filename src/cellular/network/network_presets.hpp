#pragma once

#include <span>
#include <string_view>

#include "cellular/simulation_options.hpp"

namespace attache::cellular {

/// A network, SIM and radio known by name: `--network NAME`, listed by `attache networks`.
struct NetworkPreset {
  std::string_view name;
  std::string_view summary;  ///< What a device sees there, one line without a full stop.
  /// Sets what the preset is about and leaves everything else (addresses, IMEI, timing …) as it is.
  void (*apply)(SimulationOptions& options);
};

/// All of them, the usual one first.
std::span<const NetworkPreset> network_presets();

/// The preset of that name, or nullptr.
const NetworkPreset* find_network_preset(std::string_view name);

}  // namespace attache::cellular
