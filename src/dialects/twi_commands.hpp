#pragma once

#include "dialects/command.hpp"

namespace attache::dialects {

/// Adds #XTWILS, #XTWIW, #XTWIR and #XTWIWR to a table, which all dialects have with the same texts
/// (reference slm-1.6/twi.md, slm-3.1/twi.md). They belong to the service "twi".
void add_twi_commands(Commands& commands);

}  // namespace attache::dialects
