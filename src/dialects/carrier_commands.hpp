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

inline constexpr std::int64_t longest_sub_command = 31;

/// `<operation>`, behind `<cmd>`, is this word; and the reason why it is none of those that there are.
[[nodiscard]] bool is_carrier_word(const Answer& answer, std::string_view word);
/// `words`: those that there are, as the advice names them: "\"read\" or \"write\"".
[[nodiscard]] base::Reason bad_carrier_word(std::string_view words);

struct CarrierValue;

/// The value that a `<cmd>` reads and writes; null if it is none of these.
[[nodiscard]] const CarrierValue* find_carrier_value(std::string_view name);
/// `"read"` shows it, `"write"` stores it; answers the command, ERROR for other words and unfit parameters.
void run_carrier_value(Application& application, const CarrierValue& value, Answer answer);
/// #XCARRIER="time".
void tell_carrier_time(Application& application, Answer answer);

}  // namespace attache::dialects
