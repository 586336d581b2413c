#include "cellular/network_control.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <utility>

#include "base/text.hpp"
#include "cellular/nrf91.hpp"

namespace attache::cellular {

namespace {

base::Reason refused(std::string what, std::string why, std::string advice = {}) {
  return base::make_reason(std::move(what), std::move(why), std::move(advice));
}

NetworkControl::Outcome changed(std::string sentence) {
  return {boost::system::in_place_value, std::move(sentence)};
}

bool is_hex(std::string_view text, std::size_t digits) {
  return text.size() == digits && text.find_first_not_of("0123456789ABCDEFabcdef") == std::string_view::npos;
}

std::string upper(std::string_view text) {
  std::string result(text);
  std::transform(result.begin(), result.end(), result.begin(),
                 [](char c) { return c >= 'a' && c <= 'f' ? static_cast<char>(c - 'a' + 'A') : c; });
  return result;
}

std::string_view sleep_name(const Nrf91& modem) {
  if (!modem.lte_active()) {
    return modem.gnss_active() ? "LTE off" : "flight mode";
  }
  if (modem.registration.in_psm()) {
    return "PSM";
  }
  if (modem.registration.phase() == Registration::Phase::no_service) {
    return "waiting for the next search";
  }
  return "awake";
}

std::string registration_in_words(const Nrf91& modem) {
  const RegistrationStatus& status = modem.registration.status();
  if (status.registered()) {
    return fmt::format("registered with {} ({})", status.cell->plmn, status.stat == 5 ? "roaming" : "home");
  }
  std::string why = modem.why_down();
  return why.empty() ? "out of coverage, connections held" : why;
}

CellState describe(const Nrf91& modem, const Cell& cell) {
  Signal signal = modem.radio.signal(cell);
  CellState state;
  state.id = cell.id;
  state.tac = cell.tac;
  state.plmn = cell.plmn;
  state.operator_name = cell.network->name;
  state.technology = cell.technology;
  state.band = modem.registration.band_of(cell);
  state.earfcn = modem.registration.channel_of(cell);
  state.physical_id = cell.physical_id;
  state.rsrp_dbm = signal.rsrp_dbm;
  state.rsrq_db = signal.rsrq_db;
  state.snr_db = signal.snr_db;
  state.coverage_level = coverage_level(cell.technology, signal);
  state.heard = modem.radio.heard(cell);
  state.usable = modem.registration.may_use(cell);
  state.serving = modem.registration.status().cell == &cell;
  return state;
}

std::string joined_addresses(const PdnContext& context) {
  std::string text = context.ipv4 ? context.ipv4->to_string() : "";
  if (context.ipv6) {
    text += (text.empty() ? "" : " ") + context.ipv6->to_string();
  }
  return text;
}

}  // namespace

NetworkState Nrf91::state() const {
  NetworkState state;
  state.functional_mode = mode_;
  state.crashed = crashed_;
  state.sim = sim.ready() ? "ready" : std::string(cellular::describe(sim.state()));
  state.registration = registration_in_words(*this);
  state.registration_stat = registration.status().stat;
  state.connected = registration.connected();
  state.sleep = sleep_name(*this);
  state.active_time = registration.status().active_time;
  state.periodic_update = registration.status().periodic_tau;
  state.edrx = registration.edrx() ? registration.edrx()->granted : "";
  if (auto left = registration.until_update()) {
    state.seconds_to_update = std::chrono::duration_cast<std::chrono::seconds>(*left).count();
  }
  state.coverage = radio.coverage();
  state.next_reject = registration.next_reject();
  for (const Cell& cell : radio.cells()) {
    state.cells.push_back(describe(*this, cell));
  }
  for (const PdnContext& context : contexts.all()) {
    state.contexts.push_back(
        {context.cid, context.type, context.apn, context.active, joined_addresses(context)});
  }
  state.battery_mv = battery_mv;
  state.temperature = temperature;
  state.time = clock_time.utc();
  state.timing = options.timing;
  return state;
}

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
  return changed(on ? "coverage is on: cells can be received again"
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

Nrf91::Outcome Nrf91::reject_next_attach(int cause) {
  constexpr int least = 2;
  constexpr int greatest = 111;
  if (cause < least || cause > greatest) {
    return refused("the next attach is not rejected", fmt::format("{} is no EMM cause", cause),
                   "EMM causes go from 2 to 111; 11 is \"PLMN not allowed\".");
  }
  registration.reject_next_attach(cause);
  return changed(fmt::format("the next attach is rejected with EMM cause {}", cause));
}

Nrf91::Outcome Nrf91::refuse_next_pdn(int cause) {
  constexpr int least = 8;
  constexpr int greatest = 113;
  if (cause < least || cause > greatest) {
    return refused("the next PDN connection is not refused", fmt::format("{} is no ESM cause", cause),
                   "ESM causes go from 8 to 113; 27 is \"missing or unknown APN\".");
  }
  contexts.refuse_next(cause);
  return changed(fmt::format("the next PDN connection is refused with ESM cause {}", cause));
}

Nrf91::Outcome Nrf91::detach(std::optional<int> cause) {
  if (!registration.status().registered()) {
    return refused("the network detaches nobody", "the modem is not registered: " + why_down());
  }
  registration.detach_by_network(cause);
  return changed(cause ? fmt::format("the network detached the modem with EMM cause {}", *cause)
                       : "the network detached the modem; it may attach again");
}

Nrf91::Outcome Nrf91::deactivate_pdn(int cid, int esm_cause) {
  if (!contexts.active(cid) || !registration.status().registered()) {
    return refused(fmt::format("PDN {} was not ended", cid), "the context is not active",
                   "Active contexts are those that AT+CGACT? prints with 1.");
  }
  registration.exchange_signalling();
  contexts.deactivate(cid);
  if (subscriptions.cgerep) {
    notify(fmt::format("+CGEV: NW PDN DEACT {}", cid));
  }
  esm_error(esm_cause, cid);
  report_pdn(cid, false);
  bool comes_back = cid == 0 && configuration.always_on;
  if (comes_back) {
    reactivate_default();
  } else if (contexts.active_count() == 0) {
    registration.last_connection_gone();
  }
  return changed(fmt::format("the network ended PDN {} with ESM cause {}", cid, esm_cause));
}

// %XPDNCFG=1: the initial PDN connection is asked for again.
void Nrf91::reactivate_default() {
  PdnAnswer answer = contexts.activate(0, registration.status().cell->network->policy);
  if (answer.accepted) {
    pdn_activated(0, answer);
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
  return changed(sim.powered() ? "the SIM is in its holder; AT+CFUN=4 and 1, or 40 and 41, start it"
                               : "the SIM is in its holder");
}

Nrf91::Outcome Nrf91::crash_modem(std::uint32_t reason) {
  if (crashed_) {
    return refused("the modem did not crash", "it has crashed already", "Restart it.");
  }
  log(base::LogLevel::error, fmt::format("Modem has crashed, reason 0x{:x}", reason));
  crashed_ = true;
  measuring_.cancel();
  uicc_.cancel();
  lte_on_ = false;
  gnss_on_ = false;
  std::vector<int> lost = drop_connections();
  registration.stop();
  sim.power_off();
  notifications_.clear();
  command_.cancel();
  if (job_) {
    finish_job(failure(CmeError::none, "the modem firmware has crashed"));
  }
  for (int cid : lost) {
    report_pdn(cid, false);
  }
  link_changed();
  return changed(fmt::format("the modem firmware crashed with reason 0x{:x}", reason));
}

Nrf91::Outcome Nrf91::set_battery(int mv) {
  constexpr int least = 2800;
  constexpr int greatest = 5500;
  if (mv < least || mv > greatest) {
    return refused("the supply was not changed", fmt::format("{} mV is out of range", mv),
                   "The modem works from 2800 to 5500 mV.");
  }
  battery_mv = mv;
  check_battery();
  return changed(fmt::format("the supply is {} mV", mv));
}

Nrf91::Outcome Nrf91::set_temperature(int degrees) {
  constexpr int least = -40;
  constexpr int greatest = 125;
  if (degrees < least || degrees > greatest) {
    return refused("the temperature was not changed", fmt::format("{} °C is out of range", degrees),
                   "Temperatures go from -40 to 125 °C.");
  }
  temperature = degrees;
  check_temperature();
  return changed(fmt::format("the modem is at {} °C", degrees));
}

Nrf91::Outcome Nrf91::set_date(base::WallTime utc, int zone_quarters, int daylight_hours) {
  constexpr int most_quarters = 56;
  constexpr int most_daylight = 2;
  if (zone_quarters < -48 || zone_quarters > most_quarters || daylight_hours < 0 ||
      daylight_hours > most_daylight) {
    return refused("the date was not changed", "the zone or the daylight saving time is out of range",
                   "Zones go from -48 to 56 quarters of an hour, daylight saving from 0 to 2 hours.");
  }
  network_time_offset_ = utc - clock.wall_now();
  network_zone_ = {zone_quarters, daylight_hours};
  registration.send_information();
  return changed(registration.status().registered()
                     ? "the network sent the new date"
                     : "the network has a new date; it is sent after the next attach");
}

Nrf91::Outcome Nrf91::set_timing(Timing timing) {
  constexpr double fastest = 1'000'000;
  if (!(timing.speed >= 0 && timing.speed <= fastest)) {
    return refused("the timing was not changed", fmt::format("{} is no speed", timing.speed),
                   "0 is instant, 1 as on the device, 1000000 the fastest.");
  }
  options.timing = timing;
  return changed(timing.speed == 0 ? std::string("modem and network take no time from now on")
                                   : fmt::format("modem and network run at {}x from now on", timing.speed));
}

// Overheated or undervolted: the modem takes itself off the air.
void Nrf91::shut_down_modem(std::string_view event) {
  log(base::LogLevel::error, fmt::format("{}: the modem goes to flight mode", event));
  if (subscriptions.cgerep) {
    notify(fmt::format("+CGEV: {}", event));
  }
  if (subscriptions.mdmev > 0) {
    notify(fmt::format("%MDMEV: {}", event));
  }
  constexpr int flight_mode = 4;
  if (lte_on_ || gnss_on_) {
    turn_off(flight_mode);
  }
}

void Nrf91::check_battery() {
  bool low = battery_mv <= scratch.battery_low_level_mv;
  if (low && !battery_low_ && subscriptions.xvbat) {
    notify(fmt::format("%XVBATLOWLVL: {}", battery_mv));
  }
  battery_low_ = low && subscriptions.xvbat;
  if (power_off_level_ && battery_mv <= *power_off_level_) {
    power_off_level_.reset();
    power_off_warned_ = true;
    shut_down_modem("ME BATTERY LOW");
  }
}

void Nrf91::set_power_off_warning(std::optional<int> mv) {
  power_off_level_ = mv;
  power_off_warned_ = false;
  check_battery();
}

void Nrf91::check_temperature() {
  constexpr int critical_degrees = 90;
  constexpr int normal = 1;
  constexpr int high = 2;
  constexpr int critical = 3;
  int level = temperature >= scratch.temperature_high_level ? high : normal;
  level = temperature >= critical_degrees ? critical : level;
  if (std::exchange(temperature_level_, level) == level) {
    return;
  }
  if (subscriptions.xtemp) {
    notify(fmt::format("%XTEMP: {},{}", level, temperature));
  }
  if (level == critical) {
    shut_down_modem("ME OVERHEATED");
  }
}

}  // namespace attache::cellular
