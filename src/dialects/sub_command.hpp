#pragma once

#include <fmt/format.h>

#include <optional>

#include "dialects/answer.hpp"

namespace attache::dialects {

/// Why the first parameter names no sub-command: it stands without quotes. Firmware from 2.x on compares the
/// line with the quotes in it (reference slm-3.1/host.md 4). The answer must have a first parameter.
[[nodiscard]] inline std::optional<base::Reason> objection_to_bare_sub_command(const Answer& answer) {
  const at::Parameter& name = answer.parameters()[0];
  if (answer.command()[name.column - 1] == '"') {
    return std::nullopt;
  }
  return base::make_reason(base::Cause::bad_parameter, "no such command", "its name stands without quotes",
                           fmt::format("give it in quotes: \"{}\"", name.text));
}

}  // namespace attache::dialects
