#include "cellular/network/network_steering.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <utility>

#include "cellular/network/network_outcome.hpp"
#include "cellular/nrf91.hpp"
#include "cellular/registration/cause_names.hpp"

namespace attache::cellular {

namespace {

bool is_hex(std::string_view text, std::size_t digits) {
  return text.size() == digits && text.find_first_not_of("0123456789ABCDEFabcdef") == std::string_view::npos;
}

std::string upper(std::string_view text) {
  std::string result(text);
  std::transform(result.begin(), result.end(), result.begin(),
                 [](char c) { return c >= 'a' && c <= 'f' ? static_cast<char>(c - 'a' + 'A') : c; });
  return result;
}

bool is_emm_cause(int cause) {
  constexpr int least = 2;
  constexpr int greatest = 111;
  return cause >= least && cause <= greatest;
}

// When a modem looks for a network: whoever steers it would wait for nothing else.
std::string_view next_search(const Nrf91& modem) {
  if (!modem.lte_active()) {
    return "; the modem looks for them when AT+CFUN=1 is given";
  }
  return modem.registration.status().in_service()
             ? ""
             : "; the modem looks for them at its next periodic search (AT%PERIODICSEARCHCONF), or at once "
               "after AT+CFUN=4 and AT+CFUN=1";
}

std::string_view next_attach(const Nrf91& modem) {
  if (!modem.lte_active()) {
    return "; the modem attaches when AT+CFUN=1 is given";
  }
  return modem.registration.status().registered()
             ? "; the modem is registered: AT+CFUN=4 and AT+CFUN=1 make it attach anew"
             : "; the modem attaches as soon as it finds a network";
}

}  // namespace

Cell* NetworkSteering::steered_cell(std::string_view id) {
  if (!id.empty()) {
    return modem_.radio.find(id);
  }
  const Cell* serving = modem_.registration.status().cell;
  return serving != nullptr ? modem_.radio.find(serving->id)
                            : modem_.radio.find(modem_.radio.cells().front().id);
}

NetworkControl::Outcome NetworkSteering::no_such_cell(std::string_view id) const {
  std::string known;
  for (const Cell& cell : modem_.radio.cells()) {
    fmt::format_to(std::back_inserter(known), "{}{}", known.empty() ? "" : ", ", cell.id);
  }
  return refused(fmt::format("there is no cell {}", id), "no cell has this id", "Cells: " + known + ".");
}

NetworkControl::Outcome NetworkSteering::set_coverage(bool on) {
  modem_.radio.set_coverage(on);
  modem_.registration.radio_changed();
  return changed(on ? fmt::format("coverage is on: cells can be received again{}", next_search(modem_))
                    : "coverage is off: no cell can be received");
}

NetworkControl::Outcome NetworkSteering::set_cell_on_air(std::string_view id, bool on) {
  Cell* cell = steered_cell(id);
  if (cell == nullptr) {
    return no_such_cell(id);
  }
  cell->on_air = on;
  modem_.registration.radio_changed();
  return changed(fmt::format("cell {} is {} the air", cell->id, on ? "on" : "off"));
}

NetworkControl::Outcome NetworkSteering::set_signal(std::string_view id, int rsrp_dbm,
                                                    std::optional<int> snr_db) {
  Cell* cell = steered_cell(id);
  if (cell == nullptr) {
    return no_such_cell(id);
  }
  constexpr int least = -140;
  constexpr int greatest = -44;
  constexpr int most_snr = 24;
  if (rsrp_dbm < least || rsrp_dbm > greatest) {
    return refused("the signal was not changed", fmt::format("RSRP {} dBm is out of range", rsrp_dbm),
                   "RSRP goes from -140 to -44 dBm.");
  }
  if (snr_db && (*snr_db < -most_snr || *snr_db > most_snr)) {
    return refused("the signal was not changed", fmt::format("SNR {} dB is out of range", *snr_db),
                   "SNR goes from -24 to 24 dB.");
  }
  modem_.radio.set_level(*cell, rsrp_dbm, snr_db);
  modem_.registration.radio_changed();
  return changed(fmt::format("cell {} is heard with RSRP {} dBm, SNR {:.0f} dB", cell->id, rsrp_dbm,
                             modem_.radio.signal(*cell).snr_db));
}

NetworkControl::Outcome NetworkSteering::set_trend(std::string_view id, double db_per_min) {
  Cell* cell = steered_cell(id);
  if (cell == nullptr) {
    return no_such_cell(id);
  }
  constexpr double steepest = 60;
  if (!(db_per_min >= -steepest && db_per_min <= steepest)) {
    return refused("the trend was not changed", fmt::format("{} dB a minute is out of range", db_per_min),
                   "A trend goes from -60 to 60 dB a minute.");
  }
  modem_.radio.set_trend(*cell, db_per_min);
  modem_.registration.radio_changed();
  return changed(fmt::format("the level of cell {} changes by {} dB a minute", cell->id, db_per_min));
}

NetworkControl::Outcome NetworkSteering::change_cell(std::string_view id, std::string_view tac) {
  constexpr std::size_t id_digits = 8;
  constexpr std::size_t tac_digits = 4;
  if (!is_hex(id, id_digits) || (!tac.empty() && !is_hex(tac, tac_digits))) {
    return refused("the cell was not changed", "a cell id has eight hexadecimal digits, a TAC four",
                   "Example: 0112F302 with the TAC 0A1C.");
  }
  Cell* previous = steered_cell("");
  Cell* next = modem_.radio.find(id);
  if (next == nullptr) {
    CellOptions added;
    added.plmn = previous->plmn;
    added.technology = previous->technology;
    added.tac = previous->tac;
    added.id = upper(id);
    added.band = previous->band;
    added.earfcn = previous->earfcn;
    next = &modem_.radio.add_cell(added);
  }
  if (!tac.empty()) {
    next->tac = upper(tac);
  }
  if (next != previous) {
    constexpr double apart_db = 12;
    double level = modem_.radio.signal(*previous).rsrp_dbm;
    modem_.radio.set_level(*next, level, std::nullopt);
    modem_.radio.set_level(*previous, level - apart_db, std::nullopt);
  }
  next->on_air = true;
  modem_.registration.radio_changed();
  return changed(fmt::format("cell {} of {} (TAC {}) is the strongest now", next->id, next->plmn, next->tac));
}

NetworkControl::Outcome NetworkSteering::reject_next_update(int cause) {
  if (!is_emm_cause(cause)) {
    return refused("the next update is not rejected", fmt::format("{} is no EMM cause", cause),
                   "EMM causes go from 2 to 111; 9 is \"UE identity cannot be derived by the network\".");
  }
  modem_.registration.reject_next_update(cause);
  return changed(
      fmt::format("the next tracking area update is rejected with {}; one is made at the periodic timer "
                  "(T3412), and when "
                  "the tracking area changes (`cell ID tac=TAC`)",
                  emm_cause(cause)));
}

NetworkControl::Outcome NetworkSteering::reject_next_attach(int cause) {
  if (!is_emm_cause(cause)) {
    return refused("the next attach is not rejected", fmt::format("{} is no EMM cause", cause),
                   "EMM causes go from 2 to 111; 11 is \"PLMN not allowed\".");
  }
  modem_.registration.reject_next_attach(cause);
  return changed(fmt::format("the next attach is rejected with {}{}", emm_cause(cause), next_attach(modem_)));
}

NetworkControl::Outcome NetworkSteering::refuse_next_pdn(int cause) {
  constexpr int least = 8;
  constexpr int greatest = 113;
  if (cause < least || cause > greatest) {
    return refused("the next PDN connection is not refused", fmt::format("{} is no ESM cause", cause),
                   "ESM causes go from 8 to 113; 27 is \"missing or unknown APN\".");
  }
  modem_.contexts.refuse_next(cause);
  return changed(fmt::format("the next PDN connection is refused with {}", esm_cause(cause)));
}

NetworkControl::Outcome NetworkSteering::detach(std::optional<int> cause) {
  if (!modem_.registration.status().in_service()) {
    modem::Obstacle obstacle = modem_.obstacles.out_of_service();
    return refused("the network detaches nobody", "the modem is not registered: " + obstacle.why,
                   obstacle.advice);
  }
  modem_.registration.detach_by_network(cause);
  return changed(cause ? fmt::format("the network detached the modem with {}", emm_cause(*cause))
                       : "the network detached the modem; it may attach again");
}

NetworkControl::Outcome NetworkSteering::deactivate_pdn(int cid, int cause) {
  if (!modem_.contexts.active(cid) || !modem_.registration.status().in_service()) {
    return refused(fmt::format("PDN {} was not ended", cid), "the context is not active",
                   "Active contexts are those that AT+CGACT? prints with 1.");
  }
  modem_.registration.exchange_signalling();
  modem_.contexts.deactivate(cid);
  if (cid == 0) {
    modem_.obstacles.default_connection_ended(cause);
  }
  if (modem_.subscriptions.cgerep) {
    modem_.notify(fmt::format("+CGEV: NW PDN DEACT {}", cid));
  }
  modem_.announcements.esm_error(cause, cid);
  modem_.connections.report(cid, false);
  bool comes_back = cid == 0 && modem_.configuration.always_on;
  if (comes_back) {
    modem_.connections.reactivate_default();
  } else if (modem_.contexts.active_count() == 0) {
    modem_.registration.last_connection_gone();
  }
  return changed(fmt::format("the network ended PDN {} with {}", cid, esm_cause(cause)));
}

NetworkControl::Outcome NetworkSteering::remove_sim() {
  if (!modem_.sim.present()) {
    return refused("the SIM was not removed", "there is none in the holder");
  }
  bool powered = modem_.sim.powered();
  modem_.sim.set_present(false);
  if (powered) {
    modem_.uicc_power.lost();
  }
  return changed("the SIM was pulled out of its holder");
}

NetworkControl::Outcome NetworkSteering::insert_sim() {
  if (modem_.sim.present()) {
    return refused("the SIM was not inserted", "it is in the holder already");
  }
  modem_.sim.set_present(true);
  if (!modem_.sim.powered()) {
    return changed("the SIM is in its holder");
  }
  bool alone = !modem_.power.lte_on() || !modem_.profile.at_least(1, 3, 4);  // AT+CFUN=40 is possible.
  return changed(alone ? "the SIM is in its holder; AT+CFUN=4 and 1, or 40 and 41, start it"
                       : "the SIM is in its holder; AT+CFUN=4 and 1 start it");
}

NetworkControl::Outcome NetworkSteering::crash_modem(std::uint32_t reason) {
  if (modem_.power.crashed()) {
    return refused("the modem did not crash", "it has crashed already", "Restart it.");
  }
  modem_.log(base::LogLevel::error, fmt::format("Modem has crashed, reason 0x{:x}", reason));
  modem_.power.crash();
  modem_.engine.cancel_measurement();
  modem_.uicc_power.stop_starting();
  std::vector<int> lost = modem_.connections.drop();
  modem_.registration.stop();
  modem_.sim.power_off();
  modem_.announcements.drop_unsent();
  modem_.engine.stop_timers();
  modem_.engine.give_up(base::Cause::modem_crash, "the modem firmware has crashed");
  for (int cid : lost) {
    modem_.connections.report(cid, false);
  }
  modem_.traffic.link_changed();
  if (modem_.fault_handler) {
    modem_.fault_handler({.reason = reason});  // There is no program, and so no place in it.
  }
  return changed(fmt::format("the modem firmware crashed with reason 0x{:x}", reason));
}

NetworkControl::Outcome NetworkSteering::set_battery(int mv) {
  constexpr int least = 2800;
  constexpr int greatest = 5500;
  if (mv < least || mv > greatest) {
    return refused("the supply was not changed", fmt::format("{} mV is out of range", mv),
                   "The modem works from 2800 to 5500 mV.");
  }
  modem_.surroundings.set_battery(mv);
  return changed(fmt::format("the supply is {} mV", mv));
}

NetworkControl::Outcome NetworkSteering::set_temperature(int degrees) {
  constexpr int least = -40;
  constexpr int greatest = 125;
  if (degrees < least || degrees > greatest) {
    return refused("the temperature was not changed", fmt::format("{} °C is out of range", degrees),
                   "Temperatures go from -40 to 125 °C.");
  }
  modem_.surroundings.set_temperature(degrees);
  return changed(fmt::format("the modem is at {} °C", degrees));
}

NetworkControl::Outcome NetworkSteering::set_date(base::WallTime utc, int zone_quarters, int daylight_hours) {
  constexpr int most_quarters = 56;
  constexpr int most_daylight = 2;
  if (zone_quarters < -48 || zone_quarters > most_quarters || daylight_hours < 0 ||
      daylight_hours > most_daylight) {
    return refused("the date was not changed", "the zone or the daylight saving time is out of range",
                   "Zones go from -48 to 56 quarters of an hour, daylight saving from 0 to 2 hours.");
  }
  modem_.surroundings.set_network_time(utc, zone_quarters, daylight_hours);
  modem_.registration.send_information();
  return changed(modem_.registration.status().registered()
                     ? "the network sent the new date"
                     : "the network has a new date; it is sent after the next attach");
}

NetworkControl::Outcome NetworkSteering::set_timing(Timing timing) {
  constexpr double fastest = 1'000'000;
  if (!(timing.speed >= 0 && timing.speed <= fastest)) {
    return refused("the timing was not changed", fmt::format("{} is no speed", timing.speed),
                   "0 is instant, 1 as on the device, 1000000 the fastest.");
  }
  modem_.options.timing = timing;
  return changed(timing.speed == 0 ? std::string("modem and network take no time from now on")
                                   : fmt::format("modem and network run at {}x from now on", timing.speed));
}

}  // namespace attache::cellular
