#include <fmt/format.h>

#include "cellular/network/network_steering.hpp"
#include "cellular/nrf91.hpp"

namespace attache::cellular {

namespace {

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
  std::string why = modem.obstacles.out_of_service().why;
  return modem.contexts.active(0) ? why + ", connections held" : why;
}

CellState describe(const Nrf91& modem, const Cell& cell) {
  Signal signal = modem.radio.signal(cell);
  CellState state;
  state.id = cell.id;
  state.tac = cell.tac;
  state.plmn = cell.plmn;
  state.operator_name = cell.network->name;
  state.technology = cell.technology;
  state.band = modem.registration.selection().band_of(cell);
  state.earfcn = modem.registration.selection().channel_of(cell);
  state.physical_id = cell.physical_id;
  state.rsrp_dbm = signal.rsrp_dbm;
  state.rsrq_db = signal.rsrq_db;
  state.snr_db = signal.snr_db;
  state.coverage_level = coverage_level(cell.technology, signal);
  state.heard = modem.radio.heard(cell);
  state.usable = modem.registration.selection().may_use(cell);
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

NetworkState NetworkSteering::state() const {
  NetworkState state;
  state.functional_mode = modem_.power.mode();
  state.crashed = modem_.power.crashed();
  state.sim = modem_.sim.ready() ? "ready" : std::string(cellular::describe(modem_.sim.state()));
  state.registration = registration_in_words(modem_);
  state.advice = modem_.obstacles.out_of_service().advice;
  state.registration_stat = modem_.registration.status().stat;
  state.connected = modem_.registration.connected();
  state.sleep = sleep_name(modem_);
  state.active_time = modem_.registration.status().active_time;
  state.periodic_update = modem_.registration.status().periodic_tau;
  state.edrx = modem_.registration.edrx() ? modem_.registration.edrx()->granted : "";
  if (auto left = modem_.registration.until_update()) {
    state.seconds_to_update = std::chrono::duration_cast<std::chrono::seconds>(*left).count();
  }
  state.coverage = modem_.radio.coverage();
  state.next_reject = modem_.registration.next_reject();
  for (const Cell& cell : modem_.radio.cells()) {
    state.cells.push_back(describe(modem_, cell));
  }
  for (const PdnContext& context : modem_.contexts.all()) {
    state.contexts.push_back(
        {context.cid, context.shown_type(), context.shown_apn(), context.active, joined_addresses(context)});
  }
  state.battery_mv = modem_.surroundings.battery_mv();
  state.temperature = modem_.surroundings.temperature();
  state.time = modem_.clock_time.utc();
  state.timing = modem_.options.timing;
  return state;
}

}  // namespace attache::cellular
