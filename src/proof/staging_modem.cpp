#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "doctor/reader/words.hpp"
#include "proof/staging.hpp"

namespace attache::proof {

namespace {

using base::Cause;
using doctor::Item;
using Told = std::optional<std::string>;

constexpr int low_battery = 2900;
constexpr int good_battery = 3700;

// GNSS, or the technology that is there, is not in the system mode of the log.
bool is_about_gnss(const Claim& claim) {
  doctor::ItemRef item = claim.item();
  auto mode = item == nullptr ? std::nullopt : item->number_at(0);
  return item != nullptr && (item->is("#XGPS") || item->is("#XGNSS") || (item->is("+CFUN") && mode == 31));
}

void set_up_system_mode(Scene& scene, const Claim& claim) {
  if (is_about_gnss(claim)) {
    return;
  }
  const auto& mode = claim.session.end->system_mode;
  bool nb_iot_alone = mode && (*mode)[0] == 0 && (*mode)[1] == 1;
  scene.config.simulation.network.technology =
      nb_iot_alone ? cellular::AccessTechnology::lte_m : cellular::AccessTechnology::nb_iot;
}

Told mend_system_mode(Scene& scene, const Claim& claim) {
  bool gnss = is_about_gnss(claim);
  bool nb_iot = scene.config.simulation.network.technology == cellular::AccessTechnology::nb_iot;
  std::string line = fmt::format("AT%XSYSTEMMODE={},{},{},0", nb_iot && !gnss ? 0 : 1,
                                 nb_iot && !gnss ? 1 : 0, gnss ? 1 : 0);
  std::size_t set = scene.script.find_command("%XSYSTEMMODE");
  if (set < scene.script.steps.size() && scene.script.steps[set].item->sets("%XSYSTEMMODE")) {
    scene.script.steps[set].text = line;
    return fmt::format("The host sends {} instead.", line);
  }
  // What resets the mode stands before it.
  std::size_t reset = scene.script.find_command("%XFACTORYRESET");
  std::size_t at = reset < scene.script.steps.size() ? reset + 1 : 0;
  scene.script.insert(at, {line});
  return fmt::format("The host sends {} first, while LTE is off.", line);
}

void set_up_power(Scene& scene, const Claim&) {
  scene.config.simulation.radio.battery_mv = low_battery;
  std::size_t at = scene.script.find_command("%XVBAT");
  // The level is told when it changes.
  scene.script.insert(at, {fmt::format("$ battery {}", low_battery)});
}

Told mend_power(Scene& scene, const Claim&) {
  scene.config.simulation.radio.battery_mv = good_battery;
  for (Step& step : scene.script.steps) {
    if (step.kind == Step::Kind::steer && step.text.starts_with("battery")) {
      step.text = fmt::format("battery {}", good_battery);
    }
  }
  return fmt::format("The supply gives {} mV.", good_battery);
}

// Timers of a line are those that the network grants whatever is asked for.
void set_up_psm(Scene& scene, const Claim& claim) {
  auto& psm = scene.config.simulation.network.psm;
  psm = "refused";
  const auto& seen = claim.session.end->registration;
  constexpr std::string_view deactivated = "11100000";
  if (seen && seen->active_time.size() == 8 && seen->periodic_update.size() == 8 &&
      seen->active_time != deactivated) {
    psm = fmt::format("{},{}", seen->active_time, seen->periodic_update);
  }
}

Told mend_psm(Scene& scene, const Claim&) {
  scene.config.simulation.network.psm.clear();
  return "The operator grants the timers that are asked for.";
}

void set_up_reset_loop(Scene& scene, const Claim& claim) {
  int resets = 0;
  for (const doctor::ItemRef& item : claim.session.items) {
    resets += item->is("#XRESET") || item->is("#XSLMRESET") ? 1 : 0;
  }
  scene.config.simulation.radio.reset_loop_limit = std::max(1, resets);
}

Told mend_reset_loop(Scene& scene, const Claim&) {
  bool found = false;
  for (std::size_t i = scene.script.steps.size(); i-- > 0;) {
    const doctor::ItemRef& item = scene.script.steps[i].item;
    if (item != nullptr && (item->is("#XRESET") || item->is("#XSLMRESET"))) {
      scene.script.insert(i, {"AT+CFUN=0"});
      found = true;
    }
  }
  return found ? Told("The host sends AT+CFUN=0 before each reset.") : std::nullopt;
}

void set_up_no_card(Scene& scene, const Claim&) {
  scene.config.simulation.sim.absent = true;
}

Told mend_no_card(Scene& scene, const Claim&) {
  scene.config.simulation.sim.absent = false;
  return "A card is in the holder.";
}

void set_up_pin(Scene& scene, const Claim&) {
  if (scene.config.simulation.sim.pin.empty()) {
    scene.config.simulation.sim.pin = "1234";
  }
}

Told mend_pin(Scene& scene, const Claim&) {
  std::erase_if(scene.script.steps, [](const Step& step) {
    return step.item != nullptr && step.item->sets("+CPIN") &&
           step.item->result.kind != doctor::Result::Kind::ok;
  });
  std::size_t on = scene.script.find_command("+CFUN");
  scene.script.insert(std::min(on + 1, scene.script.steps.size()),
                      {fmt::format("AT+CPIN=\"{}\"", scene.config.simulation.sim.pin)}, registration_time);
  return "The host gives the card's PIN, once, when it is asked for.";
}

Told mend_sleep(Scene& scene, const Claim&) {
  std::size_t sleep = scene.script.find_command("#XSLEEP");
  if (sleep < scene.script.steps.size()) {
    scene.script.insert(sleep + 1, {"$ pin wake-up low"}, std::chrono::seconds(5));
    return "The host pulls the wake-up pin low before it speaks.";
  }
  return std::nullopt;
}

// It crashes before the first command that it refuses to the end of the log.
void set_up_crash(Scene& scene, const Claim& claim) {
  std::size_t at = scene.script.steps.size();
  for (const doctor::Evidence& piece : claim.finding.evidence) {
    at = piece.event == nullptr ? at : std::min(at, scene.script.find(piece.event));
  }
  scene.script.insert(at, {"$ fault 2"});
}

Told mend_crash(Scene& scene, const Claim&) {
  std::erase_if(scene.script.steps,
                [](const Step& step) { return step.kind == Step::Kind::steer && step.text == "fault 2"; });
  return "The modem firmware does not crash.";
}

constexpr std::array modem_table{
    Staging{Cause::wrong_system_mode, set_up_system_mode, mend_system_mode},
    Staging{Cause::power, set_up_power, mend_power},
    Staging{Cause::psm_network_values, set_up_psm, mend_psm},
    Staging{Cause::reset_loop_restriction, set_up_reset_loop, mend_reset_loop},
    Staging{Cause::no_sim, set_up_no_card, mend_no_card},
    Staging{Cause::sim_failure, set_up_no_card, mend_no_card},
    Staging{Cause::sim_pin, set_up_pin, mend_pin},
    Staging{Cause::psm_sleep, nullptr, mend_sleep},
    Staging{Cause::modem_crash, set_up_crash, mend_crash},
};

}  // namespace

std::span<const Staging> modem_stagings() {
  return modem_table;
}

}  // namespace attache::proof
