#include "device/config/numbering.hpp"

#include <fmt/format.h>

#include <string>
#include <string_view>

namespace attache::device {

namespace {

constexpr std::size_t longest_name = 64;

int luhn_sum(std::string_view digits) {
  int sum = 0;
  bool doubled = false;
  for (auto digit = digits.rbegin(); digit != digits.rend(); ++digit, doubled = !doubled) {
    int value = (*digit - '0') * (doubled ? 2 : 1);
    sum += value > 9 ? value - 9 : value;
  }
  return sum;
}

// Adds to a decimal number of any length, which keeps that length; false: there is no such number.
bool add(std::string& digits, std::uint32_t summand) {
  for (auto digit = digits.rbegin(); digit != digits.rend() && summand > 0; ++digit) {
    summand += static_cast<std::uint32_t>(*digit - '0');
    *digit = static_cast<char>('0' + summand % 10);
    summand /= 10;
  }
  return summand == 0;
}

// IMEI and ICCID end in a check digit (ISO/IEC 7812-1), unless somebody has made them up.
bool add_checked(std::string& digits, std::uint32_t summand) {
  if (digits.empty() || luhn_sum(digits) % 10 != 0) {
    return add(digits, summand);
  }
  std::string body = digits.substr(0, digits.size() - 1);
  if (!add(body, summand)) {
    return false;
  }
  digits = body + '0';
  digits.back() = static_cast<char>('0' + (10 - luhn_sum(digits) % 10) % 10);
  return true;
}

bool add_to_telephone(std::string& number, std::uint32_t summand) {
  bool has_plus = number.starts_with('+');
  std::string digits = number.substr(has_plus ? 1 : 0);
  if (digits.empty()) {
    return true;
  }
  bool is_counted = add(digits, summand);
  number = (has_plus ? "+" : "") + digits;
  return is_counted;
}

base::Reason no_digits_left(std::string_view what, std::uint32_t number) {
  return base::make_reason(fmt::format("there is no device number {}", number),
                           fmt::format("the {} has no digits left to count up to it", what),
                           "give the configuration a smaller one");
}

}  // namespace

base::Result<void> number_device(std::uint32_t number, DeviceConfig& config) {
  if (number == 0 || number > most_numbered_devices) {
    return base::make_reason(fmt::format("there is no device number {}", number),
                             fmt::format("they are counted from 1 to {}", most_numbered_devices));
  }
  std::uint32_t further = number - 1;
  cellular::SimulationOptions& simulation = config.simulation;
  if (!add_checked(simulation.imei, further)) {
    return no_digits_left("IMEI", number);
  }
  if (!add(simulation.sim.imsi, further)) {
    return no_digits_left("IMSI", number);
  }
  if (!add_checked(simulation.sim.iccid, further)) {
    return no_digits_left("ICCID", number);
  }
  if (!add_to_telephone(simulation.sim.msisdn, further) ||
      !add_to_telephone(simulation.sms.number, further)) {
    return no_digits_left("telephone number", number);
  }
  simulation.seed += further;
  config.name = fmt::format("{}-{}", config.name.empty() ? "modem" : config.name, number);
  if (config.name.size() > longest_name) {
    return base::make_reason("the device's name is too long",
                             fmt::format("with its number it has {} characters; {} are the most",
                                         config.name.size(), longest_name));
  }
  return {};
}

}  // namespace attache::device
