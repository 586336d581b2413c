#pragma once

#include "base/result.hpp"
#include "cellular/simulation_options.hpp"

namespace attache::device {

/// Holds the simulated network against itself: `[network]`, `[[operator]]`, `[[cell]]` and `[radio]`. The
/// reason of a failure names the table and what would do.
base::Result<void> check_network(const cellular::SimulationOptions& options);

}  // namespace attache::device
