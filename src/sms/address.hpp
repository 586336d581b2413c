#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "sms/octets.hpp"

namespace attache::sms {

/// Whom a message comes from or goes to (3GPP TS 23.040, 9.1.2.5).
struct Address {
  enum class Kind : std::uint8_t {
    unknown = 0,
    international = 1,
    national = 2,
    network_specific = 3,
    subscriber = 4,
    alphanumeric = 5,
    abbreviated = 6,
    reserved = 7,
  };

  Kind kind = Kind::unknown;
  std::uint8_t plan = 1;  ///< Numbering plan, 4 bits; 1 = E.164.
  std::string value;      ///< Digits 0–9 * # a b c; of an alphanumeric address its text in UTF-8.

  bool operator==(const Address&) const = default;
};

/// "+491711234567" (international) or "0171…", up to 20 digits; nothing if the text is no number.
std::optional<Address> parse_number(std::string_view text);
/// The number with `+` if it is international, or the alphanumeric text.
std::string to_text(const Address& address);

/// Length in digits, type, digits: as in a TPDU. At most 12 octets.
std::string encode_address(const Address& address);
/// Nothing if there are too few octets, or the length is above the 20 digits that an address may have.
std::optional<Address> decode_address(Octets& octets);

/// Length in octets, type, digits: as in front of a TPDU (service centre). A length of 0 is no address.
std::string encode_centre(const std::optional<Address>& centre);
/// False if the octets end too early or the length is above 11.
bool decode_centre(Octets& octets, std::optional<Address>& centre);

}  // namespace attache::sms
