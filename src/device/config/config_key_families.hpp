#pragma once

#include <span>

#include "device/config/config_keys.hpp"

namespace attache::device {

// The keys of each table, or of tables that belong together; config_keys() has them all.

std::span<const ConfigKey> device_keys();
std::span<const ConfigKey> dialect_keys();
std::span<const ConfigKey> sim_keys();
std::span<const ConfigKey> network_keys();
std::span<const ConfigKey> network_policy_keys();  ///< What `[network]` …
std::span<const ConfigKey> operator_keys();
std::span<const ConfigKey> operator_policy_keys();  ///< … and `[[operator]]` have in common.
std::span<const ConfigKey> cell_keys();
std::span<const ConfigKey> radio_keys();
std::span<const ConfigKey> link_keys();
std::span<const ConfigKey> sms_keys();
std::span<const ConfigKey> gnss_keys();
std::span<const ConfigKey> port_keys();   ///< `[uart]` and `[[port]]`.
std::span<const ConfigKey> route_keys();  ///< `[[route]]` and `[[listen]]`.
std::span<const ConfigKey> i2c_keys();
std::span<const ConfigKey> trace_keys();

/// What a dialect's name may be, for errors: "slm-1.6" or "slm-1.5", in quotes.
std::string_view dialect_choice();

}  // namespace attache::device
