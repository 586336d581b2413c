#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "base/clock.hpp"
#include "device/steering.hpp"

namespace attache::device {

/// Each adds one family of steering commands.
void add_device_commands(std::vector<SteeringCommand>& commands);
void add_radio_commands(std::vector<SteeringCommand>& commands);
void add_link_commands(std::vector<SteeringCommand>& commands);

/// The failure of a command whose words are not as they have to be; steer() adds the usage.
base::Reason misuse(std::string_view why);

/// `name=value`; nothing if there is no `=`.
struct Assignment {
  std::string_view name;
  std::string_view value;
};
std::optional<Assignment> assignment(std::string_view word);

/// "200ms", "1.5s" …, or a plain number of seconds.
std::optional<base::Duration> time_of(std::string_view word);

/// "on" or "off".
std::optional<bool> on_or_off(std::string_view word);

}  // namespace attache::device
