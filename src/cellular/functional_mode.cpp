#include <fmt/format.h>

#include <algorithm>

#include "cellular/band_lock.hpp"
#include "cellular/nrf91.hpp"
#include "cellular/timing.hpp"

namespace attache::cellular {

namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

// Reference timings.md.
constexpr milliseconds activation_answer(40);
constexpr milliseconds uicc_start(400);
constexpr milliseconds missing_uicc(240);
constexpr milliseconds network_detach(800);
constexpr milliseconds radio_off(40);
constexpr milliseconds nvm_write(300);
constexpr seconds context_exchange(1);

constexpr int usual_band = 20;

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
      return lose_uicc();
    case 41:
      if (!configuration.system_mode.lte()) {
        return failure(CmeError::not_allowed, "neither LTE-M nor NB-IoT is enabled in %XSYSTEMMODE");
      }
      mode_ = mode;
      start_uicc();
      return ok();
    default:
      return deactivate(mode);
  }
}

Answer Nrf91::change_gnss(int mode) {
  bool on = mode == 31;
  if (on && !configuration.system_mode.gnss) {
    return failure(CmeError::not_allowed, "GNSS is not enabled in %XSYSTEMMODE",
                   "Enable it with AT%XSYSTEMMODE=1,0,1,0 while LTE is off.");
  }
  gnss_on_ = on;
  mode_ = mode;
  if (on) {
    sleep_changed(SleepType::flight_mode, milliseconds(0));
  }
  return ok();
}

Answer Nrf91::activate_lte(int mode) {
  if (!configuration.system_mode.lte() && mode != 1) {
    return failure(CmeError::not_allowed, "neither LTE-M nor NB-IoT is enabled in %XSYSTEMMODE");
  }
  return finish_after(activation_answer, [this, mode] {
    mode_ = mode;
    gnss_on_ = gnss_on_ || (mode == 1 && configuration.system_mode.gnss);
    bool was_on = lte_on_;
    bool was_receive_only = std::exchange(receive_only_, mode == 2);
    lte_on_ = configuration.system_mode.lte();
    if (!lte_on_) {
      return ok();
    }
    if (!was_on) {
      sleep_changed(SleepType::flight_mode, milliseconds(0));
      auto bands = unlocked_bands(supported_bands(!profile.at_least(1, 3)), configuration.band_lock,
                                  scratch.runtime_band_lock);
      bool usual = bands.empty() || std::find(bands.begin(), bands.end(), usual_band) != bands.end();
      registration.set_band(usual ? usual_band : bands.front());
    }
    if (!sim.powered()) {
      start_uicc();
    } else if (sim.ready() && (!was_on || was_receive_only != receive_only_)) {
      registration.start(receive_only_);
    } else if (was_on && sim.state() == SimCard::State::absent) {
      announced_registration_.clear();  // A repeated activation says again that there is no card.
      registration_changed();
    }
    return ok();
  });
}

void Nrf91::start_uicc() {
  if (sim.powered()) {
    return;
  }
  sim.power_on();
  base::Duration nominal = options.sim.absent ? missing_uicc : uicc_start;
  uicc_ = clock.call_after(step_duration(options.timing, nominal), [this] { uicc_started(); });
}

void Nrf91::uicc_started() {
  sim.finish_start();
  announce_sim();
  if (sim.ready()) {
    log(base::LogLevel::info, "SIM ready");
    if (lte_on_) {
      registration.start(receive_only_);
    }
    return;
  }
  log(base::LogLevel::warning, std::string(describe(sim.state())));
  bool says_so = sim.state() == SimCard::State::absent || profile.at_least(2, 0);
  if (lte_on_ && says_so) {
    registration.report_uicc_failure();
  }
}

void Nrf91::sim_unlocked() {
  announce_sim();
  log(base::LogLevel::info, "SIM ready");
  if (lte_on_) {
    registration.start(receive_only_);
  }
}

// CFUN=40, and what happens when a card is pulled out.
Answer Nrf91::lose_uicc() {
  mode_ = 40;
  if (!sim.powered()) {
    return ok();
  }
  uicc_.cancel();
  sim.power_off();
  announce_sim();
  if (lte_on_) {
    bool was_connected = registration.connected();
    std::vector<int> lost = drop_connections();
    registration.stop();
    registration.report_uicc_failure();
    if (was_connected) {
      rrc_changed(false);
    }
    for (int cid : lost) {
      report_pdn(cid, false);
    }
  }
  return ok();
}

base::Duration Nrf91::deactivation_time(int mode) const {
  base::Duration time = mode == 0 ? nvm_write : milliseconds(0);
  if (registration.status().registered()) {
    return time + network_detach;
  }
  return lte_on_ ? time + radio_off : time;
}

