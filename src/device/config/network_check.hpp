#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

#include "base/result.hpp"
#include "cellular/simulation_options.hpp"

namespace attache::device {

/// What a simulated network contradicts itself in.
struct NetworkFault {
  std::string_view table;   ///< "cell"
  std::size_t element = 0;  ///< Of a repeated table, which one, from 0 on.
  base::Reason reason;      ///< Says what would do.
};

/// Holds `[network]`, `[[operator]]`, `[[cell]]` and `[radio]` against each other and the modem's bands:
/// the first fault, or nothing.
std::optional<NetworkFault> find_network_fault(const cellular::SimulationOptions& options);

}  // namespace attache::device
