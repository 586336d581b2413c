#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <iterator>
#include <utility>

#include "base/text.hpp"
#include "cellular/band_lock.hpp"
#include "cellular/nrf91.hpp"
#include "cellular/radio_bands.hpp"
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

constexpr std::chrono::hours autosave_period(48);
constexpr std::chrono::minutes reset_loop_block(30);
constexpr std::string_view section_name = "modem";
constexpr std::string_view resets_key = "ungraceful_resets";

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
      registration.set_bands(usable_bands());
      forget_announced_signal();
      count_activation();
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

std::vector<int> Nrf91::usable_bands() const {
  const auto& mode = configuration.system_mode;
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

// An activation that no AT+CFUN=0 or 4 follows was an ungraceful end.
void Nrf91::count_activation() {
  if (options.radio.reset_loop_limit == 0 || std::exchange(activation_counted_, true)) {
    return;
  }
  auto stored = settings.section(section_name);
  int resets = base::parse_number<std::int32_t>(stored[std::string(resets_key)]).value_or(0);
  std::array<base::Settings::Change, 1> change{
      {{std::string(section_name), std::string(resets_key), std::to_string(resets + 1)}}};
  if (auto written = settings.apply(change); !written) {
    journal.report("modem", written.error());
  }
}

void Nrf91::forget_resets() {
  activation_counted_ = false;
  std::array<base::Settings::Change, 1> change{
      {{std::string(section_name), std::string(resets_key), std::nullopt}}};
  if (auto written = settings.apply(change); !written) {
    journal.report("modem", written.error());
  }
}

void Nrf91::count_resets() {
  activation_counted_ = false;
  if (options.radio.reset_loop_limit == 0) {
    return;
  }
  auto stored = settings.section(section_name);
  int resets = base::parse_number<std::int32_t>(stored[std::string(resets_key)]).value_or(0);
  if (resets >= options.radio.reset_loop_limit) {
    log(base::LogLevel::warning,
        fmt::format("{} resets without AT+CFUN=0: no attach for 30 minutes (reset loop)", resets));
    registration.block_attach_for(reset_loop_block);
  }
}

// From 1.3 on the firmware saves by itself every two days.
void Nrf91::plan_autosave() {
  if (!profile.at_least(1, 3)) {
    return;
  }
  autosave_ = clock.call_after(period_duration(options.timing, autosave_period), [this] {
    if (auto saved = configuration.save(settings); !saved) {
      journal.report("modem", saved.error());
    }
    plan_autosave();
  });
}

Answer Nrf91::reset_configuration() {
  Configuration before = std::exchange(configuration, Configuration{});
  Answer stored = store_configuration();
  if (stored.failure) {
    configuration = std::move(before);
  }
  return stored;
}

void Nrf91::start_uicc() {
  if (sim.powered()) {
    return;
  }
  sim.power_on();
  base::Duration nominal = sim.present() ? uicc_start : missing_uicc;
  uicc_ = clock.call_after(step_duration(options.timing, nominal), [this] { uicc_started(); });
}

void Nrf91::uicc_started() {
  uicc.reset();
  sim.admit();
  sim.finish_start();
  if (auto facility = personalisation.refuses(sim.imsi())) {
    sim.refuse(*facility);
  }
  announce_sim();
  if (sim.ready()) {
    log(base::LogLevel::info, "SIM ready");
    if (lte_on_) {
      registration.start(receive_only_);
    }
    return;
  }
  log(base::LogLevel::warning, std::string(describe(sim.state())));
  remember_error("UICC", sim.cause());
  bool says_so = sim.state() == SimCard::State::absent || profile.at_least(2, 0);
  if (lte_on_ && says_so) {
    registration.report_uicc_failure();
  }
}

void Nrf91::readmit_sim() {
  bool waited = sim.state() == SimCard::State::personalised;
  sim.admit();
  if (auto facility = personalisation.refuses(sim.imsi())) {
    sim.refuse(*facility);
  }
  if (waited && sim.ready()) {
    sim_unlocked();
  }
}

void Nrf91::sim_state_changed(SimCard::State before) {
  if (sim.state() == before) {
    return;
  }
  if (before == SimCard::State::ready) {
    uicc_lost();
  } else if (sim.ready() || sim.state() == SimCard::State::personalised) {
    sim_unlocked();
  } else {
    announce_sim();
  }
}

void Nrf91::sim_unlocked() {
  announce_sim();
  if (!sim.ready()) {
    log(base::LogLevel::warning, std::string(describe(sim.state())));
    return;
  }
  log(base::LogLevel::info, "SIM ready");
  if (lte_on_) {
    registration.start(receive_only_);
  }
}

Answer Nrf91::lose_uicc() {
  mode_ = 40;
  if (sim.powered()) {
    sim.power_off();
    uicc_lost();
  }
  return ok();
}

// The card was switched off or pulled out while the modem was using it.
void Nrf91::uicc_lost() {
  uicc_.cancel();
  announce_sim();
  if (!lte_on_) {
    return;
  }
  bool was_connected = registration.connected();
  std::vector<int> lost = drop_connections();
  registration.report_uicc_failure();
  if (was_connected) {
    rrc_changed(false);
  }
  for (int cid : lost) {
    if (subscriptions.cgerep) {
      notify(fmt::format("+CGEV: ME PDN DEACT {}", cid));
    }
    report_pdn(cid, false);
  }
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
    if ((mode == 0 || mode == 4) && options.radio.reset_loop_limit != 0) {
      forget_resets();
    }
    turn_off(mode);
    return ok();
  });
}

void Nrf91::turn_off(int mode) {
  bool all_off = turns_everything_off(mode);
  bool was_active = lte_on_ || gnss_on_ || sim.powered();
  measuring_.cancel();
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
}

Answer Nrf91::store_configuration() {
  if (power_off_warned_) {
    return writing_refused();
  }
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
    registration.exchange_signalling();
    PdnAnswer answer = contexts.activate(cid, registration.status().cell->network->policy);
    if (!answer.accepted) {
      esm_error(answer.esm_cause, cid);
      return failure(CmeError::unspecified_pdp_error,
                     fmt::format("the connection was refused with ESM cause {}", answer.esm_cause));
    }
    pdn_activated(cid, answer);
    return ok();
  });
}

Answer Nrf91::deactivate_context(int cid) {
  return finish_after(context_exchange, [this, cid] {
    if (contexts.active(cid)) {
      registration.exchange_signalling();
      contexts.deactivate(cid);
      if (subscriptions.cgerep) {
        notify(fmt::format("+CGEV: ME PDN DEACT {}", cid));
      }
      report_pdn(cid, false);
    }
    return ok();
  });
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
