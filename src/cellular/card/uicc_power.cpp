#include "cellular/card/uicc_power.hpp"

#include <fmt/format.h>

#include "cellular/nrf91.hpp"

namespace attache::cellular {

namespace {

// Reference timings.md.
constexpr Span uicc_start{std::chrono::milliseconds(300), std::chrono::milliseconds(600)};
constexpr Span missing_uicc{std::chrono::milliseconds(230), std::chrono::milliseconds(250)};

}  // namespace

void UiccPower::start() {
  if (modem_.sim.powered()) {
    return;
  }
  constexpr int holder = 0;
  bool in_holder = modem_.configuration.sim_slot == holder;
  if (!in_holder) {
    modem_.report("the SIM cannot be used",
                  {"%CSUS=2 selects a soft SIM, and the application offers none",
                   "Give AT+CFUN=4, AT%CSUS=0 and AT+CFUN=1.", base::Cause::no_sim});
  }
  modem_.sim.power_on(in_holder);
  starting_ = modem_.clock.call_after(
      modem_.steps.draw(in_holder && modem_.sim.present() ? uicc_start : missing_uicc),
      [this] { started(); });
}

void UiccPower::started() {
  modem_.uicc.reset();
  modem_.sim.admit();
  modem_.sim.finish_start();
  if (auto facility = modem_.personalisation.refuses(modem_.sim.imsi())) {
    modem_.sim.refuse(*facility);
  }
  announce();
  if (modem_.sim.ready()) {
    modem_.log(base::LogLevel::info, "SIM ready");
    if (modem_.power.lte_on()) {
      modem_.registration.start(modem_.power.receive_only());
    }
    return;
  }
  modem_.report("the SIM cannot be used",
                {std::string(describe(modem_.sim.state())), std::string(way_to_ready(modem_.sim.state())),
                 cause_of(modem_.sim.state())});
  modem_.announcements.remember_error("UICC", modem_.sim.cause());
  bool says_so = modem_.sim.state() == SimCard::State::absent || modem_.profile.at_least(2, 0);
  if (modem_.power.lte_on() && says_so) {
    modem_.registration.report_uicc_failure();
  }
}

void UiccPower::readmit() {
  bool waited = modem_.sim.state() == SimCard::State::personalised;
  modem_.sim.admit();
  if (auto facility = modem_.personalisation.refuses(modem_.sim.imsi())) {
    modem_.sim.refuse(*facility);
  }
  if (waited && modem_.sim.ready()) {
    unlocked();
  }
}

void UiccPower::state_changed(SimCard::State before) {
  if (modem_.sim.state() == before) {
    return;
  }
  if (before == SimCard::State::ready) {
    lost();
  } else if (modem_.sim.ready() || modem_.sim.state() == SimCard::State::personalised) {
    unlocked();
  } else {
    announce();
  }
}

void UiccPower::unlocked() {
  announce();
  if (!modem_.sim.ready()) {
    modem_.report("the SIM cannot be used",
                  {std::string(describe(modem_.sim.state())), std::string(way_to_ready(modem_.sim.state())),
                   cause_of(modem_.sim.state())});
    return;
  }
  modem_.log(base::LogLevel::info, "SIM ready");
  if (modem_.power.lte_on()) {
    modem_.registration.start(modem_.power.receive_only());
  }
}

// The card was switched off or pulled out while the modem was using it.
void UiccPower::lost() {
  starting_.cancel();
  announce();
  if (!modem_.power.lte_on()) {
    return;
  }
  bool was_connected = modem_.registration.connected();
  std::vector<int> lost = modem_.connections.drop();
  modem_.registration.report_uicc_failure();
  if (was_connected) {
    modem_.announcements.rrc_changed(false);
  }
  for (int cid : lost) {
    if (modem_.subscriptions.cgerep) {
      modem_.notify(fmt::format("+CGEV: ME PDN DEACT {}", cid));
    }
    modem_.connections.report(cid, false);
  }
}

std::string UiccPower::text() const {
  const SimCard& sim = modem_.sim;
  if (sim.ready()) {
    return "1";
  }
  return sim.cause() == 0 ? "0" : fmt::format("0,{}", sim.cause());
}

void UiccPower::announce() {
  if (modem_.subscriptions.xsim) {
    bool cause_printed = modem_.sim.ready() || modem_.profile.at_least(1, 3);
    modem_.notify(fmt::format("%XSIM: {}", cause_printed ? text() : "0"));
  }
}

}  // namespace attache::cellular
