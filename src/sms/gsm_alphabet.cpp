#include "sms/gsm_alphabet.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "base/utf8.hpp"
#include "sms/unicode.hpp"

namespace attache::sms {

namespace {

constexpr std::u32string_view main_table =
    U"@\u00A3$\u00A5\u00E8\u00E9\u00F9\u00EC\u00F2\u00C7\n\u00D8\u00F8\r\u00C5\u00E5"
    U"\u0394_\u03A6\u0393\u039B\u03A9\u03A0\u03A8\u03A3\u0398\u039E\u001B\u00C6\u00E6\u00DF\u00C9"
    U" !\"#\u00A4%&'()*+,-./0123456789:;<=>?"
    U"\u00A1ABCDEFGHIJKLMNOPQRSTUVWXYZ\u00C4\u00D6\u00D1\u00DC\u00A7"
    U"\u00BFabcdefghijklmnopqrstuvwxyz\u00E4\u00F6\u00F1\u00FC\u00E0";
static_assert(main_table.size() == 128);

constexpr std::array<std::pair<char, char32_t>, 10> extension{{{0x0A, U'\f'},
                                                               {0x14, U'^'},
                                                               {0x28, U'{'},
                                                               {0x29, U'}'},
                                                               {0x2F, U'\\'},
                                                               {0x3C, U'['},
                                                               {0x3D, U'~'},
                                                               {0x3E, U']'},
                                                               {0x40, U'|'},
                                                               {0x65, U'\u20AC'}}};

}  // namespace

std::optional<std::string> to_septets(std::u32string_view characters) {
  std::string septets;
  septets.reserve(characters.size());
  for (char32_t character : characters) {
    std::size_t found = main_table.find(character);
    if (found != std::u32string_view::npos && character != U'\u001B') {
      septets.push_back(static_cast<char>(found));
      continue;
    }
    auto extended = std::find_if(extension.begin(), extension.end(),
                                 [character](const auto& entry) { return entry.second == character; });
    if (extended == extension.end()) {
      return std::nullopt;
    }
    septets.push_back(escape_septet);
    septets.push_back(extended->first);
  }
  return septets;
}

std::string from_septets(std::string_view septets) {
  std::string text;
  text.reserve(septets.size());
  for (std::size_t i = 0; i < septets.size(); ++i) {
    char septet = static_cast<char>(septets[i] & 0x7F);
    if (septet != escape_septet) {
      base::append_utf8(text, main_table[static_cast<std::size_t>(septet)]);
      continue;
    }
    if (++i == septets.size() || septets[i] == escape_septet) {
      text.push_back(' ');
      continue;
    }
    septet = static_cast<char>(septets[i] & 0x7F);
    auto extended = std::find_if(extension.begin(), extension.end(),
                                 [septet](const auto& entry) { return entry.first == septet; });
    base::append_utf8(
        text, extended != extension.end() ? extended->second : main_table[static_cast<std::size_t>(septet)]);
  }
  return text;
}

std::string pack(std::string_view septets, unsigned fill) {
  std::string octets;
  octets.reserve((septets.size() * 7 + fill + 7) / 8);
  unsigned bits = 0;
  unsigned held = fill;
  for (char septet : septets) {
    bits |= (static_cast<unsigned>(septet) & 0x7FU) << held;
    held += 7;
    while (held >= 8) {
      octets.push_back(static_cast<char>(bits & 0xFFU));
      bits >>= 8U;
      held -= 8;
    }
  }
  if (held > 0) {
    octets.push_back(static_cast<char>(bits & 0xFFU));
  }
  return octets;
}

std::string unpack(std::string_view octets, std::size_t count, unsigned fill) {
  std::size_t available = octets.size() * 8 < fill ? 0 : (octets.size() * 8 - fill) / 7;
  std::string septets;
  septets.reserve(std::min(count, available));
  for (std::size_t i = 0; i < std::min(count, available); ++i) {
    std::size_t bit = fill + i * 7;
    unsigned pair = static_cast<unsigned char>(octets[bit / 8]);
    if (bit / 8 + 1 < octets.size()) {
      pair |= static_cast<unsigned>(static_cast<unsigned char>(octets[bit / 8 + 1])) << 8U;
    }
    septets.push_back(static_cast<char>(pair >> (bit % 8) & 0x7FU));
  }
  return septets;
}

}  // namespace attache::sms
