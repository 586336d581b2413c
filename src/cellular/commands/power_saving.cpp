#include <fmt/format.h>

#include <iterator>
#include <utility>

#include "cellular/gprs_timer.hpp"
#include "cellular/nrf91.hpp"

namespace attache::cellular {

namespace {

using at::number;
using at::optional;
using at::string;

constexpr std::size_t edrx_digits = 4;
constexpr int lte_m = 4;

Answer bad_bits(std::string_view name, std::size_t digits) {
  return failure(CmeError::incorrect_parameters,
                 fmt::format("<{}> must be {} binary digits in quotes", name, digits));
}

Answer set_power_saving(Nrf91& modem, const Request& request) {
  const auto& given = request.parameters;
  Configuration::PowerSaving wanted;
  bool timers_given = given.has(3) || given.has(4);  // One alone: the other one becomes the default.
  if (given.size() > 0) {
    wanted = timers_given ? wanted : modem.configuration.power_saving;
    wanted.on = given.number(0) == 1;
  } else if (!request.has_equals) {
    return failure(CmeError::incorrect_parameters, "<mode> is missing");
  }
  if (given.has(3)) {
    wanted.periodic_tau = given.text(3);
  }
  if (given.has(4)) {
    wanted.active_time = given.text(4);
  }
  if (!is_bit_string(wanted.periodic_tau, timer_digits)) {
    return bad_bits("Requested_Periodic-TAU", timer_digits);
  }
  if (!is_bit_string(wanted.active_time, timer_digits)) {
    return bad_bits("Requested_Active-Time", timer_digits);
  }
  if (std::exchange(modem.configuration.power_saving, wanted) != wanted) {
    modem.registration.update_power_saving();
  }
  return ok();
}

Answer read_power_saving(Nrf91& modem, const Request&) {
  const auto& psm = modem.configuration.power_saving;
  return line(fmt::format("+CPSMS: {:d},,,\"{}\",\"{}\"", psm.on, psm.periodic_tau, psm.active_time));
}

Answer set_edrx(Nrf91& modem, const Request& request) {
  constexpr int off = 0;
  constexpr int off_and_reset = 3;
  constexpr std::string_view default_cycle = "0010";
  const auto& given = request.parameters;
  auto mode = static_cast<int>(given.number(0));
  auto& configuration = modem.configuration;
  if (given.has(2) && !is_bit_string(given.text(2), edrx_digits)) {
    return bad_bits("Requested_eDRX_value", edrx_digits);
  }
  auto apply = [&](Configuration::Edrx& edrx, int technology) {
    if (given.number(1, technology) != technology) {
      return;
    }
    if (mode == off_and_reset) {
      edrx = {};
    } else if (mode == off) {
      edrx.on = false;
    } else {
      std::string cycle(given.text(2, edrx.cycle.empty() ? default_cycle : std::string_view(edrx.cycle)));
      edrx = {true, std::move(cycle), Configuration::Edrx().paging_window};
    }
  };
  apply(configuration.edrx_lte_m, lte_m);
  apply(configuration.edrx_nb_iot, lte_m + 1);
  if (mode != off && mode != off_and_reset) {
    configuration.edrx_mode = mode;
  } else if (!configuration.edrx_lte_m.on && !configuration.edrx_nb_iot.on) {
    configuration.edrx_mode = off;
  }
  modem.registration.update_power_saving();
  return ok();
}

// A +CEDRXS that fails leaves the requested values as they are and ends the subscription of +CEDRXP.
void end_edrx_subscription(Nrf91& modem) {
  constexpr int on = 1;
  constexpr int on_with_notifications = 2;
  int& mode = modem.configuration.edrx_mode;
  mode = mode == on_with_notifications ? on : mode;
}

Answer read_edrx(Nrf91& modem, const Request&) {
  Answer answer;
  const auto& configuration = modem.configuration;
  if (configuration.edrx_lte_m.on) {
    fmt::format_to(std::back_inserter(answer.text), "+CEDRXS: 4,\"{}\"\r\n", configuration.edrx_lte_m.cycle);
  }
  if (configuration.edrx_nb_iot.on) {
    fmt::format_to(std::back_inserter(answer.text), "+CEDRXS: 5,\"{}\"\r\n", configuration.edrx_nb_iot.cycle);
  }
  return answer;
}

Answer set_paging_window(Nrf91& modem, const Request& request) {
  const auto& given = request.parameters;
  const Configuration::Edrx initial;
  std::string_view window = given.text(1, initial.paging_window);
  if (!is_bit_string(window, edrx_digits)) {
    return bad_bits("PTW_value", edrx_digits);
  }
  auto& configuration = modem.configuration;
  (given.number(0) == lte_m ? configuration.edrx_lte_m : configuration.edrx_nb_iot).paging_window =
      std::string(window);
  modem.registration.update_power_saving();
  return ok();
}

Answer read_paging_window(Nrf91& modem, const Request&) {
  const auto& configuration = modem.configuration;
  return line(fmt::format("%XPTW: 4,\"{}\"\r\n%XPTW: 5,\"{}\"", configuration.edrx_lte_m.paging_window,
                          configuration.edrx_nb_iot.paging_window));
}

Answer show_negotiated_edrx(Nrf91& modem, const Request&) {
  const auto& edrx = modem.registration.edrx();
  if (!edrx) {
    return line("+CEDRXRDP: 0");
  }
  int technology = edrx->technology == AccessTechnology::lte_m ? lte_m : lte_m + 1;
  if (edrx->granted.empty()) {
    return line(fmt::format("+CEDRXRDP: {},\"{}\"", technology, edrx->requested));
  }
  return line(fmt::format("+CEDRXRDP: {},\"{}\",\"{}\",\"{}\"", technology, edrx->requested, edrx->granted,
                          edrx->paging_window));
}

Answer subscribe_sleep(Nrf91& modem, const Request& request) {
  const auto& given = request.parameters;
  auto& sleep = modem.subscriptions.sleep;
  sleep.on = given.number(0) == 1;
  if (sleep.on && (!given.has(1) || !given.has(2))) {
    sleep.on = false;
    return failure(CmeError::incorrect_parameters, "a subscription needs pre-warning time and threshold",
                   "Example: AT%XMODEMSLEEP=1,500,10240.");
  }
  sleep.warning = std::chrono::milliseconds(given.number(1, 0));
  sleep.threshold = std::chrono::milliseconds(given.number(2, 0));
  modem.registration.reports_changed();
  modem.announcements.announce_flight_sleep();
  return ok();
}

Answer subscribe_update(Nrf91& modem, const Request& request) {
  const auto& given = request.parameters;
  auto& update = modem.subscriptions.update;
  bool on = given.number(0) == 1;
  if (on && (!given.has(1) || !given.has(2))) {
    return failure(CmeError::incorrect_parameters, "a subscription needs pre-warning time and threshold",
                   "Example: AT%XT3412=1,5000,1200000.");
  }
  update.on = on;
  update.warning = std::chrono::milliseconds(given.number(1, 0));
  update.threshold = std::chrono::milliseconds(given.number(2, 0));
  modem.registration.reports_changed();
  return ok();
}

// Of 1.2 and older: 0 off, 3 one response, 4 no response.
Answer set_early_assistance(Nrf91& modem, const Request& request) {
  auto mode = static_cast<int>(request.parameters.number(0));
  if (mode == 1 || mode == 2) {
    return failure(CmeError::incorrect_parameters, "%XRAI takes 0, 3 or 4");
  }
  modem.configuration.release_assistance = mode;
  return ok();
}

Answer set_assistance(Nrf91& modem, const Request& request) {
  auto mode = static_cast<int>(request.parameters.number(0, 1));
  if (mode == 2 && !modem.profile.at_least(2, 0, 2)) {
    return failure(base::Cause::not_in_this_firmware, CmeError::incorrect_parameters,
                   "notifications need firmware 2.0.2 or later");
  }
  modem.configuration.release_assistance = mode;
  return ok();
}

}  // namespace

void add_power_saving_commands(CommandTable& table) {
  constexpr std::int64_t longest_ms = 10485759;
  table.add("+CPSMS", {.set = set_power_saving,
                       .read = read_power_saving,
                       .rules = {optional(number("mode", 0, 1)), optional(string("RAU", 8)),
                                 optional(string("GPRS-READY", 8)), optional(string("TAU", 8)),
                                 optional(string("Active-Time", 8))}});
  table.add("+CEDRXS",
            {.set = set_edrx,
             .read = read_edrx,
             .test = [](Nrf91&, const Request&) { return line("+CEDRXS: (0-3),(4-5),(\"0000\"-\"1111\")"); },
             .rules = {number("mode", 0, 3), optional(number("AcT-type", 4, 5)),
                       optional(string("Requested_eDRX_value", 4))},
             .failed = end_edrx_subscription});
  table.add("+CEDRXRDP", {.set = show_negotiated_edrx});
  table.add("%XPTW", {.set = set_paging_window,
                      .read = read_paging_window,
                      .rules = {number("AcT-type", 4, 5), optional(string("PTW_value", 4))}});
  table.add("%XMODEMSLEEP",
            {.set = subscribe_sleep,
             .rules = {number("state", 0, 1), optional(number("pre_warning_time", 0, longest_ms)),
                       optional(number("threshold", 0, longest_ms))},
             .since = firmware_version(1, 3)});
  table.add("%XT3412", {.set = subscribe_update,
                        .rules = {number("state", 0, 1), optional(number("pre_warning_time", 0, longest_ms)),
                                  optional(number("threshold", 0, INT32_MAX))},
                        .since = firmware_version(1, 3)});
  table.add("%XRAI", {.set = set_early_assistance,
                      .read =
                          [](Nrf91& modem, const Request&) {
                            if (!modem.profile.at_least(1, 1)) {
                              return failure(base::Cause::form_not_supported, CmeError::none,
                                             "the command has no read form before 1.1");
                            }
                            return line(fmt::format("%XRAI: {}", modem.configuration.release_assistance));
                          },
                      .rules = {number("rai", 0, 4)},
                      .before = firmware_version(1, 3)});
  table.add(
      "%RAI",
      {.set = set_assistance, .rules = {optional(number("rai", 0, 2))}, .since = firmware_version(1, 3)});
  table.add("+CEPPI", {.set =
                           [](Nrf91& modem, const Request& request) {
                             modem.scratch.low_power_preferred = request.parameters.number(0) == 1;
                             return ok();
                           },
                       .test = [](Nrf91&, const Request&) { return line("+CEPPI: (0,1)"); },
                       .rules = {number("power_preference", 0, 1)}});
}

}  // namespace attache::cellular
