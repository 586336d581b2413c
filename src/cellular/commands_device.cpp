#include <fmt/format.h>

#include <iterator>

#include "base/text.hpp"
#include "cellular/nrf91.hpp"

namespace attache::cellular {

namespace {

using at::number;
using at::optional;
using at::string;

constexpr int battery_mv = 3600;
constexpr int temperature = 27;

Answer show_serial_number(Nrf91& modem, const Request& request) {
  constexpr std::size_t imei_without_check_digit = 14;
  constexpr std::string_view software_version = "01";
  const std::string& imei = modem.options.imei;
  if (!request.parameters.has(0)) {
    return line(imei);
  }
  switch (request.parameters.number(0)) {
    case 2:
      return line(fmt::format("+CGSN: \"{}{}\"", imei.substr(0, imei_without_check_digit), software_version));
    case 3:
      return line(fmt::format("+CGSN: \"{}\"", software_version));
    default:
      return line(fmt::format("+CGSN: \"{}\"", imei));
  }
}

// A UUID of version 4 made from the IMEI, so that a device keeps its own.
std::string device_uuid(std::string_view imei) {
  std::string hex = base::to_lower(base::to_hex(base::sha256(imei)));
  return fmt::format("{}-{}-4{}-8{}-{}", hex.substr(0, 8), hex.substr(8, 4), hex.substr(13, 3),
                     hex.substr(17, 3), hex.substr(20, 12));
}

// "<count>,<state>,<low MHz>,<high MHz>,…": three numbers for each range.
Answer set_coexistence(Nrf91& modem, const Request& request) {
  const auto& given = request.parameters;
  if (given.size() == 0) {
    modem.configuration.coex0.clear();
    return ok();
  }
  constexpr std::size_t values_of_range = 3;
  auto ranges = static_cast<std::size_t>(given.number(0));
  if (given.size() != 1 + ranges * values_of_range) {
    return failure(CmeError::incorrect_parameters, fmt::format("{} ranges need {} numbers after the count",
                                                               ranges, ranges * values_of_range));
  }
  std::string text = std::to_string(ranges);
  for (std::size_t i = 1; i < given.size(); ++i) {
    if (!given.has(i)) {
      return failure(CmeError::incorrect_parameters, "a number is missing in a range");
    }
    fmt::format_to(std::back_inserter(text), ",{}", given.number(i));
  }
  modem.configuration.coex0 = text;
  return ok();
}

std::vector<at::ParameterRule> coexistence_rules() {
  constexpr int most_ranges = 4;
  constexpr int most_mhz = 65535;
  std::vector<at::ParameterRule> rules{optional(number("XCOEX0_count", 1, most_ranges))};
  for (int range = 0; range < most_ranges; ++range) {
    rules.push_back(optional(number("state", 0, 1)));
    rules.push_back(optional(number("freq_low", 0, most_mhz)));
    rules.push_back(optional(number("freq_high", 0, most_mhz)));
  }
  return rules;
}

void add_identity(CommandTable& table) {
  table.add("+CGMI", {.set = [](Nrf91&, const Request&) { return line("Nordic Semiconductor ASA"); }});
  table.add("+CGMM",
            {.set = [](Nrf91& modem, const Request&) { return line(std::string(modem.profile.model())); }});
  table.add("+CGMR", {.set = [](Nrf91& modem, const Request&) { return line(modem.profile.revision); }});
  table.add("+CGSN", {.set = show_serial_number,
                      .test = [](Nrf91&, const Request&) { return line("+CGSN: (0-3)"); },
                      .rules = {optional(number("snt", 0, 3))}});
  table.add("%SHORTSWVER", {.set = [](Nrf91& modem, const Request&) {
              return line(fmt::format("%SHORTSWVER: {}", modem.profile.short_revision()));
            }});
  table.add("%HWVERSION", {.set = [](Nrf91& modem, const Request&) {
              return line(fmt::format("%HWVERSION: {}", modem.profile.hardware()));
            }});
  table.add("%XMODEMUUID", {.set = [](Nrf91& modem, const Request&) {
              return line(fmt::format("%XMODEMUUID: {}", modem.profile.build_uuid()));
            }});
  table.add("%DEVICEUUID",
            {.set =
                 [](Nrf91& modem, const Request&) {
                   return line(fmt::format("%DEVICEUUID: {}", device_uuid(modem.options.imei)));
                 },
             .since = firmware_version(1, 3)});
}

void add_battery_and_temperature(CommandTable& table) {
  table.add("%XVBAT",
            {.set = [](Nrf91&, const Request&) { return line(fmt::format("%XVBAT: {}", battery_mv)); }});
  table.add("%XVBATLVL", {.set =
                              [](Nrf91& modem, const Request& request) {
                                modem.subscriptions.xvbat = request.parameters.number(0) == 1;
                                return ok();
                              },
                          .rules = {number("n", 0, 1)},
                          .since = firmware_version(1, 1)});
  table.add("%XVBATLOWLVL",
            {.set =
                 [](Nrf91& modem, const Request& request) {
                   modem.scratch.battery_low_level_mv = static_cast<int>(request.parameters.number(0));
                   return ok();
                 },
             .read =
                 [](Nrf91& modem, const Request&) {
                   return line(fmt::format("%XVBATLOWLVL: {}", modem.scratch.battery_low_level_mv));
                 },
             .rules = {number("low_level", 3100, 5000)},
             .since = firmware_version(1, 1)});
  table.add("%XTEMP", {.set =
                           [](Nrf91& modem, const Request& request) {
                             modem.subscriptions.xtemp = request.parameters.number(0) == 1;
                             return ok();
                           },
                       .read =
                           [](Nrf91& modem, const Request&) {
                             bool number_only = !modem.profile.at_least(1, 3);
                             return line(number_only ? std::to_string(temperature)
                                                     : fmt::format("%XTEMP: {}", temperature));
                           },
                       .rules = {number("n", 0, 1)}});
  table.add("%XTEMPHIGHLVL",
            {.set =
                 [](Nrf91& modem, const Request& request) {
                   modem.scratch.temperature_high_level = static_cast<int>(request.parameters.number(0));
                   return ok();
                 },
             .read =
                 [](Nrf91& modem, const Request&) {
                   return line(fmt::format("%XTEMPHIGHLVL: {}", modem.scratch.temperature_high_level));
                 },
             .rules = {number("high_level", 1, 85)}});
}

}  // namespace

void add_device_commands(CommandTable& table) {
  add_identity(table);
  add_battery_and_temperature(table);
  table.add("%XCOEX0", {.set = set_coexistence,
                        .read =
                            [](Nrf91& modem, const Request&) {
                              return line(fmt::format("%XCOEX0: {}", modem.configuration.coex0));
                            },
                        .rules = coexistence_rules()});
}

}  // namespace attache::cellular
