#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "sms/octets.hpp"

namespace attache::sms {

/// How the content of a message is coded.
enum class Alphabet { gsm7, octets, ucs2 };

/// What a data coding scheme says of the alphabet (3GPP TS 23.038, 4). Reserved groups count as GSM 7-bit;
/// compressed text is octets to us.
Alphabet alphabet_of(std::uint8_t coding_scheme);
/// The plain coding scheme of an alphabet: no class, not compressed.
std::uint8_t coding_scheme_of(Alphabet alphabet);

/// An element of the user data header (3GPP TS 23.040, 9.2.3.24).
struct InformationElement {
  std::uint8_t id = 0;
  std::string data;

  bool operator==(const InformationElement&) const = default;
};

/// Which part of a longer message this is.
struct Concatenation {
  std::uint16_t reference = 0;
  bool wide = false;  ///< The reference has 16 bits, else 8.
  std::uint8_t total = 1;
  std::uint8_t number = 1;  ///< From 1 on.

  bool operator==(const Concatenation&) const = default;
};

/// Header and content of one message.
struct UserData {
  std::vector<InformationElement> header;
  Alphabet alphabet = Alphabet::gsm7;
  std::string content;  ///< gsm7: septets, one in a byte. Else octets; ucs2 in network order.

  bool operator==(const UserData&) const = default;
};

/// Octets of a user data field at most.
constexpr std::size_t most_user_data = 140;

/// The content as UTF-8; octets as ISO-8859-15, since nobody says what they mean.
std::string text_of(const UserData& data);

/// The concatenation element, the last one if there are several; nothing if there is none or its numbers
/// cannot be (9.2.3.24.1: then it is ignored).
std::optional<Concatenation> concatenation_of(const UserData& data);
/// With an 8-bit or a 16-bit reference (9.2.3.24.1, 9.2.3.24.8); of the former the low 8 bits count.
InformationElement to_element(const Concatenation& part);

/// Length and user data as a TPDU ends; the reason says by how much the content is too long.
base::Result<std::string> encode_user_data(const UserData& data);

/// Reads length and user data. A header that is malformed is ignored as a whole, as the standard asks.
base::Result<UserData> decode_user_data(Octets& octets, bool has_header, Alphabet alphabet);

}  // namespace attache::sms
