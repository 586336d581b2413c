#include "vocabulary/firmware.hpp"

#include <cstddef>
#include <vector>

#include "base/text.hpp"

namespace attache::vocabulary {

std::optional<int> read_firmware(std::string_view text) {
  text = text.substr(text.rfind('_') + 1);
  text = text.substr(0, text.find('-'));
  std::vector<std::string_view> parts = base::split(text, '.');
  constexpr std::size_t least = 2;
  constexpr std::size_t most = 3;
  constexpr int greatest_part = 99;
  if (parts.size() < least || parts.size() > most) {
    return std::nullopt;
  }
  int numbers[most] = {};
  for (std::size_t i = 0; i < parts.size(); ++i) {
    auto number = base::parse_number<int>(parts[i]);
    if (!number || *number < 0 || *number > greatest_part) {
      return std::nullopt;
    }
    numbers[i] = *number;
  }
  return version(numbers[0], numbers[1], numbers[2]);
}

}  // namespace attache::vocabulary
