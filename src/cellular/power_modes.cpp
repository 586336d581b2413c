#include "cellular/power_modes.hpp"

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

Answer PowerModes::set(int mode) {
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
      if (!modem_.configuration.system_mode.lte()) {
        return failure(base::Cause::wrong_system_mode, CmeError::not_allowed,
                       "neither LTE-M nor NB-IoT is enabled in %XSYSTEMMODE");
      }
      state_.mode = mode;
      modem_.uicc_power.start();
      return ok();
    default:
      return deactivate(mode);
  }
}

Answer PowerModes::change_gnss(int mode) {
  bool on = mode == 31;
  if (on && !modem_.configuration.system_mode.gnss) {
    return failure(base::Cause::wrong_system_mode, CmeError::not_allowed,
                   "GNSS is not enabled in %XSYSTEMMODE",
                   "Enable it with AT%XSYSTEMMODE=1,0,1,0 while LTE is off.");
  }
  state_.gnss_on = on;
  state_.mode = mode;
  if (on) {
    modem_.announcements.sleep_changed(SleepType::flight_mode, milliseconds(0));
  }
  return ok();
}

Answer PowerModes::activate_lte(int mode) {
  if (!modem_.configuration.system_mode.lte() && mode != 1) {
    return failure(base::Cause::wrong_system_mode, CmeError::not_allowed,
                   "neither LTE-M nor NB-IoT is enabled in %XSYSTEMMODE");
  }
  return modem_.engine.finish_after(activation_answer, [this, mode] {
    state_.mode = mode;
    state_.gnss_on = state_.gnss_on || (mode == 1 && modem_.configuration.system_mode.gnss);
    bool was_on = state_.lte_on;
    bool was_receive_only = std::exchange(state_.receive_only, mode == 2);
    state_.lte_on = modem_.configuration.system_mode.lte();
    if (state_.lte_on || state_.gnss_on) {
      modem_.announcements.sleep_changed(SleepType::flight_mode, milliseconds(0));
    }
    if (!state_.lte_on) {
      return ok();
    }
    if (!was_on) {
      modem_.announcements.announce_exception_data(false);
      modem_.announcements.forget_active_profile();
      check_bands();
      modem_.registration.set_bands(usable_bands());
      modem_.announcements.forget_announced_signal();
      modem_.memory.count_activation();
    }
    if (!modem_.sim.powered()) {
      modem_.uicc_power.start();
    } else if (modem_.sim.ready() && (!was_on || was_receive_only != state_.receive_only)) {
      modem_.registration.start(state_.receive_only);
    } else if (was_on && modem_.sim.state() == SimCard::State::absent) {
      modem_.announcements
          .forget_announced_registration();  // A repeated activation says again that there is no card.
      modem_.announcements.registration_changed();
    }
    return ok();
  });
}

// From 1.3.4 on the UICC cannot be taken away from an LTE that uses it.
Answer PowerModes::deactivate_uicc() {
  if (state_.lte_on && modem_.profile.at_least(1, 3, 4)) {
    return failure(CmeError::not_allowed,
                   fmt::format("LTE is active (CFUN {}) and uses the UICC", state_.mode),
                   "Switch LTE off with AT+CFUN=44 or 20 first, or everything with AT+CFUN=4.");
  }
  state_.mode = 40;
  if (modem_.sim.powered()) {
    modem_.sim.power_off();
    modem_.uicc_power.lost();
  }
  return ok();
}

// A system mode whose bands are all locked finds nothing: the firmware says which one.
void PowerModes::check_bands() {
  constexpr int informational_events = 2;
  constexpr int missing = 2;
  auto fault = [this](bool enabled, bool lte_m) {
    Configuration::SystemMode alone;
    alone.lte_m = lte_m;
    alone.nb_iot = !lte_m;
    return enabled && usable_bands(alone).empty() ? missing : 0;
  };
  const auto& mode = modem_.configuration.system_mode;
  int lte_m = fault(mode.lte_m, true);
  int nb_iot = fault(mode.nb_iot, false);
  if (lte_m + nb_iot != 0 && modem_.subscriptions.mdmev >= informational_events) {
    modem_.notify(fmt::format("%MDMEV: INVALID BAND CONFIGURATION {} {}", lte_m, nb_iot));
  }
}

std::vector<int> PowerModes::usable_bands() const {
  return usable_bands(modem_.configuration.system_mode);
}

