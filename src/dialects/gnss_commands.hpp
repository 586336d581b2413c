#pragma once

#include <string_view>

#include "dialects/command.hpp"

namespace attache::dialects {

/// The two commands of GNSS of SLM 2.x, 3.x and Serial Modem, whose names and test forms differ; GnssRules
/// says the rest. `name` is "#XGNSS", `erasing` "#XGNSSDEL".
void add_gnss_commands(Commands& commands, std::string_view name, Handler test, std::string_view erasing,
                       Handler test_of_erasing);

}  // namespace attache::dialects
