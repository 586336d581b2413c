#include <fmt/format.h>

#include <array>
#include <utility>

#include "base/text.hpp"
#include "cellular/nrf91.hpp"
#include "cellular/timing.hpp"

namespace attache::cellular {

namespace {

constexpr std::chrono::hours autosave_period(48);
constexpr std::chrono::minutes reset_loop_block(30);
constexpr std::string_view memory_section = "modem";
constexpr std::string_view resets_key = "ungraceful_resets";
constexpr std::string_view production_key = "production_done";

}  // namespace

Answer Nrf91::store_configuration() {
  if (volatile_.power_off_warned) {
    return writing_refused();
  }
  auto saved = configuration.save(settings);
  return saved ? ok()
               : failure(CmeError::memory_failure, saved.error(), "the configuration could not be stored: ");
}

// An activation that no AT+CFUN=0 or 4 follows was an ungraceful end.
void Nrf91::count_activation() {
  if (options.radio.reset_loop_limit == 0 || std::exchange(volatile_.activation_counted, true)) {
    return;
  }
  auto stored = settings.section(memory_section);
  int resets = base::parse_number<std::int32_t>(stored[std::string(resets_key)]).value_or(0);
  std::array<base::Settings::Change, 1> change{
      {{std::string(memory_section), std::string(resets_key), std::to_string(resets + 1)}}};
  if (auto written = settings.apply(change); !written) {
    journal.report("modem", written.error());
  }
}

void Nrf91::forget_resets() {
  volatile_.activation_counted = false;
  std::array<base::Settings::Change, 1> change{
      {{std::string(memory_section), std::string(resets_key), std::nullopt}}};
  if (auto written = settings.apply(change); !written) {
    journal.report("modem", written.error());
  }
}

void Nrf91::count_resets() {
  volatile_.activation_counted = false;
  if (options.radio.reset_loop_limit == 0) {
    return;
  }
  auto stored = settings.section(memory_section);
  int resets = base::parse_number<std::int32_t>(stored[std::string(resets_key)]).value_or(0);
  if (resets >= options.radio.reset_loop_limit) {
    report("no attach for 30 minutes (reset loop)",
           {fmt::format("{} resets without AT+CFUN=0", resets),
            "Give AT+CFUN=0 before each reset or power cut; [radio] reset_loop_limit = 0 switches this off.",
            base::Cause::reset_loop_restriction});
    registration.block_attach_for(reset_loop_block);
  }
}

// From 1.3 on the firmware saves by itself every two days.
void Nrf91::plan_autosave() {
  if (!profile.at_least(1, 3)) {
    return;
  }
  volatile_.autosave = clock.call_after(period_duration(options.timing, autosave_period), [this] {
    if (auto saved = configuration.save(settings); !saved) {
      journal.report("modem", saved.error());
    }
    plan_autosave();
  });
}

Answer Nrf91::finish_production() {
  std::array<base::Settings::Change, 1> change{
      {{std::string(memory_section), std::string(production_key), "1"}}};
  if (auto written = settings.apply(change); !written) {
    return failure(CmeError::memory_failure, written.error());
  }
  configuration.production_done = true;
  return ok();
}

Answer Nrf91::reset_configuration() {
  Configuration fresh;
  fresh.production_done = configuration.production_done;  // On a real device a fuse.
  Configuration before = std::exchange(configuration, fresh);
  Answer stored = store_configuration();
  if (stored.failure) {
    configuration = std::move(before);
  }
  return stored;
}

}  // namespace attache::cellular
