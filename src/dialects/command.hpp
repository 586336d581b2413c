#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "at/command_table.hpp"
#include "at/parameters.hpp"
#include "dialects/answer.hpp"

namespace attache::dialects {

class Application;

/// One `#X` command. The table is shared by all devices; handlers get their application as first argument.
struct Command {
  using Handler = void (*)(Application& application, Answer answer);

  /// The option it is built with ("httpc"); empty = always there.
  std::string_view service{};
  Handler set = nullptr;  ///< Null = ERROR.
  /// What the set form expects at least; checked before the handler is called. Parameters that neither these
  /// rules nor the handler ask for are ignored with a warning in the log.
  std::vector<at::ParameterRule> parameters{};
  Handler read = nullptr;
  Handler test = nullptr;
  /// Any other form, "AT#XNAME1" or "AT#XNAME!".
  Handler unknown = nullptr;
  /// How a text with a quote in it is given to this command: the advice when one has cut a line.
  std::string_view quotes = "a quote cannot be part of any parameter here";
  /// In any form: a condition that answers ERROR at once when it gives a reason.
  std::optional<base::Reason> (*precondition)(Application& application) = nullptr;
};

using Commands = at::CommandTable<Command>;

/// The `service` of commands that a build with TLS of its own takes over from the modem.
inline constexpr std::string_view native_tls = "native_tls";

}  // namespace attache::dialects
