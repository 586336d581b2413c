#include <fmt/format.h>

#include "cellular/nrf91.hpp"

namespace attache::cellular {

namespace {

// Reference timings.md.
constexpr Span uicc_start{std::chrono::milliseconds(300), std::chrono::milliseconds(600)};
constexpr Span missing_uicc{std::chrono::milliseconds(230), std::chrono::milliseconds(250)};

}  // namespace

void Nrf91::start_uicc() {
  if (sim.powered()) {
    return;
  }
  constexpr int holder = 0;
  bool in_holder = configuration.sim_slot == holder;
  if (!in_holder) {
    report("the SIM cannot be used", {"%CSUS=2 selects a soft SIM, and the application offers none",
                                      "Give AT+CFUN=4, AT%CSUS=0 and AT+CFUN=1.", base::Cause::no_sim});
  }
  sim.power_on(in_holder);
  volatile_.uicc = clock.call_after(steps.draw(in_holder && sim.present() ? uicc_start : missing_uicc),
                                    [this] { uicc_started(); });
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
    if (volatile_.lte_on) {
      registration.start(volatile_.receive_only);
    }
    return;
  }
  report("the SIM cannot be used",
         {std::string(describe(sim.state())), std::string(way_to_ready(sim.state())), cause_of(sim.state())});
  remember_error("UICC", sim.cause());
  bool says_so = sim.state() == SimCard::State::absent || profile.at_least(2, 0);
  if (volatile_.lte_on && says_so) {
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
    report("the SIM cannot be used", {std::string(describe(sim.state())),
                                      std::string(way_to_ready(sim.state())), cause_of(sim.state())});
    return;
  }
  log(base::LogLevel::info, "SIM ready");
  if (volatile_.lte_on) {
    registration.start(volatile_.receive_only);
  }
}

// The card was switched off or pulled out while the modem was using it.
void Nrf91::uicc_lost() {
  volatile_.uicc.cancel();
  announce_sim();
  if (!volatile_.lte_on) {
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

}  // namespace attache::cellular
