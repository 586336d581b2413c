#include <fmt/format.h>

#include "base/clock.hpp"
#include "base/text.hpp"
#include "base/utc_time.hpp"
#include "device/config/config.hpp"
#include "device/config/config_value.hpp"
#include "device/device.hpp"
#include "device/state/device_state.hpp"
#include "device/steering/steering_families.hpp"

namespace attache::device {

namespace {

using Words = SteeringCommand::Words;
using Answer = base::Result<SteeringAnswer>;

Answer advance(Device& device, const std::string& time) {
  auto* clock = dynamic_cast<base::ManualClock*>(&device.clock());
  if (clock == nullptr) {
    return base::make_reason("the clock cannot be advanced", "it is the real one",
                             "start the device with --clock manual");
  }
  auto duration = time_of(time);
  if (!duration) {
    return misuse(fmt::format("`{}` is no time", time));
  }
  bool is_settled = clock->advance(*duration);
  return SteeringAnswer{
      fmt::format(
          "the clock is {} further{}", time,
          is_settled ? "" : "; the device was kept busy all the while, so not all that was due is done"),
      {}};
}

Answer scale(Device& device, const std::string& text) {
  auto timing = parse_timing(text);
  if (!timing) {
    return timing.error();
  }
  if (device.radio().network == nullptr) {
    return not_steerable();
  }
  auto set = device.radio().network->set_timing(*timing);
  if (!set) {
    return set.error();
  }
  return SteeringAnswer{*set, {}};
}

Answer date(Device& device, Words words) {
  auto utc = base::parse_utc(words[0]);
  if (!utc) {
    return misuse(fmt::format("`{}` is no date such as 2026-05-24T11:58:22Z", words[0]));
  }
  int zone = 0;
  int daylight = 0;
  for (const std::string& word : words.subspan(1)) {
    auto given = assignment(word);
    auto number = given ? base::parse_number<int>(given->value) : std::nullopt;
    if (!number || (given->name != "zone" && given->name != "daylight")) {
      return misuse(fmt::format("`{}` is not understood", word));
    }
    (given->name == "zone" ? zone : daylight) = *number;
  }
  if (device.radio().network == nullptr) {
    return not_steerable();
  }
  auto set = device.radio().network->set_date(*utc, zone, daylight);
  if (!set) {
    return set.error();
  }
  return SteeringAnswer{*set, {}};
}

Answer clock(Device& device, Words words) {
  if (words.empty()) {
    return SteeringAnswer{clock_text(state_of(device)), {}};
  }
  if (words.size() == 2 && words[0] == "advance") {
    return advance(device, words[1]);
  }
  if (words.size() == 2 && words[0] == "scale") {
    return scale(device, words[1]);
  }
  if (words.size() >= 2 && words[0] == "date") {
    return date(device, words.subspan(1));
  }
  return misuse("`advance`, `scale` or `date` is expected");
}

}  // namespace

std::string timing_text(cellular::Timing timing) {
  if (timing.speed == 0) {
    return "instant";
  }
  return timing.speed == 1 ? "real" : fmt::format("{}x", timing.speed);
}

std::string clock_text(const DeviceState& state) {
  return fmt::format("clock: {}, timing {}, the modem's date {}", state.has_manual_clock ? "manual" : "real",
                     state.is_simulated ? timing_text(state.modem.timing) : "the modem's own",
                     state.modem.time ? base::format_utc(*state.modem.time) : "not known");
}

void add_clock_commands(std::vector<SteeringCommand>& commands) {
  commands.push_back(
      {"clock",
       "clock [advance TIME | scale instant|real|Nx | date YYYY-MM-DDThh:mm:ssZ [zone=QUARTERS] "
       "[daylight=HOURS]]",
       "Moves the manual clock on, sets how fast modem and network run, or the network's date.", clock});
}

}  // namespace attache::device
