#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <variant>

#include "sms/timestamp.hpp"

namespace attache::sms {

/// Until when the service centre keeps a message (3GPP TS 23.040 9.2.3.12): nothing, a period, a time, or the
/// seven octets of the enhanced format as they came.
using Validity = std::variant<std::monostate, std::chrono::minutes, Timestamp, std::string>;

/// Bits 4 and 3 of a message's first octet.
unsigned validity_format(const Validity& validity);

/// The field; a period is rounded up to the next one that can be coded, at most 63 weeks.
std::string encode_validity(const Validity& validity);

/// The period that one octet of the relative format means.
std::chrono::minutes relative_period(std::uint8_t value);

}  // namespace attache::sms
