#include "cellular/nrf91.hpp"

#include <fmt/format.h>

#include <utility>

#include "cellular/registration/registration_text.hpp"

namespace attache::cellular {

std::unique_ptr<SimulatedNrf91> SimulatedNrf91::create(SimulationOptions options, base::Clock& clock,
                                                       base::Settings& settings, base::Journal& journal) {
  return std::make_unique<Nrf91>(std::move(options), clock, settings, journal);
}

Nrf91::Nrf91(SimulationOptions given, base::Clock& the_clock, base::Settings& the_settings,
             base::Journal& the_journal)
    : options(std::move(given)),
      clock(the_clock),
      settings(the_settings),
      journal(the_journal),
      profile(firmware_profile(options.firmware)),
      configuration(Configuration::load(settings)),
      sim(options.sim, settings),
      uicc(sim, options.sim),
      personalisation(settings),
      radio(options, clock),
      contexts(options.network),
      vault(settings),
      clock_time(clock),
      steps(options.timing, options.seed),
      surroundings(*this, options.radio),
      registration({options, profile, configuration, sim, radio, contexts, clock, steps, announcements}),
      messages(*this),
      booted_at_(clock.now()) {
  // The radio environment has operators and cells of its own by now.
  options.operators.clear();
  options.operators.shrink_to_fit();
  options.cells.clear();
  options.cells.shrink_to_fit();
  memory.begin();
}

void Nrf91::restart() {
  engine.stop_timers();
  engine.cancel_measurement();
  announcements.drop_unsent();
  registration.cold_start();
  std::vector<int> lost = connections.drop();
  uicc_power.stop_starting();
  sim.power_off();
  subscriptions = {};
  scratch = {};
  announcements.forget();
  power.forget();
  connections.forget();
  traffic.forget();
  obstacles.forget();
  surroundings.forget();
  booted_at_ = clock.now();
  configuration = Configuration::load(settings);
  contexts.reset();
  messages.reset();
  clock_time.forget();
  for (int cid : lost) {
    connections.report(cid, false);
  }
  memory.begin();
  engine.restart();
}

void Nrf91::log(base::LogLevel level, std::string message) {
  journal.log(level, "modem", std::move(message));
}

void Nrf91::report(std::string what, modem::Obstacle obstacle) {
  journal.report("modem", base::make_reason(obstacle.cause, std::move(what), std::move(obstacle.why),
                                            std::move(obstacle.advice)));
}

std::string Nrf91::registration_text(int level, bool read) const {
  AccessTechnology preferred =
      configuration.system_mode.lte_m ? AccessTechnology::lte_m : AccessTechnology::nb_iot;
  return cellular::registration_text(registration.status(), profile, preferred, level, read);
}

void Nrf91::receive_message(const sms::Deliver& message, std::chrono::minutes validity) {
  if (!messages.centre().store(message, validity)) {
    report("a short message was dropped",
           {"the SMS service centre has no room for another one",
            "It keeps 1000: let the device take some (AT+CNMI=3,2,0,1 while registered, AT+CNMA for each).",
            base::Cause::store_full});
  }
}

void Nrf91::change_service(const modem::SmsOptions& changed) {
  std::string number = options.sms.number;
  options.sms = changed;
  options.sms.number = std::move(number);
}

}  // namespace attache::cellular
