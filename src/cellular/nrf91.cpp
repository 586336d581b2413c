#include "cellular/nrf91.hpp"

#include <fmt/format.h>

#include <utility>

#include "cellular/timing.hpp"

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
      registration({options, profile, configuration, sim, radio, contexts, clock, steps, *this}),
      messages(*this),
      battery_mv(options.radio.battery_mv),
      temperature(options.radio.temperature) {
  volatile_.booted_at = clock.now();
  // The radio environment has operators and cells of its own by now.
  options.operators.clear();
  options.operators.shrink_to_fit();
  options.cells.clear();
  options.cells.shrink_to_fit();
  registration_handlers_.call();
  count_resets();
  plan_autosave();
}

void Nrf91::measure_after(const Span& span, std::function<void()> work) {
  volatile_.measuring = clock.call_after(steps.draw(span), std::move(work));
}

bool Nrf91::cancel_measurement() {
  bool running = volatile_.measuring.pending();
  volatile_.measuring.cancel();
  return running;
}

void Nrf91::set_notification_handler(std::function<void(std::string_view urc)> handler) {
  notification_handler_ = std::move(handler);
}

void Nrf91::notify(std::string_view urc) {
  notifications_.push_back(fmt::format("{}\r\n", urc));
  if (!notification_.pending()) {
    notification_ = clock.call_after(base::Duration::zero(), [this] { send_notifications(); });
  }
}

void Nrf91::send_notifications() {
  std::vector<std::string> urcs = std::exchange(notifications_, {});
  for (const std::string& urc : urcs) {
    if (notification_handler_) {
      notification_handler_(urc);
    }
  }
}

void Nrf91::log(base::LogLevel level, std::string message) {
  journal.log(level, "modem", std::move(message));
}

void Nrf91::restart() {
  command_.cancel();
  next_line_.cancel();
  notification_.cancel();
  notifications_.clear();
  registration.cold_start();
  std::vector<int> lost = drop_connections();
  sim.power_off();
  volatile_ = {};
  volatile_.booted_at = clock.now();
  configuration = Configuration::load(settings);
  contexts.reset();
  messages.reset();
  clock_time.forget();
  for (int cid : lost) {
    report_pdn(cid, false);
  }
  count_resets();
  plan_autosave();
  std::vector<WaitingLine> waiting = std::exchange(waiting_, {});
  if (job_) {
    finish_job(
        failure(base::Cause::ended_by_host, CmeError::none, "the modem was restarted while the command ran"));
  }
  for (auto& line : waiting) {
    line.done(reply(
        failure(base::Cause::ended_by_host, CmeError::none, "the modem was restarted before the command ran"),
        ""));
  }
}

std::optional<base::WallTime> Nrf91::time() const {
  return clock_time.utc();
}

const std::string& Nrf91::own_number() const {
  return options.sms.number;
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

void Nrf91::set_message_outlet(std::function<void(const modem::SubmittedMessage&)> outlet) {
  messages.centre().set_outlet(std::move(outlet));
}

std::optional<modem::CredentialBundle> Nrf91::bundle(std::uint32_t sec_tag) const {
  return vault.bundle(sec_tag);
}

}  // namespace attache::cellular
