#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace attache::base {

/// The characters of a UTF-8 text; nothing if it is not well-formed (RFC 3629).
std::optional<std::u32string> from_utf8(std::string_view text);

/// Appends its 1 … 4 bytes (RFC 3629, 3); it must be no surrogate and not beyond U+10FFFF.
void append_utf8(std::string& text, char32_t character);

/// The text with U+FFFD in the place of each byte that is of no character: for JSON, which is UTF-8.
std::string valid_utf8(std::string_view text);

}  // namespace attache::base
