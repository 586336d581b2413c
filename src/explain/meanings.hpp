#pragma once

#include <span>

#include "explain/number.hpp"

namespace attache::explain {

// What is known about the numbers of each kind, in ascending order. The first, with a number below all
// others, is what holds for the kind as a whole.
std::span<const NumberMeaning> error_number_meanings();
std::span<const NumberMeaning> resolver_meanings();
std::span<const NumberMeaning> equipment_meanings();
std::span<const NumberMeaning> message_meanings();
std::span<const NumberMeaning> card_meanings();
std::span<const NumberMeaning> mobility_meanings();
std::span<const NumberMeaning> session_meanings();
std::span<const NumberMeaning> registration_meanings();
std::span<const NumberMeaning> connack_meanings();
std::span<const NumberMeaning> tls_alert_meanings();
std::span<const NumberMeaning> http_connection_meanings();
std::span<const NumberMeaning> ftp_reply_meanings();
std::span<const NumberMeaning> tftp_error_meanings();

/// The number of a meaning that holds for all of its kind.
inline constexpr int any_number = -1;

}  // namespace attache::explain
