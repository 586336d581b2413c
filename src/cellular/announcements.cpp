#include "cellular/announcements.hpp"

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

}  // namespace

void Announcements::notify(std::string_view urc) {
  unsent_.push_back(fmt::format("{}\r\n", urc));
  if (!next_turn_.pending()) {
    next_turn_ = modem_.clock.call_after(base::Duration::zero(), [this] { send(); });
  }
}

void Announcements::send() {
  std::vector<std::string> urcs = std::exchange(unsent_, {});
  for (const std::string& urc : urcs) {
    if (handler_) {
      handler_(urc);
    }
  }
}

void Announcements::drop_unsent() {
  next_turn_.cancel();
  unsent_.clear();
}

void Announcements::remember_error(std::string_view module, int cause) {
  state_.last_error = fmt::format("{} {}", module, cause);
}

void Announcements::paged() {
  modem_.messages.deliver_next();
}

void Announcements::link_changed() {
  modem_.traffic.link_changed();
}

void Announcements::set_registration_level(int level) {
  modem_.subscriptions.cereg = level;
  state_.announced_registration = modem_.registration_text(level, false);
}

void Announcements::registration_changed() {
  const RegistrationStatus& status = modem_.registration.status();
  bool registered = status.registered();
  if (registered && !status.camped) {
    modem_.report("the serving cell is lost", modem_.obstacles.out_of_service());
  } else if (registered) {
    modem_.log(base::LogLevel::info,
               fmt::format("registered with {} ({}), cell {}/{}", status.cell->plmn,
                           status.stat == 5 ? "roaming" : "home", status.cell->tac, status.cell->id));
  } else if (status.cell && !status.reject_cause) {
    modem_.log(base::LogLevel::info, fmt::format("camped on {}, cell {}/{}, RSRP {} dBm", status.cell->plmn,
                                                 status.cell->tac, status.cell->id, status.cell->rsrp_dbm));
  }
  if (modem_.subscriptions.cereg > 0) {
    std::string text = modem_.registration_text(modem_.subscriptions.cereg, false);
    if (text != state_.announced_registration) {
      notify(fmt::format("+CEREG: {}", text));
      state_.announced_registration = std::move(text);
    }
  }
  registration_handlers_.call();
  if (status.in_service()) {
    announce_release_assistance();
    announce_cellular_profile();
    if (bool allowed = status.cell->network->policy.exception_data; allowed != state_.exception_data) {
      announce_exception_data(allowed);
    }
  }
  if (registered != state_.service_indicated) {
    state_.service_indicated = registered;
    if (modem_.subscriptions.indicate_service) {
      notify(fmt::format("+CIND: \"service\",{}", registered ? 1 : 0));
    }
    bool roaming = registered ? status.stat == 5 : std::exchange(state_.roaming_indicated, false);
    state_.roaming_indicated = registered && roaming;
    if (modem_.subscriptions.indicate_roaming && roaming) {
      notify(fmt::format("+CIND: \"roam\",{}", registered ? 1 : 0));
    }
    modem_.messages.deliver_next();
  }
}

// %RAI=2: what the cell offers, when it is another one.
void Announcements::announce_release_assistance() {
  constexpr int with_notifications = 2;
  const Cell& cell = *modem_.registration.serving_cell();
  if (modem_.configuration.release_assistance != with_notifications ||
      std::exchange(state_.announced_assistance, &cell) == &cell) {
    return;
  }
  constexpr std::size_t access_stratum_place = 2;
  bool offered = cell.network->policy.release_assistance;
  bool access_stratum = offered && modem_.configuration.release_14[access_stratum_place] == '1';
  bool control_plane = offered && cell.technology == AccessTechnology::nb_iot;
  notify(fmt::format("%RAI: \"{}\",\"{}\",{:d},{:d}", cell.id, cell.plmn, access_stratum, control_plane));
}

void Announcements::announce_host_id() {
  if (modem_.subscriptions.host_id) {
    notify(fmt::format("+ODISNTF: {}", modem_.configuration.host_id));
  }
}

