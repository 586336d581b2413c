#pragma once

#include <climits>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "at/command_line.hpp"
#include "at/command_table.hpp"
#include "at/parameters.hpp"
#include "cellular/firmware_profile.hpp"
#include "modem/modem.hpp"
#include "modem/pdn.hpp"

namespace attache::cellular {

class Nrf91;

/// +CME ERROR values (reference nrf91-modem/errors.md).
enum class CmeError {
  none = -1,  ///< The command answers ERROR even with +CMEE=1.
  phone_failure = 0,
  not_allowed = 3,
  not_supported = 4,
  pin_required = 11,
  puk_required = 12,
  sim_failure = 13,
  sim_busy = 14,
  wrong_password = 16,
  memory_failure = 23,
  incorrect_parameters = 50,
  unspecified_pdp_error = 148,
  not_found = 513,
  no_access = 514,
  memory_full = 515,
  radio_active = 516,
  active_state = 518,
  already_exists = 519,
  authentication_failed = 520,
  search_interrupted = 521,
  invalid_band_configuration = 522,
  invalid_content = 527,
  power_off_warning = 528,
};

/// What a command gives: information lines and OK, a failure, or the promise to answer later.
struct Answer {
  struct Failure {
    int code = -1;     ///< Number with +CMEE=1; negative = plain ERROR.
    bool sms = false;  ///< +CMS ERROR instead of +CME ERROR.
    base::Reason reason;
  };

  std::string text;
  std::optional<Failure> failure;
  bool later = false;  ///< Nrf91::finish_after() gives the answer.
};

Answer ok();
/// One information line; CR LF is added.
Answer line(std::string text);
/// A failure with its reason; what lies behind it is what mostly does with this number. The engine adds which
/// command failed.
Answer failure(CmeError code, std::string why, std::string advice = {});
/// The same with what is known to lie behind it.
Answer failure(base::Cause cause, CmeError code, std::string why, std::string advice = {});
/// The same for what is in the way of it.
Answer failure(CmeError code, modem::Obstacle obstacle);
/// The same for a fault that was found further down; what that says goes behind `what`, if there is one.
Answer failure(CmeError code, const base::Reason& fault, std::string_view what = {});
/// +CMS ERROR: `code` (3GPP TS 27.005, 3.2.5) with +CMEE=1, else ERROR.
Answer sms_failure(base::Cause cause, int code, std::string why, std::string advice = {});

/// One command as given.
struct Request {
  std::string_view line;  ///< "AT…", one command of a concatenated line.
  std::string_view name;
  const at::Parameters& parameters;
  bool has_equals = false;
  std::string_view body{};  ///< With Command::has_body: what follows the first CR.
};

/// How the modem firmware cuts a command into parameters (reference nrf91-modem/functional-mode.md 1).
at::ParameterPolicy modem_policy();

/// What must be so for a set command; the engine refuses otherwise, with the reason.
enum class Needs {
  nothing,
  uicc_powered,  ///< The SIM answers, PIN given or not.
  uicc_ready,    ///< %XSIM: 1
  lte_active,
  lte_inactive,  ///< Else +CME ERROR: 518.
};

/// One command of the modem: handlers for its forms, parameters, state and firmware it needs.
struct Command {
  using Handler = Answer (*)(Nrf91& modem, const Request& request);

  Handler set = nullptr;  ///< No handler = the form is answered with ERROR.
  Handler read = nullptr;
  Handler test = nullptr;
  Handler unknown = nullptr;  ///< Any other form; the firmware knows none.
  std::vector<at::ParameterRule> rules{};
  Needs needs = Needs::nothing;
  void (*failed)(Nrf91& modem) = nullptr;  ///< What a set command that fails, for whatever reason, changes.
  bool writes = false;    ///< Non-volatile memory, at once: refused after a power-off warning (528).
  bool has_body = false;  ///< The parameters end at a CR; what follows is a PDU.
  bool more = false;      ///< Parameters beyond the rules are the handler's business.
  bool bare = false;      ///< The name alone, without "?", is answered as the read form is.
  int since = 0;          ///< Firmware as firmware_version() gives it.
  int before = INT_MAX;   ///< First firmware that does not know it any more.
};

using CommandTable = at::CommandTable<Command>;

// Each family adds its commands, in the order in which +CLAC lists them.
void add_functional_mode_commands(CommandTable& table);
void add_operation_commands(CommandTable& table);
void add_sim_commands(CommandTable& table);
void add_uicc_commands(CommandTable& table);
void add_registration_commands(CommandTable& table);
void add_search_commands(CommandTable& table);
void add_pdn_commands(CommandTable& table);
void add_pdn_feature_commands(CommandTable& table);
void add_radio_commands(CommandTable& table);
void add_measurement_commands(CommandTable& table);
void add_power_saving_commands(CommandTable& table);
void add_credential_commands(CommandTable& table);
void add_token_commands(CommandTable& table);
void add_sms_commands(CommandTable& table);
void add_device_commands(CommandTable& table);
void add_pin_commands(CommandTable& table);
void add_time_commands(CommandTable& table);
void add_event_commands(CommandTable& table);

/// All commands; one table for all modems of the process.
const CommandTable& command_table();

/// True if the firmware knows the command.
bool known_to(const FirmwareProfile& profile, const Command& command);

}  // namespace attache::cellular
