#pragma once

#include <string>

#include "base/cause.hpp"

namespace attache::cellular {

/// "EMM cause 11, PLMN not allowed": why a network refused a modem (3GPP TS 24.301, 9.9.3.9). A number
/// without a name stands alone.
std::string emm_cause(int number);

/// "ESM cause 27, missing or unknown APN": why it refused or ended a PDN connection (3GPP
/// TS 24.301, 9.9.4.4).
std::string esm_cause(int number);

/// Causes of the network, 3GPP TS 24.301, 9.9.4.4.
inline constexpr int operator_barring = 8;
inline constexpr int unknown_apn = 27;
inline constexpr int authentication_failure = 29;

/// The network will not take this SIM or device at all: nothing is tried before the next activation (3GPP
/// TS 24.301, 5.5.1.2.5; causes 3, 6, 7 and 8).
bool is_final(int emm_number);

/// What lies behind a reject with an EMM cause, and behind a refused connection with an ESM cause.
base::Cause cause_of_reject(int emm_number);
/// A number that is not listed counts as Cause::network_failure.
base::Cause cause_of_refusal(int esm_number);

}  // namespace attache::cellular
