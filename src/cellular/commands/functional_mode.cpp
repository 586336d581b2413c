#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <iterator>

#include "cellular/nrf91.hpp"

namespace attache::cellular {

namespace {

using at::number;
using at::optional;

Answer set_functional_mode(Nrf91& modem, const Request& request) {
  constexpr int receive_only = 2;
  constexpr int uicc_off = 40;
  constexpr int uicc_on = 41;
  static constexpr std::array<int, 11> modes{0, 1, 2, 4, 20, 21, 30, 31, 40, 41, 44};
  auto mode = static_cast<int>(request.parameters.number(0));
  bool known = std::find(modes.begin(), modes.end(), mode) != modes.end();
  bool too_new = (mode == receive_only && !modem.profile.at_least(1, 3)) ||
                 ((mode == uicc_off || mode == uicc_on) && !modem.profile.at_least(1, 1, 3));
  if (!known || too_new) {
    return failure(CmeError::incorrect_parameters, fmt::format("there is no functional mode {}", mode),
                   "AT+CFUN=? lists the modes.");
  }
  return modem.power.set(mode);
}

Answer test_functional_mode(Nrf91& modem, const Request&) {
  return line(modem.profile.at_least(1, 3) ? "+CFUN: (0,1,2,4,20,21,30,31,40,41,44)"
                                           : "+CFUN: (0,1,4,20,21,30,31,40,41,44)");
}

Answer set_system_mode(Nrf91& modem, const Request& request) {
  const auto& given = request.parameters;
  Configuration::SystemMode mode;
  mode.lte_m = given.number(0) == 1;
  mode.nb_iot = given.number(1) == 1;
  mode.gnss = given.number(2) == 1;
  mode.preference = static_cast<int>(given.number(3));
  if (!modem.profile.at_least(1, 3)) {
    mode.preference = 0;
    if (mode.lte_m && mode.nb_iot) {
      return failure(CmeError::incorrect_parameters,
                     "this firmware takes LTE-M or NB-IoT, not both (both: from 1.3 on)");
    }
  }
  if (mode.preference != 0 && !mode.lte()) {
    return failure(CmeError::incorrect_parameters, "a preference needs LTE-M or NB-IoT enabled");
  }
  if (mode.lte() && modem.power.usable_bands(mode).empty()) {
    return failure(CmeError::invalid_band_configuration, "%XBANDLOCK leaves no band for this system mode",
                   "Change the lock with AT%XBANDLOCK first.");
  }
  modem.configuration.system_mode = mode;
  return ok();
}

Answer read_system_mode(Nrf91& modem, const Request&) {
  const auto& mode = modem.configuration.system_mode;
  return line(
      fmt::format("%XSYSTEMMODE: {:d},{:d},{:d},{}", mode.lte_m, mode.nb_iot, mode.gnss, mode.preference));
}

Answer test_system_mode(Nrf91& modem, const Request&) {
  if (!modem.profile.at_least(1, 3)) {
    return failure(base::Cause::form_not_supported, CmeError::none,
                   "the command has no test form before firmware 1.3");
  }
  return line("%XSYSTEMMODE: (0,1),(0,1),(0,1),(0-4)");
}

Answer list_commands(Nrf91& modem, const Request&) {
  Answer answer;
  for (const auto& [name, command] : command_table().all()) {
    if (known_to(modem.profile, command)) {
      fmt::format_to(std::back_inserter(answer.text), "AT{}\r\n", name);
    }
  }
  return answer;
}

Answer set_mode_of_operation(Nrf91& modem, const Request& request) {
  auto mode = static_cast<int>(request.parameters.number(0));
  if (mode == 1) {
    return failure(CmeError::incorrect_parameters, "+CEMODE takes 0 or 2");
  }
  modem.configuration.cemode = mode;
  return ok();
}

}  // namespace

void add_functional_mode_commands(CommandTable& table) {
  table.add("+CFUN",
            {.set = set_functional_mode,
             .read = [](Nrf91& modem,
                        const Request&) { return line(fmt::format("+CFUN: {}", modem.functional_mode())); },
             .test = test_functional_mode,
             .rules = {number("fun", 0, 255)}});
  table.add("%XSYSTEMMODE", {.set = set_system_mode,
                             .read = read_system_mode,
                             .test = test_system_mode,
                             .rules = {number("LTE_M_support", 0, 1), number("NB_IoT_support", 0, 1),
                                       number("GNSS_support", 0, 1), number("LTE_preference", 0, 4)},
                             .needs = Needs::lte_inactive});
  table.add("+CPAS", {.set = [](Nrf91&, const Request&) { return line("+CPAS: 0"); }});
  table.add("+CLAC", {.set = list_commands});
  table.add("+CEMODE", {.set = set_mode_of_operation,
                        .read =
                            [](Nrf91& modem, const Request&) {
                              return line(fmt::format("+CEMODE: {}", modem.configuration.cemode));
                            },
                        .test = [](Nrf91&, const Request&) { return line("+CEMODE: (0,2)"); },
                        .rules = {number("mode", 0, 2)}});
  table.add("%XDATAPRFL", {.set =
                               [](Nrf91& modem, const Request& request) {
                                 modem.configuration.data_profile =
                                     static_cast<int>(request.parameters.number(0));
                                 return ok();
                               },
                           .read =
                               [](Nrf91& modem, const Request&) {
                                 return line(fmt::format("%XDATAPRFL: {}", modem.configuration.data_profile));
                               },
                           .rules = {number("profile", 0, 4)}});
}

}  // namespace attache::cellular
