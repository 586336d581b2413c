#pragma once

#include <string_view>

#include "dialects/answer.hpp"
#include "dialects/application.hpp"

namespace attache::dialects::serial_modem_2_0 {

/// The filter of what the modem says of its own accord (reference serial-modem-2.0/host.md 11): the
/// application keeps `+CEREG`, `+CGEV` and `%XTIME` on in the modem for itself, and hosts get those that they
/// have subscribed to. The preview does so with `+CGEV` alone, in builds with PPP.

/// Takes AT+CEREG, AT+CGEREP, AT%XTIME and AT+CFUN where the application does more than pass them on; false
/// for any other line. The answer is moved from if it is taken.
bool take_subscription(Application& application, Answer& answer);

/// False for one of these three notifications that no host has subscribed to.
bool is_subscribed(Application& application, std::string_view notification);

}  // namespace attache::dialects::serial_modem_2_0
