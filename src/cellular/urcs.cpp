#include <fmt/format.h>

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

}  // namespace

void Nrf91::set_registration_level(int level) {
  subscriptions.cereg = level;
  announced_registration_ = registration_text(level, false);
}

void Nrf91::registration_changed() {
  const RegistrationStatus& status = registration.status();
  bool registered = status.registered();
  if (registered) {
    log(base::LogLevel::info,
        fmt::format("registered with {} ({}), cell {}/{}", status.cell->plmn,
                    status.stat == 5 ? "roaming" : "home", status.cell->tac, status.cell->id));
  } else if (status.reject_cause) {
    log(base::LogLevel::warning,
        fmt::format("{} rejected the attach with EMM cause {}", status.cell->plmn, *status.reject_cause));
  } else if (status.cell) {
    log(base::LogLevel::info, fmt::format("camped on {}, cell {}/{}, RSRP {} dBm", status.cell->plmn,
                                          status.cell->tac, status.cell->id, status.cell->rsrp_dbm));
  }
  if (subscriptions.cereg > 0) {
    std::string text = registration_text(subscriptions.cereg, false);
    if (text != announced_registration_) {
      notify(fmt::format("+CEREG: {}", text));
      announced_registration_ = std::move(text);
    }
  }
  if (registered != service_indicated_) {
    service_indicated_ = registered;
    if (subscriptions.indicate_service) {
      notify(fmt::format("+CIND: \"service\",{}", registered ? 1 : 0));
    }
    if (subscriptions.indicate_roaming && options.network.roaming) {
      notify(fmt::format("+CIND: \"roam\",{}", registered ? 1 : 0));
    }
    messages.deliver_next();
  }
}

void Nrf91::rrc_changed(bool connected) {
  if (connected) {
    messages.deliver_next();
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
    log(base::LogLevel::warning, why_down());
  }
}

void Nrf91::random_access_done() {
  if (subscriptions.mdmev >= informational_events) {
    notify("%MDMEV: PRACH CE-LEVEL 0");
  }
}

void Nrf91::pdn_activated(int cid, const PdnAnswer& answer) {
  if (subscriptions.cgerep) {
    notify(act_text(cid, answer));
  }
  if (answer.esm_cause != 0) {
    esm_error(answer.esm_cause, cid);
  }
  report_pdn(cid, true);
}

void Nrf91::ipv6_ready(int cid) {
  if (subscriptions.cgerep) {
    notify(fmt::format("+CGEV: IPV6 {}", cid));
  }
}

void Nrf91::emm_error(int cause) {
  if ((subscriptions.cnec & emm_errors) != 0) {
    notify(fmt::format("+CNEC_EMM: {}", cause));
  }
}

void Nrf91::esm_error(int cause, int cid) {
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

void Nrf91::network_information() {
  base::WallTime now = clock.wall_now();
  if (configuration.use_network_time) {
    clock_time.set(now, 0, 0);
  }
  if (subscriptions.xtime) {
    notify(fmt::format("%XTIME: \"{}\",\"{}\",\"00\"", network_zone_field(0), network_time_field(now, 0)));
  }
}

void Nrf91::signal_changed() {
  if (!subscriptions.cesq) {
    return;
  }
  const auto& cell = registration.status().cell;
  if (!cell) {
    notify("%CESQ: 255,255,255,255");
    return;
  }
  constexpr int rsrp_step = 20;
  constexpr int rsrq_step = 7;
  SignalIndices signal = signal_indices(*cell);
  notify(fmt::format("%CESQ: {},{},{},{}", signal.rsrp, thresholds_reached(signal.rsrp, rsrp_step),
                     signal.rsrq, thresholds_reached(signal.rsrq, rsrq_step)));
}

void Nrf91::sleep_changed(SleepType type, std::optional<std::chrono::milliseconds> length) {
  const auto& asked = subscriptions.sleep;
  if (!asked.on) {
    return;
  }
  int number = static_cast<int>(type);
  if (length == std::chrono::milliseconds(0)) {
    if (announced_sleep_ == type) {
      notify(fmt::format("%XMODEMSLEEP: {},0", number));
      announced_sleep_.reset();
    }
    return;
  }
  if (length && *length < asked.threshold) {
    return;
  }
  notify(length ? fmt::format("%XMODEMSLEEP: {},{}", number, length->count())
                : fmt::format("%XMODEMSLEEP: {}", number));
  announced_sleep_ = type;
}

void Nrf91::announce_flight_sleep() {
  if (!lte_on_ && !gnss_on_) {
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
