#include "cellular/non_volatile_memory.hpp"

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

Answer NonVolatileMemory::store_configuration() {
  if (modem_.surroundings.power_off_warned()) {
    return modem_.surroundings.writing_refused();
  }
  auto saved = modem_.configuration.save(modem_.settings);
  return saved ? ok()
               : failure(CmeError::memory_failure, saved.error(), "the configuration could not be stored: ");
}

// An activation that no AT+CFUN=0 or 4 follows was an ungraceful end.
void NonVolatileMemory::count_activation() {
  if (modem_.options.radio.reset_loop_limit == 0 || std::exchange(activation_counted_, true)) {
    return;
  }
  auto stored = modem_.settings.section(memory_section);
  int resets = base::parse_number<std::int32_t>(stored[std::string(resets_key)]).value_or(0);
  std::array<base::Settings::Change, 1> change{
      {{std::string(memory_section), std::string(resets_key), std::to_string(resets + 1)}}};
  if (auto written = modem_.settings.apply(change); !written) {
    modem_.journal.report("modem", written.error());
  }
}

void NonVolatileMemory::forget_resets() {
  activation_counted_ = false;
  std::array<base::Settings::Change, 1> change{
      {{std::string(memory_section), std::string(resets_key), std::nullopt}}};
  if (auto written = modem_.settings.apply(change); !written) {
    modem_.journal.report("modem", written.error());
  }
}

void NonVolatileMemory::begin() {
  count_resets();
  plan_autosave();
}

void NonVolatileMemory::count_resets() {
  activation_counted_ = false;
  if (modem_.options.radio.reset_loop_limit == 0) {
    return;
  }
  auto stored = modem_.settings.section(memory_section);
  int resets = base::parse_number<std::int32_t>(stored[std::string(resets_key)]).value_or(0);
  if (resets >= modem_.options.radio.reset_loop_limit) {
    modem_.report(
        "no attach for 30 minutes (reset loop)",
        {fmt::format("{} resets without AT+CFUN=0", resets),
         "Give AT+CFUN=0 before each reset or power cut; [radio] reset_loop_limit = 0 switches this off.",
         base::Cause::reset_loop_restriction});
    modem_.registration.block_attach_for(reset_loop_block);
  }
}

// From 1.3 on the firmware saves by itself every two days.
void NonVolatileMemory::plan_autosave() {
  if (!modem_.profile.at_least(1, 3)) {
    return;
  }
  autosave_ = modem_.clock.call_after(period_duration(modem_.options.timing, autosave_period), [this] {
    if (auto saved = modem_.configuration.save(modem_.settings); !saved) {
      modem_.journal.report("modem", saved.error());
    }
    plan_autosave();
  });
}

Answer NonVolatileMemory::finish_production() {
  std::array<base::Settings::Change, 1> change{
      {{std::string(memory_section), std::string(production_key), "1"}}};
  if (auto written = modem_.settings.apply(change); !written) {
    return failure(CmeError::memory_failure, written.error());
  }
  modem_.configuration.production_done = true;
  return ok();
}

Answer NonVolatileMemory::reset_configuration() {
  Configuration fresh;
  fresh.production_done = modem_.configuration.production_done;  // On a real device a fuse.
  Configuration before = std::exchange(modem_.configuration, fresh);
  Answer stored = store_configuration();
  if (stored.failure) {
    modem_.configuration = std::move(before);
  }
  return stored;
}

}  // namespace attache::cellular
