#pragma once

#include <string>

#include "cellular/simulation_options.hpp"

namespace attache::device {

/// SIM, network, operators, cells and radio as text for a configuration file: `[sim]`, `[network]`,
/// `[[operator]]`, `[[cell]]`, `[radio]`. What is as it is without configuration is left out, but where a
/// cell is and how loud. A file with this text alone gives the same options again. Secrets are shown: it is
/// meant for the presets.
std::string network_as_toml(const cellular::SimulationOptions& options);

}  // namespace attache::device
