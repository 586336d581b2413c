#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "base/text.hpp"
#include "cellular/nrf91.hpp"

namespace attache::cellular {

namespace {

constexpr int emm_errors = 8;
constexpr int esm_errors = 16;
constexpr int informational_events = 2;

std::string act_text(int cid, const PdnAnswer& answer) {
  return answer.act_reason ? fmt::format("+CGEV: ME PDN ACT {},{}", cid, *answer.act_reason)
                           : fmt::format("+CGEV: ME PDN ACT {}", cid);
}

// AcT of +CEDRXS and +CEDRXP.
int edrx_technology_number(AccessTechnology technology) {
  return technology == AccessTechnology::lte_m ? 4 : 5;
}

int thresholds_reached(int value, int step) {
  constexpr int most = 4;
  return std::min(value / step, most);
}

// <srxlev>: how far the level is above the least that a cell asks for.
int reception_level(const Signal& signal) {
  constexpr double least_dbm = -130;
  constexpr double greatest = 128;
  return static_cast<int>(std::clamp(signal.rsrp_dbm - least_dbm, -127.0, greatest));
}

}  // namespace

void Nrf91::set_registration_level(int level) {
  subscriptions.cereg = level;
  volatile_.announced_registration = registration_text(level, false);
}

void Nrf91::registration_changed() {
  const RegistrationStatus& status = registration.status();
  bool registered = status.registered();
  if (registered && !status.camped) {
    report("the serving cell is lost", out_of_service());
  } else if (registered) {
    log(base::LogLevel::info,
        fmt::format("registered with {} ({}), cell {}/{}", status.cell->plmn,
                    status.stat == 5 ? "roaming" : "home", status.cell->tac, status.cell->id));
  } else if (status.cell && !status.reject_cause) {
    log(base::LogLevel::info, fmt::format("camped on {}, cell {}/{}, RSRP {} dBm", status.cell->plmn,
                                          status.cell->tac, status.cell->id, status.cell->rsrp_dbm));
  }
  if (subscriptions.cereg > 0) {
    std::string text = registration_text(subscriptions.cereg, false);
    if (text != volatile_.announced_registration) {
      notify(fmt::format("+CEREG: {}", text));
      volatile_.announced_registration = std::move(text);
    }
  }
  registration_handlers_.call();
  if (status.in_service()) {
    announce_release_assistance();
    announce_cellular_profile();
    if (bool allowed = status.cell->network->policy.exception_data; allowed != volatile_.exception_data) {
      announce_exception_data(allowed);
    }
  }
  if (registered != volatile_.service_indicated) {
    volatile_.service_indicated = registered;
    if (subscriptions.indicate_service) {
      notify(fmt::format("+CIND: \"service\",{}", registered ? 1 : 0));
    }
    bool roaming = registered ? status.stat == 5 : std::exchange(volatile_.roaming_indicated, false);
    volatile_.roaming_indicated = registered && roaming;
    if (subscriptions.indicate_roaming && roaming) {
      notify(fmt::format("+CIND: \"roam\",{}", registered ? 1 : 0));
    }
    messages.deliver_next();
  }
}

// %RAI=2: what the cell offers, when it is another one.
void Nrf91::announce_release_assistance() {
  constexpr int with_notifications = 2;
  const Cell& cell = *registration.serving_cell();
  if (configuration.release_assistance != with_notifications ||
      std::exchange(volatile_.announced_assistance, &cell) == &cell) {
    return;
  }
  constexpr std::size_t access_stratum_place = 2;
  bool offered = cell.network->policy.release_assistance;
  bool access_stratum = offered && configuration.release_14[access_stratum_place] == '1';
  bool control_plane = offered && cell.technology == AccessTechnology::nb_iot;
  notify(fmt::format("%RAI: \"{}\",\"{}\",{:d},{:d}", cell.id, cell.plmn, access_stratum, control_plane));
}

void Nrf91::announce_host_id() {
  if (subscriptions.host_id) {
    notify(fmt::format("+ODISNTF: {}", configuration.host_id));
  }
}

std::optional<Signal> Nrf91::frozen_signal() const {
  const Cell* cell = registration.serving_cell();
  bool freezes = cell != nullptr && cell->technology == AccessTechnology::nb_iot &&
                 !profile.at_least(1, 2, 2) && registration.connected();
  return freezes ? volatile_.signal_before_connection : std::nullopt;
}

void Nrf91::rrc_changed(bool connected) {
  const Cell* serving = registration.serving_cell();
  volatile_.signal_before_connection =
      connected && serving != nullptr ? std::optional(radio.signal(*serving)) : std::nullopt;
  if (connected) {
    messages.deliver_next();
    link_changed();  // The network delivers what had to wait while the modem slept.
  }
  switch (subscriptions.cscon) {
    case 1:
      notify(fmt::format("+CSCON: {}", connected ? 1 : 0));
      break;
    case 2:
      notify(connected ? "+CSCON: 1,7" : "+CSCON: 0");
      break;
    case 3:
      notify(connected ? "+CSCON: 1,7,4" : "+CSCON: 0");
      break;
    default:
      break;
  }
}

void Nrf91::search_status(int status) {
  if (subscriptions.mdmev > 0) {
    notify(fmt::format("%MDMEV: SEARCH STATUS {}", status));
  }
  if (status == 2 && registration.phase() == Registration::Phase::no_service) {
    report("no network was found", out_of_service());
  }
}

void Nrf91::random_access_done(int coverage_level) {
  if (subscriptions.mdmev >= informational_events) {
    notify(fmt::format("%MDMEV: PRACH CE-LEVEL {}", coverage_level));
  }
}

void Nrf91::country_detected(const Cell& cell) {
  constexpr std::size_t country_digits = 3;
  std::string_view country = std::string_view(cell.plmn).substr(0, country_digits);
  bool known = volatile_.detected_country != nullptr && volatile_.detected_country->plmn.starts_with(country);
  if (subscriptions.mdmev >= informational_events && !known) {
    notify(fmt::format("%MDMEV: DETECTED COUNTRY {}", country));
  }
  volatile_.detected_country = &cell;
}

void Nrf91::pdn_activated(int cid, const PdnAnswer& answer) {
  if (cid == 0) {
    volatile_.pdn_refusal.reset();
    volatile_.default_ended.reset();
  }
  if (subscriptions.cgerep) {
    notify(act_text(cid, answer));
  }
  if (answer.esm_cause != 0) {
    esm_error(answer.esm_cause, cid);
  }
  announce_connection_terms(cid);
  report_pdn(cid, true);
}

void Nrf91::ipv6_ready(int cid) {
  if (subscriptions.cgerep) {
    notify(fmt::format("+CGEV: IPV6 {}", cid));
  }
}

void Nrf91::emm_error(int cause) {
  remember_error("EMM", cause);
  if ((subscriptions.cnec & emm_errors) != 0) {
    notify(fmt::format("+CNEC_EMM: {}", cause));
  }
}

void Nrf91::attach_refused() {
  report("the modem is not registered", out_of_service());
}

void Nrf91::connection_refused(int cause) {
  volatile_.pdn_refusal = refused_connection(0, cause);
}

void Nrf91::report(std::string what, modem::Obstacle obstacle) {
  journal.report("modem", base::make_reason(obstacle.cause, std::move(what), std::move(obstacle.why),
                                            std::move(obstacle.advice)));
}

void Nrf91::esm_error(int cause, int cid) {
  remember_error("ESM", cause);
  if ((subscriptions.cnec & esm_errors) != 0) {
    notify(fmt::format("+CNEC_ESM: {},{}", cause, cid));
  }
}

void Nrf91::edrx_negotiated() {
  if (configuration.edrx_mode != 2) {
    return;
  }
  const NegotiatedEdrx& edrx = *registration.edrx();
  int technology = edrx_technology_number(edrx.technology);
  if (edrx.granted.empty()) {
    notify(fmt::format("+CEDRXP: {},\"{}\"", technology, edrx.requested));
  } else {
    notify(fmt::format("+CEDRXP: {},\"{}\",\"{}\",\"{}\"", technology, edrx.requested, edrx.granted,
                       edrx.paging_window));
  }
}

// Firmware before 1.3.4 does not tell it.
void Nrf91::edrx_missing() {
  if (configuration.edrx_mode == 2 && profile.at_least(1, 3, 4)) {
    notify("+CEDRXP: 0");
  }
}

void Nrf91::network_information() {
  const Operator& network = *registration.status().cell->network;
  auto [quarters, daylight] =
      network_zone_.value_or(std::pair(network.policy.zone_quarters, network.policy.daylight_hours));
  base::WallTime now = network_time();
  if (configuration.use_network_time) {
    clock_time.set(now, quarters, daylight);
  }
  if (subscriptions.operator_name) {
    std::string name = base::to_hex(network.name);
    notify(fmt::format("%XOPNAME: \"{}\",\"{}\",\"{}\"", name, name, network.plmn));
  }
  if (subscriptions.xtime) {
    notify(fmt::format("%XTIME: \"{}\",\"{}\",\"{:02}\"", network_zone_field(quarters),
                       network_time_field(now, quarters), daylight));
  }
}

// A URC for each quantity whose threshold index is another than the one announced last.
void Nrf91::signal_changed() {
  constexpr int rsrp_step = 20;
  constexpr int rsrq_step = 7;
  constexpr int snr_step = 8;
  const Cell* cell = registration.serving_cell();
  Signal signal = cell != nullptr ? radio.signal(*cell) : Signal{};
  SignalIndices indices = cell != nullptr ? to_indices(signal) : SignalIndices{};
  if (subscriptions.cesq) {
    int power = cell != nullptr ? thresholds_reached(indices.rsrp, rsrp_step) : indices.rsrp;
    int quality = cell != nullptr ? thresholds_reached(indices.rsrq, rsrq_step) : indices.rsrq;
    std::pair levels(power, quality);
    if (std::exchange(volatile_.announced_signal, levels) != levels) {
      notify(fmt::format("%CESQ: {},{},{},{}", indices.rsrp, power, indices.rsrq, quality));
    }
  }
  if (subscriptions.snr) {
    int level =
        cell != nullptr ? thresholds_reached(std::max(indices.snr - snr_step, 0), snr_step) : indices.snr;
    if (std::exchange(volatile_.announced_snr, level) != level) {
      notify(fmt::format("%XSNRSQ: {},{},{}", indices.snr, level, snr_tail()));
    }
  }
  coverage_enhancement_changed();
}

std::string Nrf91::snr_tail() const {
  constexpr int invalid_level = 32767;
  constexpr int invalid_enhancement = 255;
  const Cell* cell = registration.serving_cell();
  if (cell == nullptr) {
    return fmt::format("{},{}", invalid_level, invalid_enhancement);
  }
  Signal signal = radio.signal(*cell);
  return fmt::format("{},{}", reception_level(signal) + 127, coverage_level(cell->technology, signal));
}

std::string Nrf91::enhancement_text() const {
  constexpr int unknown_power = 255;
  constexpr int unknown_ratio = 127;
  const Cell* cell = registration.serving_cell();
  if (cell == nullptr) {
    return fmt::format("0,I,0,0,{},{}", unknown_power, unknown_ratio);
  }
  Signal signal = radio.signal(*cell);
  int level = coverage_level(cell->technology, signal);
  char state =
      registration.connected() ? 'C' : (registration.phase() == Registration::Phase::registered ? 'I' : 'R');
  Repetitions repetitions = repetitions_at(level);
  return fmt::format("{:d},{},{},{},{},{}", level > 0, state, repetitions.downlink, repetitions.uplink,
                     static_cast<int>(signal.rsrp_dbm), static_cast<int>(signal.snr_db));
}

// Announced when the coverage level or the repetitions change, not at each step of the level.
void Nrf91::coverage_enhancement_changed() {
  if (!subscriptions.coverage_enhancement) {
    return;
  }
  const Cell* cell = registration.serving_cell();
  int level = cell != nullptr ? coverage_level(cell->technology, radio.signal(*cell)) : -1;
  if (std::exchange(volatile_.announced_enhancement, level) != level) {
    notify(fmt::format("+CEINFO: 1,{}", enhancement_text()));
  }
}

void Nrf91::forget_announced_signal() {
  volatile_.announced_signal.reset();
  volatile_.announced_snr.reset();
  volatile_.announced_enhancement.reset();
}

void Nrf91::detached_by_network(bool announced) {
  if (announced && subscriptions.cgerep) {
    notify("+CGEV: NW DETACH");
  }
  for (int cid : drop_connections()) {
    report_pdn(cid, false);
  }
  report(announced ? "the network detached the modem" : "the network no longer knows the modem", down());
}

void Nrf91::attach_blocked() {
  if (subscriptions.mdmev > 0) {
    notify("%MDMEV: RESET LOOP");
  }
}

void Nrf91::update_soon(std::chrono::milliseconds left) {
  notify(fmt::format("%XT3412: {}", left.count()));
}

SleepReports Nrf91::sleep_reports() const {
  const auto& sleep = subscriptions.sleep;
  const auto& update = subscriptions.update;
  return {sleep.on, sleep.warning, sleep.threshold, update.on, update.warning, update.threshold};
}

void Nrf91::sleep_changed(SleepType type, std::optional<std::chrono::milliseconds> length) {
  const auto& asked = subscriptions.sleep;
  if (!asked.on) {
    return;
  }
  int number = static_cast<int>(type);
  if (length == std::chrono::milliseconds(0)) {
    if (volatile_.announced_sleep == type) {
      notify(fmt::format("%XMODEMSLEEP: {},0", number));
      volatile_.announced_sleep.reset();
    }
    return;
  }
  if (type == SleepType::flight_mode && volatile_.announced_sleep == type) {
    return;  // It has been asleep since another mode.
  }
  bool warning = volatile_.announced_sleep == type && length == asked.warning;
  if (length && *length < asked.threshold && !warning) {
    return;
  }
  notify(length ? fmt::format("%XMODEMSLEEP: {},{}", number, length->count())
                : fmt::format("%XMODEMSLEEP: {}", number));
  volatile_.announced_sleep = type;
}

void Nrf91::announce_flight_sleep() {
  if (!volatile_.lte_on && !volatile_.gnss_on) {
    volatile_.announced_sleep.reset();
    sleep_changed(SleepType::flight_mode, std::nullopt);
  }
}

std::string Nrf91::sim_text() const {
  if (sim.ready()) {
    return "1";
  }
  return sim.cause() == 0 ? "0" : fmt::format("0,{}", sim.cause());
}

void Nrf91::announce_sim() {
  if (subscriptions.xsim) {
    bool cause_printed = sim.ready() || profile.at_least(1, 3);
    notify(fmt::format("%XSIM: {}", cause_printed ? sim_text() : "0"));
  }
}

}  // namespace attache::cellular
