#pragma once

#include <string>
#include <string_view>

#include "base/reason.hpp"
#include "base/result.hpp"
#include "device/steering/steering.hpp"

namespace attache::control {

/// The line that answers a request, LF included. What is no UTF-8 in it, and control characters, are escaped
/// (base::escape_control).
std::string success_text(const device::SteeringAnswer& answer);
/// What, why and advice of the reason; its facts stay here.
std::string failure_text(const base::Reason& reason);

/// The answer in such a line. The reason is the device's, or says that the line is no answer.
base::Result<device::SteeringAnswer> parse_answer(std::string_view line);

}  // namespace attache::control