Answer Nrf91::deactivate(int mode) {
  return finish_after(deactivation_time(mode), [this, mode] {
    if (mode == 0) {
      Answer stored = store_configuration();
      if (stored.failure) {
        return stored;
      }
    }
    bool all_off = turns_everything_off(mode);
    bool was_active = lte_on_ || gnss_on_ || sim.powered();
    if (lte_on_) {
      switch_lte_off();
    }
    gnss_on_ = gnss_on_ && !all_off;
    if (mode == 0 || mode == 4) {
      bool was_ready = sim.ready();
      uicc_.cancel();
      sim.power_off();
      if (was_ready) {
        announce_sim();
      }
    }
    if (was_active && all_off) {
      sleep_changed(SleepType::flight_mode, std::nullopt);
    }
    if (mode == 0 && mode_ != 0) {
      subscriptions = {};
    }
    mode_ = mode;
    return ok();
  });
}

Answer Nrf91::store_configuration() {
  auto saved = configuration.save(settings);
  if (saved) {
    return ok();
  }
  Answer answer =
      failure(CmeError::memory_failure,
              "the configuration could not be stored: " + base::summary(saved.error()), saved.error().advice);
  return answer;
}

// The detach, with its URCs in the order of state-machine.md, "Deactivation".
void Nrf91::switch_lte_off() {
  bool was_registered = registration.status().registered();
  bool was_connected = registration.connected();
  std::vector<int> lost = drop_connections();
  lte_on_ = false;
  registration.stop();
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
  return finish_after(network_detach, [this] {
    switch_lte_off();
    lte_on_ = true;
    registration.detach();
    return ok();
  });
}

void Nrf91::reselect_network() {
  if (registration.status().registered()) {
    switch_lte_off();
    lte_on_ = true;
  }
  registration.attach();
}

std::vector<int> Nrf91::drop_connections() {
  std::vector<int> lost;
  for (const PdnContext& context : contexts.all()) {
    if (context.active) {
      lost.push_back(context.cid);
    }
  }
  for (int cid : lost) {
    contexts.deactivate(cid);
  }
  return lost;
}

Answer Nrf91::activate_context(int cid) {
  return finish_after(context_exchange, [this, cid] {
    if (!registration.status().registered() || contexts.find(cid) == nullptr) {
      return failure(CmeError::not_allowed, why_down().empty() ? "the context is gone" : why_down());
    }
    PdnAnswer answer = contexts.activate(cid);
    if (!answer.accepted) {
      esm_error(answer.esm_cause, cid);
      return failure(CmeError::unspecified_pdp_error,
                     fmt::format("the network refused the PDN type with ESM cause {}", answer.esm_cause));
    }
    pdn_activated(cid, answer);
    return ok();
  });
}

Answer Nrf91::deactivate_context(int cid) {
  return finish_after(context_exchange, [this, cid] {
    if (contexts.active(cid)) {
      contexts.deactivate(cid);
      if (subscriptions.cgerep) {
        notify(fmt::format("+CGEV: ME PDN DEACT {}", cid));
      }
      report_pdn(cid, false);
    }
    return ok();
  });
}

bool Nrf91::radio_idle() const {
  using Phase = Registration::Phase;
  Phase phase = registration.phase();
  bool searching = phase == Phase::searching || phase == Phase::attaching || phase == Phase::camped;
  return !lte_on_ || (!searching && !registration.connected());
}

void Nrf91::report_pdn(int cid, bool up) {
  if (up) {
    const PdnContext& context = *contexts.find(cid);
    std::string addresses = context.ipv4 ? context.ipv4->to_string() : "";
    if (context.ipv6) {
      addresses += (addresses.empty() ? "" : " ") + context.ipv6->to_string();
    }
    log(base::LogLevel::info, fmt::format("PDN {} \"{}\" up, address {}", cid, context.apn, addresses));
  } else {
    log(base::LogLevel::info, fmt::format("PDN {} down", cid));
  }
  std::erase_if(pdn_handlers_, [](const auto& handler) { return handler.expired(); });
  auto handlers = pdn_handlers_;  // A handler may subscribe or unsubscribe.
  for (const auto& handler : handlers) {
    if (auto call = handler.lock()) {
      (*call)(cid, up);
    }
  }
}

Subscription Nrf91::subscribe(std::function<void(int cid, bool up)> handler) {
  auto subscription = std::make_shared<std::function<void(int, bool)>>(std::move(handler));
  pdn_handlers_.push_back(subscription);
  return subscription;
}

std::optional<PdnConnection> Nrf91::connection(int cid) const {
  const PdnContext* context = contexts.find(cid);
  if (context == nullptr || !context->active) {
    return std::nullopt;
  }
  PdnConnection connection;
  connection.cid = cid;
  connection.apn = context->apn;
  connection.ipv4 = context->ipv4;
  connection.ipv6 = context->ipv6;
  return connection;
}

}  // namespace attache::cellular
