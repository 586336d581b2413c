#pragma once

#include <string>
#include <string_view>

namespace attache::sms {

/// UTF-16 in network order, as messages of the alphabet UCS-2 carry it. Characters above U+FFFF become
/// surrogate pairs.
std::string to_ucs2(std::u32string_view characters);
/// The way back, as UTF-8. A surrogate alone is U+FFFD; an odd last octet is left out.
std::string from_ucs2(std::string_view octets);

/// ISO-8859-15, the characters that the application's string conversion knows, as UTF-8 and back. What it
/// does not have becomes '?'.
std::string latin9_to_utf8(std::string_view bytes);
/// Text that is not UTF-8 comes back as it is.
std::string utf8_to_latin9(std::string_view text);

}  // namespace attache::sms
