#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace attache::sms {

/// The GSM 7-bit default alphabet with its extension table (3GPP TS 23.038, 6.2.1). Septets stand one in a
/// byte, 0 to 127.

/// Escapes the next septet into the extension table.
constexpr char escape_septet = 0x1B;

/// The septets of a text, two for a character of the extension table; nothing if the alphabet lacks one.
std::optional<std::string> to_septets(std::u32string_view characters);

/// The text in UTF-8. A septet that the extension table does not have is that of the main table, as the
/// standard asks; an escape at the end is a blank.
std::string from_septets(std::string_view septets);

/// Puts septets together, the first into the lowest bits, after `fill` zero bits (0 to 6).
std::string pack(std::string_view septets, unsigned fill = 0);

/// The first `count` septets after `fill` bits; fewer if there are no more.
std::string unpack(std::string_view octets, std::size_t count, unsigned fill = 0);

}  // namespace attache::sms
