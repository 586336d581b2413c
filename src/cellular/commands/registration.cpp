#include <fmt/format.h>

#include <algorithm>
#include <utility>
#include <vector>

#include "cellular/network/plmn.hpp"
#include "cellular/nrf91.hpp"
#include "cellular/registration/band_lock.hpp"

namespace attache::cellular {

namespace {

using at::number;
using at::optional;
using at::string;

// Reference timings.md.
constexpr Span network_search{std::chrono::seconds(15), std::chrono::seconds(180)};
constexpr Span both_technologies_search{std::chrono::seconds(15), std::chrono::minutes(10)};
constexpr int numeric_format = 2;

Answer set_registration_level(Nrf91& modem, const Request& request) {
  modem.announcements.set_registration_level(static_cast<int>(request.parameters.number(0)));
  return ok();
}

Answer read_registration(Nrf91& modem, const Request&) {
  int level = modem.subscriptions.cereg;
  return line(fmt::format("+CEREG: {},{}", level, modem.registration_text(level, true)));
}

// A new choice of network counts at once if the modem is not where it should be.
void follow_selection(Nrf91& modem) {
  const auto& status = modem.registration.status();
  const std::string& selected = modem.configuration.selected_plmn;
  int technology = modem.configuration.selected_technology;
  bool elsewhere = !selected.empty() && status.cell &&
                   (status.cell->plmn != selected ||
                    (technology != 0 && technology != access_technology_number(status.cell->technology)));
  if (!modem.lte_active() || !modem.sim.ready()) {
    return;
  }
  if (elsewhere || !status.registered()) {
    modem.power.reselect_network();
  }
}

Answer select_operator(Nrf91& modem, const Request& request) {
  const auto& given = request.parameters;
  auto mode = given.number(0);
  if (mode == 3) {
    modem.scratch.cops_format = static_cast<int>(given.number(1, numeric_format));
    return ok();
  }
  if (mode != 0 && mode != 1) {
    return failure(CmeError::incorrect_parameters, fmt::format("mode {} cannot be set", mode),
                   "Modes: 0 automatic, 1 manual, 3 format of the read form.");
  }
  if (given.has(3) && (mode != 1 || given.number(3) == 8 || !modem.profile.at_least(2, 0))) {
    return failure(CmeError::incorrect_parameters,
                   "<AcT> is 7 or 9, for a manual selection from firmware 2.0 on");
  }
  std::string selected;
  if (mode == 1) {
    selected = given.text(2);
    if (given.number(1, -1) != numeric_format || !is_plmn(selected)) {
      return failure(CmeError::incorrect_parameters,
                     "a manual selection needs format 2 and a PLMN of five or six digits",
                     "Example: AT+COPS=1,2,\"26201\".");
    }
  }
  auto technology = static_cast<int>(given.number(3, 0));
  bool changed = modem.configuration.selected_plmn != selected ||
                 (technology != 0 && technology != modem.configuration.selected_technology);
  modem.configuration.selected_plmn = selected;
  modem.configuration.selected_technology = technology;
  if (changed) {
    follow_selection(modem);
  }
  return ok();
}

Answer read_operator(Nrf91& modem, const Request&) {
  int mode = modem.configuration.selected_plmn.empty() ? 0 : 1;
  const auto& status = modem.registration.status();
  if (!status.registered()) {
    return line(fmt::format("+COPS: {}", mode));
  }
  const std::string& name =
      modem.scratch.cops_format == numeric_format ? status.cell->plmn : status.cell->network->name;
  return line(fmt::format("+COPS: {},{},\"{}\",{}", mode, modem.scratch.cops_format, name,
                          access_technology_number(status.cell->technology)));
}

// <stat> of a network in the list: 2 current, 3 forbidden, 1 available.
int availability(const Nrf91& modem, const Cell& cell, std::string_view current) {
  if (cell.plmn == current) {
    return 2;
  }
  return modem.sim.forbids(cell.plmn) ? 3 : 1;
}

// One entry for each network and technology.
std::string network_list(const Nrf91& modem, std::string_view current) {
  std::vector<std::string> entries;
  for (const Cell& cell : modem.radio.cells()) {
    if (modem.registration.selection().supports(cell) && modem.radio.heard(cell)) {
      std::string entry = fmt::format("({},\"\",\"\",\"{}\",{})", availability(modem, cell, current),
                                      cell.plmn, access_technology_number(cell.technology));
      if (std::find(entries.begin(), entries.end(), entry) == entries.end()) {
        entries.push_back(std::move(entry));
      }
    }
  }
  return fmt::format("{}", fmt::join(entries, ","));
}

Answer list_networks(Nrf91& modem, const std::string& name, bool interrupts) {
  if (!modem.lte_active()) {
    return failure(base::Cause::radio_off, CmeError::not_allowed, "LTE is off: networks cannot be searched",
                   "Switch it on with AT+CFUN=1.");
  }
  if (!interrupts && modem.registration.connected()) {
    return failure(CmeError::radio_active, "the radio connection is active (+CSCON: 1)",
                   "Wait for +CSCON: 0, or use AT%COPS=?.");
  }
  const auto& status = modem.registration.status();
  std::string current = status.registered() ? status.cell->plmn : "";
  const auto& mode = modem.configuration.system_mode;
  if (interrupts) {
    modem.registration.begin_forced_search();
  }
  return modem.engine.finish_after(
      mode.lte_m && mode.nb_iot ? both_technologies_search : network_search,
      [&modem, name, current, interrupts] {
        Answer list = line(fmt::format("{}: {}", name, network_list(modem, current)));
        if (interrupts) {
          modem.registration.end_forced_search();
        } else if (modem.registration.connected()) {
          Answer partial = failure(CmeError::search_interrupted,
                                   "the search was interrupted by a radio connection: not all is listed");
          partial.text = std::move(list.text);
          return partial;
        }
        return list;
      });
}

Answer lock_bands(Nrf91& modem, const Request& request) {
  constexpr int permanent = 1;
  auto operation = request.parameters.number(0);
  if (operation == 0) {
    modem.configuration.band_lock.clear();
    modem.scratch.runtime_band_lock.clear();
    return ok();
  }
  auto mask = padded_band_mask(request.parameters.text(1));
  if (!mask) {
    return failure(CmeError::incorrect_parameters, "the mask must be 1 to 88 binary digits in quotes",
                   "The digit at the right end is band 1.");
  }
  bool sets_permanent = operation == permanent;
  std::string& mine = sets_permanent ? modem.configuration.band_lock : modem.scratch.runtime_band_lock;
  std::string before = std::exchange(mine, *mask);
  if (modem.power.usable_bands().empty()) {
    mine = std::move(before);
    return failure(base::Cause::band_lock_excludes_operator, CmeError::incorrect_parameters,
                   "the mask leaves no band that the modem supports");
  }
  return ok();
}

Answer read_band_lock(Nrf91& modem, const Request&) {
  return line(fmt::format("%XBANDLOCK: \"{}\",\"{}\"", modem.configuration.band_lock,
                          modem.scratch.runtime_band_lock));
}

Answer current_band(Nrf91& modem, const Request&) {
  const Cell* cell = modem.registration.serving_cell();
  return line(
      fmt::format("%XCBAND: {}", cell != nullptr ? modem.registration.selection().band_of(*cell) : 0));
}

Answer list_bands(Nrf91& modem, const Request&) {
  return line(fmt::format("%XCBAND: ({})", fmt::join(modem.power.usable_bands(), ",")));
}

Answer read_connection_state(Nrf91& modem, const Request&) {
  int level = modem.subscriptions.cscon;
  bool connected = modem.registration.connected();
  std::string_view tail;
  if (connected && level >= 2) {
    tail = level == 3 ? ",7,4" : ",7";
  }
  return line(fmt::format("+CSCON: {},{:d}{}", level, connected, tail));
}

}  // namespace

void add_registration_commands(CommandTable& table) {
  constexpr int nrf91_2_0 = firmware_version(2, 0);
  table.add("+CEREG", {.set = set_registration_level,
                       .read = read_registration,
                       .test = [](Nrf91&, const Request&) { return line("+CEREG: (0-5)"); },
                       .rules = {optional(number("n", 0, 5))}});
  table.add("+COPS",
            {.set = select_operator,
             .read = read_operator,
             .test = [](Nrf91& modem, const Request&) { return list_networks(modem, "+COPS", false); },
             .rules = {number("mode", 0, 4), optional(number("format", 0, 2)), optional(string("oper", 6)),
                       optional(number("AcT", 7, 9))}});
  table.add("%COPS",
            {.test = [](Nrf91& modem, const Request&) { return list_networks(modem, "%COPS", true); },
             .since = firmware_version(1, 1)});
  table.add("+CSCON", {.set =
                           [](Nrf91& modem, const Request& request) {
                             modem.subscriptions.cscon = static_cast<int>(request.parameters.number(0));
                             return ok();
                           },
                       .read = read_connection_state,
                       .test = [](Nrf91&, const Request&) { return line("+CSCON: (0,1,2,3)"); },
                       .rules = {number("n", 0, 3)},
                       .since = firmware_version(1, 1)});
  table.add("%XBANDLOCK", {.set = lock_bands,
                           .read = read_band_lock,
                           .rules = {number("operation", 0, 2), optional(string("band_mask", 88))},
                           .needs = Needs::lte_inactive});
  table.add("%XCBAND", {.set = current_band, .test = list_bands, .needs = Needs::lte_active});
  table.add("%XDEEPSEARCH",
            {.set =
                 [](Nrf91& modem, const Request& request) {
                   modem.registration.set_deep_search(request.parameters.number(0) == 1);
                   return ok();
                 },
             .read =
                 [](Nrf91& modem, const Request&) {
                   return line(fmt::format("%XDEEPSEARCH: {:d}", modem.registration.deep_search()));
                 },
             .test =
                 [](Nrf91& modem, const Request&) {
                   modem.registration.request_deep_search();
                   return ok();
                 },
             .rules = {number("state", 0, 1)},
             .since = firmware_version(1, 1),
             .before = nrf91_2_0});
  table.add("+COPN", {.set = [](Nrf91&, const Request&) { return ok(); }});
}

}  // namespace attache::cellular
