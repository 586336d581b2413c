#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <utility>

#include "cellular/network/radio_bands.hpp"
#include "cellular/nrf91.hpp"
#include "cellular/registration/band_lock.hpp"

namespace attache::cellular {

namespace {

using std::chrono::milliseconds;

// Reference timings.md.
constexpr Span activation_answer{milliseconds(37), milliseconds(43)};
constexpr Span network_detach{milliseconds(300), milliseconds(2000)};
constexpr Span weak_network_detach{milliseconds(2000), milliseconds(10000)};
constexpr Span radio_off{milliseconds(37), milliseconds(43)};
constexpr Span nvm_write{milliseconds(100), milliseconds(500)};

Span together(const Span& first, const Span& second) {
  return {first.least + second.least, first.most + second.most};
}

bool turns_everything_off(int mode) {
  return mode == 0 || mode == 4 || mode == 44;
}

}  // namespace

Answer Nrf91::set_functional_mode(int mode) {
  switch (mode) {
    case 1:
    case 2:
    case 21:
      return activate_lte(mode);
    case 30:
    case 31:
      return change_gnss(mode);
    case 40:
      return deactivate_uicc();
    case 41:
      if (!configuration.system_mode.lte()) {
        return failure(base::Cause::wrong_system_mode, CmeError::not_allowed,
                       "neither LTE-M nor NB-IoT is enabled in %XSYSTEMMODE");
      }
      volatile_.mode = mode;
      start_uicc();
      return ok();
    default:
      return deactivate(mode);
  }
}

Answer Nrf91::change_gnss(int mode) {
  bool on = mode == 31;
  if (on && !configuration.system_mode.gnss) {
    return failure(base::Cause::wrong_system_mode, CmeError::not_allowed,
                   "GNSS is not enabled in %XSYSTEMMODE",
                   "Enable it with AT%XSYSTEMMODE=1,0,1,0 while LTE is off.");
  }
  volatile_.gnss_on = on;
  volatile_.mode = mode;
  if (on) {
    sleep_changed(SleepType::flight_mode, milliseconds(0));
  }
  return ok();
}

Answer Nrf91::activate_lte(int mode) {
  if (!configuration.system_mode.lte() && mode != 1) {
    return failure(base::Cause::wrong_system_mode, CmeError::not_allowed,
                   "neither LTE-M nor NB-IoT is enabled in %XSYSTEMMODE");
  }
  return finish_after(activation_answer, [this, mode] {
    volatile_.mode = mode;
    volatile_.gnss_on = volatile_.gnss_on || (mode == 1 && configuration.system_mode.gnss);
    bool was_on = volatile_.lte_on;
    bool was_receive_only = std::exchange(volatile_.receive_only, mode == 2);
    volatile_.lte_on = configuration.system_mode.lte();
    if (volatile_.lte_on || volatile_.gnss_on) {
      sleep_changed(SleepType::flight_mode, milliseconds(0));
    }
    if (!volatile_.lte_on) {
      return ok();
    }
    if (!was_on) {
      announce_exception_data(false);
      volatile_.active_profile.reset();
      check_bands();
      registration.set_bands(usable_bands());
      forget_announced_signal();
      count_activation();
    }
    if (!sim.powered()) {
      start_uicc();
    } else if (sim.ready() && (!was_on || was_receive_only != volatile_.receive_only)) {
      registration.start(volatile_.receive_only);
    } else if (was_on && sim.state() == SimCard::State::absent) {
      volatile_.announced_registration.clear();  // A repeated activation says again that there is no card.
      registration_changed();
    }
    return ok();
  });
}

// From 1.3.4 on the UICC cannot be taken away from an LTE that uses it.
Answer Nrf91::deactivate_uicc() {
  if (volatile_.lte_on && profile.at_least(1, 3, 4)) {
    return failure(CmeError::not_allowed,
                   fmt::format("LTE is active (CFUN {}) and uses the UICC", volatile_.mode),
                   "Switch LTE off with AT+CFUN=44 or 20 first, or everything with AT+CFUN=4.");
  }
  volatile_.mode = 40;
  if (sim.powered()) {
    sim.power_off();
    uicc_lost();
  }
  return ok();
}

// A system mode whose bands are all locked finds nothing: the firmware says which one.
void Nrf91::check_bands() {
  constexpr int informational_events = 2;
  constexpr int missing = 2;
  auto fault = [this](bool enabled, bool lte_m) {
    Configuration::SystemMode alone;
    alone.lte_m = lte_m;
    alone.nb_iot = !lte_m;
    return enabled && usable_bands(alone).empty() ? missing : 0;
  };
  const auto& mode = configuration.system_mode;
  int lte_m = fault(mode.lte_m, true);
  int nb_iot = fault(mode.nb_iot, false);
  if (lte_m + nb_iot != 0 && subscriptions.mdmev >= informational_events) {
    notify(fmt::format("%MDMEV: INVALID BAND CONFIGURATION {} {}", lte_m, nb_iot));
  }
}

std::vector<int> Nrf91::usable_bands(const Configuration::SystemMode& mode) const {
  std::vector<int> bands;
  if (mode.lte_m || !mode.nb_iot) {
    bands = supported_bands(profile, AccessTechnology::lte_m);
  }
  if (mode.nb_iot) {
    std::vector<int> merged;
    auto more = supported_bands(profile, AccessTechnology::nb_iot);
    std::set_union(bands.begin(), bands.end(), more.begin(), more.end(), std::back_inserter(merged));
    bands = std::move(merged);
  }
  return unlocked_bands(bands, configuration.band_lock, scratch.runtime_band_lock);
}

// A detach needs the network's answer, and longer where it is hard to hear.
Span Nrf91::detach_time() const {
  const RegistrationStatus& status = registration.status();
  if (!status.in_service()) {
    return volatile_.lte_on ? radio_off : Span{};
  }
  bool weak = coverage_level(status.cell->technology, radio.signal(*status.cell)) > 0;
  return weak ? weak_network_detach : network_detach;
}

Answer Nrf91::deactivate(int mode) {
  Span time = mode == 0 ? together(detach_time(), nvm_write) : detach_time();
  return finish_after(time, [this, mode] {
    if (mode == 0) {
      Answer stored = store_configuration();
      if (stored.failure) {
        return stored;
      }
    }
    if ((mode == 0 || mode == 4) && options.radio.reset_loop_limit != 0) {
      forget_resets();
    }
    turn_off(mode);
    return ok();
  });
}

void Nrf91::turn_off(int mode) {
  bool all_off = turns_everything_off(mode);
  bool was_active = volatile_.lte_on || volatile_.gnss_on || sim.powered();
  bool was_off = std::exchange(volatile_.mode, mode) == 0;
  volatile_.measuring.cancel();
  if (volatile_.lte_on) {
    leave_network(Leaving::lte_off);
  }
  volatile_.gnss_on = volatile_.gnss_on && !all_off;
  if (mode == 0 || mode == 4) {
    bool was_ready = sim.ready();
    volatile_.uicc.cancel();
    sim.power_off();
    if (was_ready) {
      announce_sim();
    }
  }
  if (was_active && all_off) {
    sleep_changed(SleepType::flight_mode, std::nullopt);
  }
  if (mode == 0 && !was_off) {
    subscriptions = {};
  }
}

// The detach, with its URCs in the order of state-machine.md, "Deactivation".
void Nrf91::leave_network(Leaving what_for) {
  bool was_registered = registration.status().registered();
  bool was_connected = registration.connected();
  std::vector<int> lost = drop_connections();
  volatile_.lte_on = what_for != Leaving::lte_off;
  if (what_for == Leaving::detach) {
    registration.detach();
  } else {
    registration.stop();
  }
  if (was_registered && subscriptions.cgerep && !profile.at_least(2, 0)) {
    for (int cid : lost) {
      notify(fmt::format("+CGEV: ME PDN DEACT {}", cid));
    }
  }
  registration_changed();
  if (was_registered && subscriptions.cgerep) {
    notify("+CGEV: ME DETACH");
  }
  if (was_registered || was_connected) {
    rrc_changed(false);
  }
  if (was_registered) {
    log(base::LogLevel::info, "detached from the network");
  }
  for (int cid : lost) {
    report_pdn(cid, false);
  }
}

Answer Nrf91::detach_by_command() {
  return finish_after(detach_time(), [this] {
    leave_network(Leaving::detach);
    return ok();
  });
}

void Nrf91::reselect_network() {
  if (registration.usim_invalid()) {
    return;  // Until the SIM is started anew.
  }
  if (registration.status().registered()) {
    leave_network(Leaving::another_network);
  }
  registration.attach();
}

}  // namespace attache::cellular
