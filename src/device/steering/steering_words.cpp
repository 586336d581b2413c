#include <fmt/format.h>

#include <charconv>

#include "device/config/config_value.hpp"
#include "device/steering/steering_families.hpp"

namespace attache::device {

base::Reason misuse(std::string_view why) {
  return base::make_reason("the command cannot be carried out", std::string(why));
}

base::Reason not_steerable() {
  return base::make_reason("this modem cannot be steered", "Attaché simulates neither it nor its network",
                           "take a device with the simulated modem");
}

std::optional<Assignment> assignment(std::string_view word) {
  std::size_t sign = word.find('=');
  if (sign == std::string_view::npos) {
    return std::nullopt;
  }
  return Assignment{word.substr(0, sign), word.substr(sign + 1)};
}

std::optional<double> decimal_number(std::string_view word) {
  double value = 0;
  const char* word_end = word.data() + word.size();
  auto [end, error] = std::from_chars(word.data(), word_end, value, std::chars_format::fixed);
  return error == std::errc() && end == word_end ? std::optional(value) : std::nullopt;
}

std::optional<base::Duration> time_of(std::string_view word) {
  auto duration = parse_duration(word);
  return duration ? duration : parse_duration(fmt::format("{}s", word));
}

std::optional<bool> on_or_off(std::string_view word) {
  if (word != "on" && word != "off") {
    return std::nullopt;
  }
  return word == "on";
}

}  // namespace attache::device
