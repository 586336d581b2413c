#pragma once

#include "dialects/command.hpp"

namespace attache::dialects {

/// #XCARRIER and #XCARRIERCFG, as slm-2.9 to serial-modem-2.0 have them.
void add_carrier_commands(Commands& commands);

/// What the set form of #XCARRIERCFG does.
void configure_carrier(Application& application, Answer answer);

/// Holds what stands behind `<cmd>` against the rules; nothing more may follow. False if that has answered
/// the command: ERROR.
[[nodiscard]] bool carrier_parameters_fit(Answer& answer, std::vector<at::ParameterRule> rules);

}  // namespace attache::dialects
