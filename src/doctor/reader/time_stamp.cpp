#include "doctor/reader/time_stamp.hpp"

#include <array>
#include <cstdlib>
#include <string>

#include "base/text.hpp"
#include "doctor/reader/words.hpp"

namespace attache::doctor {

namespace {

// "09:30:00.123", "00:00:02.547,424": seconds.
std::optional<double> seconds_of(std::string_view text) {
  std::array<double, 3> parts{};
  std::size_t part = 0;
  double fraction = 0;
  bool has_digits = false;
  for (char c : text) {
    if (is_digit(c)) {
      has_digits = true;
      if (fraction > 0) {
        parts[part] += (c - '0') * fraction;
        fraction /= 10;
      } else {
        parts[part] = parts[part] * 10 + (c - '0');
      }
    } else if (c == ':' && part < 2) {
      ++part;
    } else if (c == '.' || (c == ',' && fraction <= 0)) {
      fraction = 0.1;
    } else if (c != ',') {
      return std::nullopt;
    }
  }
  if (!has_digits || part != 2) {
    return std::nullopt;
  }
  return parts[0] * 3600 + parts[1] * 60 + parts[2];
}

}  // namespace

std::size_t length_of_time(std::string_view text, BareLine& line) {
  std::size_t length = 0;
  std::size_t colons = 0;
  std::size_t dashes = 0;
  std::size_t time_from = 0;
  for (; length < text.size() && length < 40; ++length) {
    char c = text[length];
    if (c == ':' && length + 1 < text.size() && is_digit(text[length + 1]) && length > 0) {
      ++colons;
    } else if ((c == '-' || c == '/') && colons == 0 && length > 0 && length + 1 < text.size() &&
               is_digit(text[length + 1])) {
      ++dashes;
    } else if ((c == 'T' || c == ' ') && dashes == 2 && colons == 0 && length + 1 < text.size() &&
               is_digit(text[length + 1])) {
      time_from = length + 1;
    } else if (!is_digit(c) && !((c == '.' || c == ',') && colons >= 2 && length + 1 < text.size() &&
                                 is_digit(text[length + 1]))) {
      break;
    }
  }
  if (colons != 2) {
    return 0;
  }
  line.seconds = seconds_of(text.substr(time_from, length - time_from));
  if (!line.seconds) {
    return 0;
  }
  if (dashes == 2) {
    line.year = base::parse_number<int>(text.substr(0, 4));
  }
  if (length < text.size() && text[length] == 'Z') {
    return length + 1;
  }
  if (length + 5 < text.size() && (text[length] == '+' || text[length] == '-') &&
      is_digit(text[length + 1]) && is_digit(text[length + 2])) {
    return length + (text[length + 3] == ':' ? 6 : 5);
  }
  return length;
}

bool take_seconds(std::string_view& text, BareLine& line) {
  std::size_t end = 0;
  std::size_t points = 0;
  while (end < text.size() && end < 16 && (is_digit(text[end]) || text[end] == '.')) {
    points += text[end] == '.' ? 1 : 0;
    ++end;
  }
  if (points != 1 || end < 3 || end + 1 >= text.size() || text[end] != ' ' || !is_digit(text[0])) {
    return false;
  }
  line.seconds = std::strtod(std::string(text.substr(0, end)).c_str(), nullptr);
  text.remove_prefix(end + 1);
  return true;
}

}  // namespace attache::doctor
