#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "dialects/answer.hpp"

namespace attache::dialects {

// What the parameters of the commands of all dialects have in common.

/// A `<port>`.
[[nodiscard]] at::ParameterRule port_rule();

/// What the log is told when the firmware says OK and has done nothing.
[[nodiscard]] base::Reason nothing_done(std::string why, std::string advice);

/// A `<sec_tag>` that means "none" unless it is a number of 32 bits. If there is something else the command
/// succeeds all the same, and the log has a warning.
[[nodiscard]] std::optional<std::uint32_t> optional_sec_tag(Answer& answer, std::size_t index);
/// What the log is told of a connection whose `<sec_tag>` the firmware has passed over.
[[nodiscard]] base::Reason not_secured(std::string why, std::string advice);

}  // namespace attache::dialects
