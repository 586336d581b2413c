#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace attache::base {

/// The bytes as upper-case hexadecimal digits, two a byte.
std::string to_hex(std::string_view bytes);

/// The bytes of a string of hexadecimal digits (either case); nothing if the count is odd or a digit is not
/// one.
std::optional<std::string> from_hex(std::string_view digits);

/// CR, LF, TAB, NUL … and bytes above 0x7E of invalid UTF-8 shown as \r, \n, \t, \xNN; all else unchanged.
std::string escape_control(std::string_view bytes);

/// C escapes (\r \n \t \0 \\ \" \xNN) replaced by their bytes; nothing if an escape is not known or cut off.
std::optional<std::string> unescape(std::string_view text);

/// ASCII lower case; other bytes unchanged.
std::string to_lower(std::string_view text);

/// ASCII comparison without regard to case.
bool equal_ignoring_case(std::string_view left, std::string_view right);

/// The candidate with the smallest edit distance to `word`, if it is near enough to be a likely slip.
std::optional<std::string_view> nearest(std::string_view word, std::span<const std::string_view> candidates);

/// The text without blanks and line ends at both ends.
std::string_view trim(std::string_view text);

/// The parts of `text` between `separator`s; always at least one.
std::vector<std::string_view> split(std::string_view text, char separator);

/// A decimal number in full ("12", not "12x", "+12" or ""), or nothing if it does not fit.
template <class Integer>
std::optional<Integer> parse_number(std::string_view text);

/// SHA-256 of the bytes, 32 bytes.
std::string sha256(std::string_view bytes);

/// "did you mean `x`?", or what is known: "known: `a`, `b`".
std::string suggestion(std::string_view word, std::span<const std::string_view> known);

}  // namespace attache::base
