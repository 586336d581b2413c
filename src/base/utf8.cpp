#include "base/utf8.hpp"

#include <array>
#include <cstddef>

namespace attache::base {

namespace {

constexpr char32_t first_surrogate = 0xD800;
constexpr char32_t after_surrogates = 0xE000;
constexpr char32_t first_supplementary = 0x10000;
constexpr char32_t last_character = 0x10FFFF;
constexpr char32_t replacement = 0xFFFD;

// Bytes of a character that begins with this one; 0 = none begins so.
std::size_t length_of(unsigned char lead) {
  if (lead < 0x80) {
    return 1;
  }
  if (lead >= 0xC2 && lead < 0xE0) {
    return 2;
  }
  if (lead >= 0xE0 && lead < 0xF0) {
    return 3;
  }
  return lead >= 0xF0 && lead < 0xF5 ? 4 : 0;
}

struct Decoded {
  char32_t character = 0;
  std::size_t length = 0;  // 0 = it is none.
};

Decoded decode(std::string_view text) {
  constexpr std::array<char32_t, 5> least{0, 0, 0x80, 0x800, first_supplementary};
  auto lead = static_cast<unsigned char>(text[0]);
  std::size_t length = length_of(lead);
  if (length == 0 || length > text.size()) {
    return {};
  }
  char32_t character = length == 1 ? lead : lead & (0x7FU >> length);
  for (std::size_t k = 1; k < length; ++k) {
    auto next = static_cast<unsigned char>(text[k]);
    if ((next & 0xC0U) != 0x80U) {
      return {};
    }
    character = character << 6U | (next & 0x3FU);
  }
  bool is_surrogate = character >= first_surrogate && character < after_surrogates;
  return character < least[length] || is_surrogate || character > last_character ? Decoded{}
                                                                                 : Decoded{character, length};
}

}  // namespace

std::optional<std::u32string> from_utf8(std::string_view text) {
  std::u32string characters;
  while (!text.empty()) {
    Decoded next = decode(text);
    if (next.length == 0) {
      return std::nullopt;
    }
    characters.push_back(next.character);
    text.remove_prefix(next.length);
  }
  return characters;
}

void append_utf8(std::string& text, char32_t character) {
  auto tail = [&](unsigned shift) {
    text.push_back(static_cast<char>(0x80U | ((character >> shift) & 0x3FU)));
  };
  if (character < 0x80) {
    text.push_back(static_cast<char>(character));
  } else if (character < 0x800) {
    text.push_back(static_cast<char>(0xC0U | character >> 6U));
    tail(0);
  } else if (character < first_supplementary) {
    text.push_back(static_cast<char>(0xE0U | character >> 12U));
    tail(6);
    tail(0);
  } else {
    text.push_back(static_cast<char>(0xF0U | character >> 18U));
    tail(12);
    tail(6);
    tail(0);
  }
}

std::string valid_utf8(std::string_view text) {
  std::string valid;
  valid.reserve(text.size());
  while (!text.empty()) {
    std::size_t length = decode(text).length;
    if (length == 0) {
      append_utf8(valid, replacement);
    } else {
      valid += text.substr(0, length);
    }
    text.remove_prefix(length == 0 ? 1 : length);
  }
  return valid;
}

}  // namespace attache::base
