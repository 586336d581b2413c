#include "sms/unicode.hpp"

#include <array>
#include <cstdint>
#include <utility>

#include "base/utf8.hpp"

namespace attache::sms {

namespace {

constexpr char32_t replacement = 0xFFFD;
constexpr char32_t first_surrogate = 0xD800;
constexpr char32_t first_low_surrogate = 0xDC00;
constexpr char32_t after_surrogates = 0xE000;
constexpr char32_t first_supplementary = 0x10000;

// Where ISO-8859-15 differs from ISO-8859-1, whose codes are those of Unicode.
constexpr std::array<std::pair<unsigned char, char32_t>, 8> latin9_changes{{{0xA4, 0x20AC},
                                                                            {0xA6, 0x0160},
                                                                            {0xA8, 0x0161},
                                                                            {0xB4, 0x017D},
                                                                            {0xB8, 0x017E},
                                                                            {0xBC, 0x0152},
                                                                            {0xBD, 0x0153},
                                                                            {0xBE, 0x0178}}};

bool is_surrogate(char32_t character) {
  return character >= first_surrogate && character < after_surrogates;
}

void append_unit(std::string& octets, char32_t unit) {
  octets.push_back(static_cast<char>(unit >> 8U));
  octets.push_back(static_cast<char>(unit & 0xFFU));
}

}  // namespace

std::string to_ucs2(std::u32string_view characters) {
  std::string octets;
  for (char32_t character : characters) {
    if (character < first_supplementary) {
      append_unit(octets, character);
      continue;
    }
    char32_t above = character - first_supplementary;
    append_unit(octets, first_surrogate + (above >> 10U));
    append_unit(octets, first_low_surrogate + (above & 0x3FFU));
  }
  return octets;
}

std::string from_ucs2(std::string_view octets) {
  auto unit = [octets](std::size_t i) {
    return static_cast<char32_t>(static_cast<unsigned char>(octets[i]) << 8U |
                                 static_cast<unsigned char>(octets[i + 1]));
  };
  std::string text;
  for (std::size_t i = 0; i + 1 < octets.size(); i += 2) {
    char32_t character = unit(i);
    bool is_high = character >= first_surrogate && character < first_low_surrogate;
    if (is_high && i + 3 < octets.size()) {
      char32_t low = unit(i + 2);
      if (low >= first_low_surrogate && low < after_surrogates) {
        character =
            first_supplementary + ((character - first_surrogate) << 10U) + (low - first_low_surrogate);
        i += 2;
      }
    }
    base::append_utf8(text, is_surrogate(character) ? replacement : character);
  }
  return text;
}

std::string latin9_to_utf8(std::string_view bytes) {
  std::string text;
  for (char byte : bytes) {
    char32_t character = static_cast<unsigned char>(byte);
    for (const auto& [code, changed] : latin9_changes) {
      character = character == code ? changed : character;
    }
    base::append_utf8(text, character);
  }
  return text;
}

std::string utf8_to_latin9(std::string_view text) {
  auto characters = base::from_utf8(text);
  if (!characters) {
    return std::string(text);
  }
  std::string bytes;
  for (char32_t character : *characters) {
    char32_t byte = character < 0x100 ? character : U'?';
    for (const auto& [code, changed] : latin9_changes) {
      if (character == changed) {
        byte = code;
      } else if (character == code) {
        byte = U'?';
      }
    }
    bytes.push_back(static_cast<char>(byte));
  }
  return bytes;
}

}  // namespace attache::sms
