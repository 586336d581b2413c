#include <fmt/format.h>

#include <iterator>

#include "base/text.hpp"
#include "cellular/device_identity.hpp"
#include "cellular/nrf91.hpp"

namespace attache::cellular {

namespace {

using at::number;
using at::optional;
using at::string;

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

// The code on the package: twenty digits that belong to the device.
std::string marking(std::string_view imei) {
  constexpr std::size_t digits = 20;
  return base::to_hex(base::sha256(fmt::format("2DID {}", imei))).substr(0, digits);
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
  table.add("%2DID", {.set =
                          [](Nrf91& modem, const Request&) {
                            return line(fmt::format("%2DID: \"{}\"", marking(modem.options.imei)));
                          },
                      .since = firmware_version(1, 3, 4)});
}

// The level is in tenths of a volt.
Answer warn_of_power_off(Nrf91& modem, const Request& request) {
  constexpr int millivolts = 100;
  const auto& given = request.parameters;
  bool on = given.number(0) == 1;
  if (on && !given.has(1)) {
    return failure(CmeError::incorrect_parameters, "<level> is missing: 30 to 33 tenths of a volt");
  }
  modem.surroundings.set_power_off_warning(on ? std::optional(static_cast<int>(given.number(1)) * millivolts)
                                              : std::nullopt);
  return ok();
}

void add_battery_and_temperature(CommandTable& table) {
  table.add("%XVBAT", {.set = [](Nrf91& modem, const Request&) {
              return line(fmt::format("%XVBAT: {}", modem.surroundings.battery_mv() / 4 * 4));
            }});
  table.add("%XVBATLVL", {.set =
                              [](Nrf91& modem, const Request& request) {
                                modem.subscriptions.xvbat = request.parameters.number(0) == 1;
                                modem.surroundings.check_battery();
                                return ok();
                              },
                          .rules = {number("n", 0, 1)},
                          .since = firmware_version(1, 1)});
  table.add("%XVBATLOWLVL",
            {.set =
                 [](Nrf91& modem, const Request& request) {
                   modem.scratch.battery_low_level_mv = static_cast<int>(request.parameters.number(0));
                   modem.surroundings.check_battery();
                   return ok();
                 },
             .read =
                 [](Nrf91& modem, const Request&) {
                   return line(fmt::format("%XVBATLOWLVL: {}", modem.scratch.battery_low_level_mv));
                 },
             .rules = {number("low_level", 3100, 5000)},
             .since = firmware_version(1, 1)});
  table.add("%XPOFWARN", {.set = warn_of_power_off,
                          .rules = {number("state", 0, 1), optional(number("level", 30, 33))},
                          .since = firmware_version(1, 1, 3)});
  table.add("%XTEMP", {.set =
                           [](Nrf91& modem, const Request& request) {
                             modem.subscriptions.xtemp = request.parameters.number(0) == 1;
                             return ok();
                           },
                       .read =
                           [](Nrf91& modem, const Request&) {
                             bool number_only = !modem.profile.at_least(1, 3);
                             return line(number_only
                                             ? std::to_string(modem.surroundings.temperature())
                                             : fmt::format("%XTEMP: {}", modem.surroundings.temperature()));
                           },
                       .rules = {number("n", 0, 1)}});
  table.add("%XTEMPHIGHLVL",
            {.set =
                 [](Nrf91& modem, const Request& request) {
                   modem.scratch.temperature_high_level = static_cast<int>(request.parameters.number(0));
                   modem.surroundings.check_temperature();
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
  add_pin_commands(table);
}

}  // namespace attache::cellular
