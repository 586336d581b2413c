#include "device/config/config_value.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <utility>

#include "base/text.hpp"

namespace attache::device {

namespace {

struct Quantity {
  double number;
  std::string_view unit;
};

// A plain decimal number and what follows it: no sign, no exponent, no "nan".
std::optional<Quantity> parse_quantity(std::string_view text) {
  double number = 0;
  const char* end = text.data() + text.size();
  if (text.empty() || text.front() < '0' || text.front() > '9') {
    return std::nullopt;
  }
  auto [rest, error] = std::from_chars(text.data(), end, number, std::chars_format::fixed);
  if (error != std::errc{}) {
    return std::nullopt;
  }
  return Quantity{number, {rest, static_cast<std::size_t>(end - rest)}};
}

template <std::size_t N>
std::optional<double> scaled(std::string_view text,
                             const std::array<std::pair<std::string_view, double>, N>& units) {
  auto quantity = parse_quantity(text);
  if (!quantity) {
    return std::nullopt;
  }
  auto unit = std::find_if(units.begin(), units.end(),
                           [&](const auto& known) { return known.first == quantity->unit; });
  return unit == units.end() ? std::nullopt : std::optional(quantity->number * unit->second);
}

std::optional<base::Duration> seconds(double number) {
  constexpr double longest = 86'400;
  if (!(number >= 0 && number <= longest)) {
    return std::nullopt;
  }
  return std::chrono::round<base::Duration>(std::chrono::duration<double>(number));
}

std::optional<std::uint64_t> bits_per_second(double number) {
  constexpr double highest = 1e12;
  if (!(number >= 0 && number <= highest)) {
    return std::nullopt;
  }
  return static_cast<std::uint64_t>(std::llround(number));
}

bool all_of(std::string_view text, bool (*fits)(char)) {
  return std::all_of(text.begin(), text.end(), fits);
}

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

}  // namespace

std::optional<base::Duration> parse_duration(std::string_view text) {
  constexpr std::array<std::pair<std::string_view, double>, 5> units{
      {{"us", 1e-6}, {"ms", 1e-3}, {"s", 1}, {"min", 60}, {"h", 3600}}};
  auto number = scaled(text, units);
  return number ? seconds(*number) : std::nullopt;
}

std::optional<base::Duration> duration_of(const ConfigValue& value) {
  if (const auto* text = std::get_if<std::string>(&value)) {
    return parse_duration(*text);
  }
  if (const auto* whole = std::get_if<std::int64_t>(&value)) {
    return seconds(static_cast<double>(*whole));
  }
  const auto* number = std::get_if<double>(&value);
  return number != nullptr ? seconds(*number) : std::nullopt;
}

std::optional<std::uint64_t> parse_rate(std::string_view text) {
  constexpr std::array<std::pair<std::string_view, double>, 4> units{
      {{"", 1}, {"k", 1e3}, {"M", 1e6}, {"G", 1e9}}};
  auto number = scaled(text, units);
  return number ? bits_per_second(*number) : std::nullopt;
}

std::optional<std::uint64_t> rate_of(const ConfigValue& value) {
  if (const auto* text = std::get_if<std::string>(&value)) {
    return parse_rate(*text);
  }
  const auto* whole = std::get_if<std::int64_t>(&value);
  return whole != nullptr ? bits_per_second(static_cast<double>(*whole)) : std::nullopt;
}

std::optional<double> parse_percentage(std::string_view text) {
  constexpr std::array<std::pair<std::string_view, double>, 1> units{{{"%", 0.01}}};
  auto share = scaled(text, units);
  return share && *share <= 1 ? share : std::nullopt;
}

bool is_digits(std::string_view text, std::size_t least, std::size_t most) {
  return text.size() >= least && text.size() <= most && all_of(text, is_digit);
}

bool is_hex(std::string_view text, std::size_t count) {
  return text.size() == count && base::from_hex(text).has_value();
}

bool is_bit_strings(std::string_view text, std::size_t width, std::size_t count) {
  auto parts = base::split(text, ',');
  return parts.size() == count && std::all_of(parts.begin(), parts.end(), [&](std::string_view part) {
           return part.size() == width && all_of(part, [](char c) { return c == '0' || c == '1'; });
         });
}

bool is_firmware(std::string_view text) {
  std::string_view version;
  for (std::string_view family : {"mfw_nrf9160_1.", "mfw_nrf91x1_2."}) {
    if (text.starts_with(family)) {
      version = text.substr(family.size());
    }
  }
  std::size_t dash = version.find('-');
  auto parts = base::split(version.substr(0, dash), '.');
  bool suffix_fits = dash == std::string_view::npos ||
                     (dash + 1 < version.size() && all_of(version.substr(dash), [](char c) {
                        return c > ' ' && c < 0x7F && c != '"' && c != ',';
                      }));
  return parts.size() == 2 && is_digits(parts[0], 1, 2) && is_digits(parts[1], 1, 2) && suffix_fits;
}

bool is_host_name(std::string_view text) {
  constexpr std::size_t longest = 253;
  constexpr std::size_t longest_label = 63;
  if (text.size() > longest) {
    return false;
  }
  auto labels = base::split(text, '.');
  return std::all_of(labels.begin(), labels.end(), [](std::string_view label) {
    return !label.empty() && label.size() <= longest_label && all_of(label, [](char c) {
      return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-' || c == '_';
    });
  });
}

}  // namespace attache::device