std::vector<int> PowerModes::usable_bands(const Configuration::SystemMode& mode) const {
  std::vector<int> bands;
  if (mode.lte_m || !mode.nb_iot) {
    bands = supported_bands(modem_.profile, AccessTechnology::lte_m);
  }
  if (mode.nb_iot) {
    std::vector<int> merged;
    auto more = supported_bands(modem_.profile, AccessTechnology::nb_iot);
    std::set_union(bands.begin(), bands.end(), more.begin(), more.end(), std::back_inserter(merged));
    bands = std::move(merged);
  }
  return unlocked_bands(bands, modem_.configuration.band_lock, modem_.scratch.runtime_band_lock);
}

// A detach needs the network's answer, and longer where it is hard to hear.
Span PowerModes::detach_time() const {
  const RegistrationStatus& status = modem_.registration.status();
  if (!status.in_service()) {
    return state_.lte_on ? radio_off : Span{};
  }
  bool weak = coverage_level(status.cell->technology, modem_.radio.signal(*status.cell)) > 0;
  return weak ? weak_network_detach : network_detach;
}

Answer PowerModes::deactivate(int mode) {
  Span time = mode == 0 ? together(detach_time(), nvm_write) : detach_time();
  return modem_.engine.finish_after(time, [this, mode] {
    if (mode == 0) {
      Answer stored = modem_.memory.store_configuration();
      if (stored.failure) {
        return stored;
      }
    }
    if ((mode == 0 || mode == 4) && modem_.options.radio.reset_loop_limit != 0) {
      modem_.memory.forget_resets();
    }
    turn_off(mode);
    return ok();
  });
}

void PowerModes::turn_off(int mode) {
  bool all_off = turns_everything_off(mode);
  bool was_active = state_.lte_on || state_.gnss_on || modem_.sim.powered();
  bool was_off = std::exchange(state_.mode, mode) == 0;
  modem_.engine.cancel_measurement();
  if (state_.lte_on) {
    leave_network(Leaving::lte_off);
  }
  state_.gnss_on = state_.gnss_on && !all_off;
  if (mode == 0 || mode == 4) {
    bool was_ready = modem_.sim.ready();
    modem_.uicc_power.stop_starting();
    modem_.sim.power_off();
    if (was_ready) {
      modem_.uicc_power.announce();
    }
  }
  if (was_active && all_off) {
    modem_.announcements.sleep_changed(SleepType::flight_mode, std::nullopt);
  }
  if (mode == 0 && !was_off) {
    modem_.subscriptions = {};
  }
}

// The detach, with its URCs in the order of state-machine.md, "Deactivation".
void PowerModes::leave_network(Leaving what_for) {
  bool was_registered = modem_.registration.status().registered();
  bool was_connected = modem_.registration.connected();
  std::vector<int> lost = modem_.connections.drop();
  state_.lte_on = what_for != Leaving::lte_off;
  if (what_for == Leaving::detach) {
    modem_.registration.detach();
  } else {
    modem_.registration.stop();
  }
  if (was_registered && modem_.subscriptions.cgerep && !modem_.profile.at_least(2, 0)) {
    for (int cid : lost) {
      modem_.notify(fmt::format("+CGEV: ME PDN DEACT {}", cid));
    }
  }
  modem_.announcements.registration_changed();
  if (was_registered && modem_.subscriptions.cgerep) {
    modem_.notify("+CGEV: ME DETACH");
  }
  if (was_registered || was_connected) {
    modem_.announcements.rrc_changed(false);
  }
  if (was_registered) {
    modem_.log(base::LogLevel::info, "detached from the network");
  }
  for (int cid : lost) {
    modem_.connections.report(cid, false);
  }
}

Answer PowerModes::detach_by_command() {
  return modem_.engine.finish_after(detach_time(), [this] {
    leave_network(Leaving::detach);
    return ok();
  });
}

void PowerModes::reselect_network() {
  if (modem_.registration.usim_invalid()) {
    return;  // Until the SIM is started anew.
  }
  if (modem_.registration.status().registered()) {
    leave_network(Leaving::another_network);
  }
  modem_.registration.attach();
}

void PowerModes::crash() {
  state_.crashed = true;
  state_.lte_on = false;
  state_.gnss_on = false;
}

bool PowerModes::radio_idle() const {
  using Phase = Registration::Phase;
  if (!state_.lte_on) {
    return true;
  }
  Phase phase = modem_.registration.phase();
  bool searching = phase == Phase::searching || phase == Phase::attaching || phase == Phase::camped;
  return !searching && !modem_.registration.connected();
}

}  // namespace attache::cellular