void Announcements::rrc_changed(bool connected) {
  const Cell* serving = modem_.registration.serving_cell();
  state_.signal_before_connection =
      connected && serving != nullptr ? std::optional(modem_.radio.signal(*serving)) : std::nullopt;
  if (connected) {
    modem_.messages.deliver_next();
  }
  link_changed();  // Connected: the network delivers what had to wait while the modem slept.
  switch (modem_.subscriptions.cscon) {
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

void Announcements::search_status(int status) {
  if (modem_.subscriptions.mdmev > 0) {
    notify(fmt::format("%MDMEV: SEARCH STATUS {}", status));
  }
  if (status == 2 && modem_.registration.phase() == Registration::Phase::no_service) {
    modem_.report("no network was found", modem_.obstacles.out_of_service());
  }
}

void Announcements::random_access_done(int coverage_level) {
  if (modem_.subscriptions.mdmev >= informational_events) {
    notify(fmt::format("%MDMEV: PRACH CE-LEVEL {}", coverage_level));
  }
}

void Announcements::country_detected(const Cell& cell) {
  constexpr std::size_t country_digits = 3;
  std::string_view country = std::string_view(cell.plmn).substr(0, country_digits);
  bool known = state_.detected_country != nullptr && state_.detected_country->plmn.starts_with(country);
  if (modem_.subscriptions.mdmev >= informational_events && !known) {
    notify(fmt::format("%MDMEV: DETECTED COUNTRY {}", country));
  }
  state_.detected_country = &cell;
}

void Announcements::pdn_activated(int cid, const PdnAnswer& answer) {
  if (cid == 0) {
    modem_.obstacles.default_connection_up();
  }
  if (modem_.subscriptions.cgerep) {
    notify(act_text(cid, answer));
  }
  if (answer.esm_cause != 0) {
    esm_error(answer.esm_cause, cid);
  }
  announce_connection_terms(cid);
  modem_.connections.report(cid, true);
}

void Announcements::ipv6_ready(int cid) {
  if (modem_.subscriptions.cgerep) {
    notify(fmt::format("+CGEV: IPV6 {}", cid));
  }
}

void Announcements::emm_error(int cause) {
  remember_error("EMM", cause);
  if ((modem_.subscriptions.cnec & emm_errors) != 0) {
    notify(fmt::format("+CNEC_EMM: {}", cause));
  }
}

void Announcements::attach_refused() {
  modem_.report("the modem is not registered", modem_.obstacles.out_of_service());
}

void Announcements::connection_refused(int cause) {
  modem_.obstacles.connection_refused(cause);
}

void Announcements::esm_error(int cause, int cid) {
  remember_error("ESM", cause);
  if ((modem_.subscriptions.cnec & esm_errors) != 0) {
    notify(fmt::format("+CNEC_ESM: {},{}", cause, cid));
  }
}

void Announcements::edrx_negotiated() {
  if (modem_.configuration.edrx_mode != 2) {
    return;
  }
  const NegotiatedEdrx& edrx = *modem_.registration.edrx();
  int technology = edrx_technology_number(edrx.technology);
  if (edrx.granted.empty()) {
    notify(fmt::format("+CEDRXP: {},\"{}\"", technology, edrx.requested));
  } else {
    notify(fmt::format("+CEDRXP: {},\"{}\",\"{}\",\"{}\"", technology, edrx.requested, edrx.granted,
                       edrx.paging_window));
  }
}

// Firmware before 1.3.4 does not tell it.
void Announcements::edrx_missing() {
  if (modem_.configuration.edrx_mode == 2 && modem_.profile.at_least(1, 3, 4)) {
    notify("+CEDRXP: 0");
  }
}

void Announcements::network_information() {
  const Operator& network = *modem_.registration.status().cell->network;
  auto [quarters, daylight] = modem_.surroundings.network_zone().value_or(
      std::pair(network.policy.zone_quarters, network.policy.daylight_hours));
  base::WallTime now = modem_.surroundings.network_time();
  if (modem_.configuration.use_network_time) {
    modem_.clock_time.set(now, quarters, daylight);
  }
  if (modem_.subscriptions.operator_name) {
    std::string name = base::to_hex(network.name);
    notify(fmt::format("%XOPNAME: \"{}\",\"{}\",\"{}\"", name, name, network.plmn));
  }
  if (modem_.subscriptions.xtime) {
    notify(fmt::format("%XTIME: \"{}\",\"{}\",\"{:02}\"", network_zone_field(quarters),
                       network_time_field(now, quarters), daylight));
  }
}

void Announcements::detached_by_network(bool announced) {
  if (announced && modem_.subscriptions.cgerep) {
    notify("+CGEV: NW DETACH");
  }
  for (int cid : modem_.connections.drop()) {
    modem_.connections.report(cid, false);
  }
  modem_.report(announced ? "the network detached the modem" : "the network no longer knows the modem",
                modem_.obstacles.down());
}

void Announcements::attach_blocked() {
  if (modem_.subscriptions.mdmev > 0) {
    notify("%MDMEV: RESET LOOP");
  }
}

void Announcements::update_soon(std::chrono::milliseconds left) {
  notify(fmt::format("%XT3412: {}", left.count()));
}

SleepReports Announcements::sleep_reports() const {
  const auto& sleep = modem_.subscriptions.sleep;
  const auto& update = modem_.subscriptions.update;
  return {sleep.on, sleep.warning, sleep.threshold, update.on, update.warning, update.threshold};
}

void Announcements::sleep_changed(SleepType type, std::optional<std::chrono::milliseconds> length) {
  link_changed();
  const auto& asked = modem_.subscriptions.sleep;
  if (!asked.on) {
    return;
  }
  int number = static_cast<int>(type);
  if (length == std::chrono::milliseconds(0)) {
    if (state_.announced_sleep == type) {
      notify(fmt::format("%XMODEMSLEEP: {},0", number));
      state_.announced_sleep.reset();
    }
    return;
  }
  if (type == SleepType::flight_mode && state_.announced_sleep == type) {
    return;  // It has been asleep since another mode.
  }
  bool warning = state_.announced_sleep == type && length == asked.warning;
  if (length && *length < asked.threshold && !warning) {
    return;
  }
  notify(length ? fmt::format("%XMODEMSLEEP: {},{}", number, length->count())
                : fmt::format("%XMODEMSLEEP: {}", number));
  state_.announced_sleep = type;
}

void Announcements::announce_flight_sleep() {
  if (!modem_.power.lte_on() && !modem_.power.gnss_on()) {
    state_.announced_sleep.reset();
    sleep_changed(SleepType::flight_mode, std::nullopt);
  }
}

}  // namespace attache::cellular
