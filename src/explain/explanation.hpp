#pragma once

#include <initializer_list>
#include <optional>
#include <string_view>

#include "base/cause.hpp"

namespace attache::explain {

/// Who or what has to change for a fault to go.
enum class FixKind {
  command,        ///< Another AT command, or the same at another time.
  configuration,  ///< How the application is built, or how a script or the device is set up.
  hardware,       ///< The board, its supply, its card, its wires.
  server,         ///< What the host connects to.
  operator_,      ///< The subscription, or the network.
  host,           ///< The program or the computer on the other end of the serial line.
};

/// "command", "configuration", "hardware", "server", "operator", "host".
std::string_view name_of(FixKind kind);

/// One step that mends a fault.
struct Fix {
  FixKind kind = FixKind::command;
  std::string_view text;       ///< A sentence.
  std::string_view command{};  ///< What to type, AT line or shell command, with `<…>` for what only the
                               ///< reader knows. May be empty.
};

/// What is to be known about a cause. All of it is data that lives as long as the process.
struct Explanation {
  base::Cause cause = base::Cause::none;
  std::string_view title;     ///< One line, as in "error[ca-expired]: …": no capital, no full stop.
  std::string_view what;      ///< What the matter is.
  std::string_view evidence;  ///< What is seen of it: lines of a log, numbers, times, and what is missing.
  std::string_view why;       ///< Why it comes to this, and why the device says no more than it does.
  std::initializer_list<Fix> fixes{};  ///< The first is the usual one. Never empty.
  std::string_view next_command;       ///< The one command that decides: an AT line or one for a shell.
  std::string_view next_outcome;       ///< What each answer to it means.
  std::initializer_list<base::Cause> related{};  ///< What is easily taken for it, or lies behind it.
};

/// The explanation of a cause other than `none`, which has none (std::out_of_range).
const Explanation& explanation_of(base::Cause cause);

/// The place of a cause other than `none` (std::out_of_range).
base::Layer layer_of(base::Cause cause);

}  // namespace attache::explain
