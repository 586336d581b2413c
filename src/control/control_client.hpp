#pragma once

#include <string>
#include <string_view>

#include "base/result.hpp"
#include "device/steering/steering.hpp"

namespace attache::control {

/// The control socket of a device: `place` is its state folder or the socket itself.
/// Fails if there is none; whether somebody serves it ask() finds out.
base::Result<std::string> find_control_socket(const std::string& place);

/// Sends one steering command to the socket at `path` and waits for the answer, ten seconds at the longest.
/// Blocks. The reason is the device's, or says why there is no answer.
base::Result<device::SteeringAnswer> ask(const std::string& path, std::string_view command);

}  // namespace attache::control
