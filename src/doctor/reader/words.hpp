#pragma once

#include <cstddef>
#include <string_view>

#include "at/characters.hpp"

namespace attache::doctor {

using at::is_alphanumeric;
using at::is_digit;

constexpr bool is_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

constexpr bool is_hex_digit(char c) {
  return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

/// Whether it begins so, in any case.
bool begins_ignoring_case(std::string_view text, std::string_view beginning);
/// Whether it has that text, in any case.
bool has_text(std::string_view text, std::string_view part);
/// The same for a word: no letter, digit or `_` stands beside it.
bool has_word(std::string_view text, std::string_view word);
/// How many `"` it has.
std::size_t quotes_in(std::string_view text);

}  // namespace attache::doctor
