#pragma once

#include <string_view>

namespace attache::doctor {

/// Modules of programs that log AT traffic with arrows: what stands behind them is the traffic itself.
bool logs_traffic(std::string_view module);

/// Modules of the device itself: what it receives comes from the host.
bool is_of_device(std::string_view module);

}  // namespace attache::doctor
