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

Cell* Nrf91::steered_cell(std::string_view id) {
  if (!id.empty()) {
    return radio.find(id);
  }
  const Cell* serving = registration.status().cell;
  return serving != nullptr ? radio.find(serving->id) : radio.find(radio.cells().front().id);
}

Nrf91::Outcome Nrf91::no_such_cell(std::string_view id) const {
  std::string known;
  for (const Cell& cell : radio.cells()) {
    fmt::format_to(std::back_inserter(known), "{}{}", known.empty() ? "" : ", ", cell.id);
  }
  return refused(fmt::format("there is no cell {}", id), "no cell has this id", "Cells: " + known + ".");
}

Nrf91::Outcome Nrf91::set_coverage(bool on) {
  radio.set_coverage(on);
  registration.radio_changed();
  return changed(on ? fmt::format("coverage is on: cells can be received again{}", next_search(*this))
                    : "coverage is off: no cell can be received");
}

Nrf91::Outcome Nrf91::set_cell_on_air(std::string_view id, bool on) {
  Cell* cell = steered_cell(id);
  if (cell == nullptr) {
    return no_such_cell(id);
  }
  cell->on_air = on;
  registration.radio_changed();
  return changed(fmt::format("cell {} is {} the air", cell->id, on ? "on" : "off"));
}

Nrf91::Outcome Nrf91::set_signal(std::string_view id, int rsrp_dbm, std::optional<int> snr_db) {
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
  radio.set_level(*cell, rsrp_dbm, snr_db);
  registration.radio_changed();
  return changed(fmt::format("cell {} is heard with RSRP {} dBm, SNR {:.0f} dB", cell->id, rsrp_dbm,
                             radio.signal(*cell).snr_db));
}

Nrf91::Outcome Nrf91::set_trend(std::string_view id, double db_per_min) {
  Cell* cell = steered_cell(id);
  if (cell == nullptr) {
    return no_such_cell(id);
  }
  constexpr double steepest = 60;
  if (!(db_per_min >= -steepest && db_per_min <= steepest)) {
    return refused("the trend was not changed", fmt::format("{} dB a minute is out of range", db_per_min),
                   "A trend goes from -60 to 60 dB a minute.");
  }
  radio.set_trend(*cell, db_per_min);
  registration.radio_changed();
  return changed(fmt::format("the level of cell {} changes by {} dB a minute", cell->id, db_per_min));
}

Nrf91::Outcome Nrf91::change_cell(std::string_view id, std::string_view tac) {
  constexpr std::size_t id_digits = 8;
  constexpr std::size_t tac_digits = 4;
  if (!is_hex(id, id_digits) || (!tac.empty() && !is_hex(tac, tac_digits))) {
    return refused("the cell was not changed", "a cell id has eight hexadecimal digits, a TAC four",
                   "Example: 0112F302 with the TAC 0A1C.");
  }
  Cell* previous = steered_cell("");
  Cell* next = radio.find(id);
  if (next == nullptr) {
    CellOptions added;
    added.plmn = previous->plmn;
    added.technology = previous->technology;
    added.tac = previous->tac;
    added.id = upper(id);
    added.band = previous->band;
    added.earfcn = previous->earfcn;
    next = &radio.add_cell(added);
  }
  if (!tac.empty()) {
    next->tac = upper(tac);
  }
  if (next != previous) {
    constexpr double apart_db = 12;
    double level = radio.signal(*previous).rsrp_dbm;
    radio.set_level(*next, level, std::nullopt);
    radio.set_level(*previous, level - apart_db, std::nullopt);
  }
  next->on_air = true;
  registration.radio_changed();
  return changed(fmt::format("cell {} of {} (TAC {}) is the strongest now", next->id, next->plmn, next->tac));
}

Nrf91::Outcome Nrf91::reject_next_update(int cause) {
  if (!is_emm_cause(cause)) {
    return refused("the next update is not rejected", fmt::format("{} is no EMM cause", cause),
                   "EMM causes go from 2 to 111; 9 is \"UE identity cannot be derived by the network\".");
  }
  registration.reject_next_update(cause);
  return changed(
      fmt::format("the next tracking area update is rejected with {}; one is made at the periodic timer "
                  "(T3412), and when "
                  "the tracking area changes (`cell ID tac=TAC`)",
                  emm_cause(cause)));
}

