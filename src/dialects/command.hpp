#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "at/command_table.hpp"
#include "at/parameters.hpp"
#include "dialects/answer.hpp"
#include "dialects/handler.hpp"

namespace attache::dialects {

/// What must be so for a command or an operation; else it answers ERROR at once, for that reason.
struct Need {
  std::string_view name;  ///< "an HTTP connection"
  /// Why it is not so; nothing if it is. It must neither answer the command nor change anything.
  std::optional<base::Reason> (*objection)(Application& application, const Answer& answer);
};

/// One value of `<op>`, the first parameter of some commands: an operation with parameters of its own.
struct Operation {
  std::int64_t number = 0;
  Handler run;
  /// What stands behind `<op>` and the parameters of the command; checked before it runs, after its needs.
  std::vector<at::ParameterRule> parameters{};
  std::vector<Need> needs{};
  /// Parameters that depend on the edition or the build, in the place of `parameters`.
  std::vector<at::ParameterRule> (*parameters_of)(const Application& application) = nullptr;
  /// Whether the edition has it; null = all have.
  bool (*exists)(const Application& application) = nullptr;
};

/// One `#X` command. The table is shared by all devices; handlers get their application as first argument.
struct Command {
  /// The option it is built with ("httpc"); empty = always there.
  std::string_view service{};
  Handler set{};  ///< None = ERROR, unless there are operations.
  /// What the set form expects at least; checked before the handler is called. Parameters that neither these
  /// rules nor the handler ask for are ignored with a warning in the log.
  std::vector<at::ParameterRule> parameters{};
  /// In the place of `set`: what `<op>`, a first parameter before `parameters`, chooses. For a number that is
  /// none of theirs see Dialect::refuses_unknown_operations: what is done nothing for is in the log.
  std::vector<Operation> operations{};
  /// Such a number is OK whatever the dialect says.
  bool passes_over_unknown_operations = false;
  /// What their number may be, if not as elsewhere in the dialect.
  std::optional<at::ParameterRule> operation_number{};
  Handler read{};
  Handler test{};
  /// Any other form, "AT#XNAME1" or "AT#XNAME!".
  Handler unknown{};
  /// How a text with a quote in it is given to this command: the advice when one has cut a line.
  std::string_view quotes = "a quote cannot be part of any parameter here";
  /// In any form.
  std::vector<Need> needs{};
  /// In the set form, before its parameters are looked at.
  std::vector<Need> set_needs{};
};

using Commands = at::CommandTable<Command>;

/// The `service` of commands that a build with TLS of its own takes over from the modem.
inline constexpr std::string_view native_tls = "native_tls";
/// The `service` of commands that a build with a pin that wakes it has.
inline constexpr std::string_view power_pin = "power_pin";

}  // namespace attache::dialects
