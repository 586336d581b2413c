#pragma once

#include <chrono>
#include <optional>
#include <string_view>

#include "cellular/simulation_options.hpp"

namespace attache::cellular {

/// "11100000": the timer is deactivated, in either coding.
inline constexpr std::string_view timer_deactivated = "11100000";

/// How many bits a timer has on the command line.
inline constexpr std::size_t timer_digits = 8;

/// True if the text consists of exactly `count` binary digits.
bool is_bit_string(std::string_view text, std::size_t count);

/// T3324 (GPRS timer 2, 3GPP 24.008 10.5.7.4) of an eight-digit bit string; nothing if deactivated or
/// malformed.
std::optional<std::chrono::seconds> active_time(std::string_view bits);

/// T3412 extended (GPRS timer 3, 3GPP 24.008 10.5.7.4a); nothing if deactivated or malformed.
std::optional<std::chrono::seconds> periodic_tau(std::string_view bits);

/// T3412 (GPRS timer, 3GPP 24.008 10.5.7.3); nothing if deactivated or malformed.
std::optional<std::chrono::seconds> gprs_timer(std::string_view bits);

/// An eDRX cycle of four binary digits (reference nrf91-modem/power-saving.md).
std::chrono::milliseconds edrx_cycle(AccessTechnology technology, std::string_view bits);

/// A paging time window of four binary digits.
std::chrono::milliseconds paging_time_window(AccessTechnology technology, std::string_view bits);

}  // namespace attache::cellular