Nrf91::Outcome Nrf91::reject_next_attach(int cause) {
  if (!is_emm_cause(cause)) {
    return refused("the next attach is not rejected", fmt::format("{} is no EMM cause", cause),
                   "EMM causes go from 2 to 111; 11 is \"PLMN not allowed\".");
  }
  registration.reject_next_attach(cause);
  return changed(fmt::format("the next attach is rejected with {}{}", emm_cause(cause), next_attach(*this)));
}

Nrf91::Outcome Nrf91::refuse_next_pdn(int cause) {
  constexpr int least = 8;
  constexpr int greatest = 113;
  if (cause < least || cause > greatest) {
    return refused("the next PDN connection is not refused", fmt::format("{} is no ESM cause", cause),
                   "ESM causes go from 8 to 113; 27 is \"missing or unknown APN\".");
  }
  contexts.refuse_next(cause);
  return changed(fmt::format("the next PDN connection is refused with {}", esm_cause(cause)));
}

Nrf91::Outcome Nrf91::detach(std::optional<int> cause) {
  if (!registration.status().in_service()) {
    modem::Obstacle obstacle = out_of_service();
    return refused("the network detaches nobody", "the modem is not registered: " + obstacle.why,
                   obstacle.advice);
  }
  registration.detach_by_network(cause);
  return changed(cause ? fmt::format("the network detached the modem with {}", emm_cause(*cause))
                       : "the network detached the modem; it may attach again");
}

Nrf91::Outcome Nrf91::deactivate_pdn(int cid, int cause) {
  if (!contexts.active(cid) || !registration.status().in_service()) {
    return refused(fmt::format("PDN {} was not ended", cid), "the context is not active",
                   "Active contexts are those that AT+CGACT? prints with 1.");
  }
  registration.exchange_signalling();
  contexts.deactivate(cid);
  if (cid == 0) {
    volatile_.default_ended = cause;
  }
  if (subscriptions.cgerep) {
    notify(fmt::format("+CGEV: NW PDN DEACT {}", cid));
  }
  esm_error(cause, cid);
  report_pdn(cid, false);
  bool comes_back = cid == 0 && configuration.always_on;
  if (comes_back) {
    reactivate_default();
  } else if (contexts.active_count() == 0) {
    registration.last_connection_gone();
  }
  return changed(fmt::format("the network ended PDN {} with {}", cid, esm_cause(cause)));
}

// %XPDNCFG=1: the initial PDN connection is asked for again.
void Nrf91::reactivate_default() {
  PdnAnswer answer = contexts.activate(0, registration.status().cell->network->policy);
  if (answer.accepted) {
    pdn_activated(0, answer);
    plan_ipv6(0);
    return;
  }
  esm_error(answer.esm_cause, 0);
  if (contexts.active_count() == 0) {
    registration.last_connection_gone();
  }
}

Nrf91::Outcome Nrf91::remove_sim() {
  if (!sim.present()) {
    return refused("the SIM was not removed", "there is none in the holder");
  }
  bool powered = sim.powered();
  sim.set_present(false);
  if (powered) {
    uicc_lost();
  }
  return changed("the SIM was pulled out of its holder");
}

Nrf91::Outcome Nrf91::insert_sim() {
  if (sim.present()) {
    return refused("the SIM was not inserted", "it is in the holder already");
  }
  sim.set_present(true);
  if (!sim.powered()) {
    return changed("the SIM is in its holder");
  }
  bool alone = !volatile_.lte_on || !profile.at_least(1, 3, 4);  // AT+CFUN=40 is possible.
  return changed(alone ? "the SIM is in its holder; AT+CFUN=4 and 1, or 40 and 41, start it"
                       : "the SIM is in its holder; AT+CFUN=4 and 1 start it");
}

Nrf91::Outcome Nrf91::crash_modem(std::uint32_t reason) {
  if (volatile_.crashed) {
    return refused("the modem did not crash", "it has crashed already", "Restart it.");
  }
  log(base::LogLevel::error, fmt::format("Modem has crashed, reason 0x{:x}", reason));
  volatile_.crashed = true;
  volatile_.measuring.cancel();
  volatile_.uicc.cancel();
  volatile_.lte_on = false;
  volatile_.gnss_on = false;
  std::vector<int> lost = drop_connections();
  registration.stop();
  sim.power_off();
  notifications_.clear();
  command_.cancel();
  if (job_) {
    finish_job(failure(base::Cause::modem_crash, CmeError::none, "the modem firmware has crashed"));
  }
  for (int cid : lost) {
    report_pdn(cid, false);
  }
  link_changed();
  return changed(fmt::format("the modem firmware crashed with reason 0x{:x}", reason));
}

}  // namespace attache::cellular
