#pragma once

#include <span>
#include <string_view>

#include "cellular/firmware_profile.hpp"

namespace attache::cellular {

/// In which states of the modem a form gives its answer; elsewhere it fails.
enum class Where {
  any,
  lte_on,
  lte_off,     ///< Else +CME ERROR: 518.
  lte_idle,    ///< LTE is off, else +CME ERROR: 3.
  uicc,        ///< The SIM answers, PIN given or not.
  ready,       ///< The SIM can be used.
  registered,  ///< Attached to a network.
  attachable,  ///< LTE is on and the SIM can be used.
  nowhere,     ///< There is no such form, or its parameters have the wrong syntax: +CME ERROR: 50.
};

/// One line of a command's family in the table of reference nrf91-modem/README.md, with what it gives.
struct CommandCase {
  std::string_view name;
  std::string_view line;
  Where where;
  /// Regular expression of the information lines joined by LF; empty = only OK. "!50" = fails with this
  /// +CME ERROR (one of them: "!3|16"), "!CMS 514" with +CMS ERROR.
  std::string_view answer;
  int since = 0;  ///< Firmware that knows the command.
  int before = 1000000;
};

/// What every command of the table is asked; the first case of a name decides which firmware knows it.
std::span<const CommandCase> command_cases();

}  // namespace attache::cellular
