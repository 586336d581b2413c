#include <fmt/chrono.h>
#include <fmt/format.h>

#include "base/clock.hpp"
#include "device/config_value.hpp"
#include "device/device.hpp"
#include "device/steering_families.hpp"

namespace attache::device {

namespace {

using Words = SteeringCommand::Words;
using Answer = base::Result<SteeringAnswer>;

Answer pin(Device& device, Words words) {
  if (words.size() != 2 || words[0] != "wake-up" || words[1] != "low") {
    return misuse("the wake-up pin can be pulled low for a moment");
  }
  device.wake_up();
  return SteeringAnswer{"the wake-up pin was low for a moment", {}};
}

Answer advance(Device& device, Words words) {
  auto* clock = dynamic_cast<base::ManualClock*>(&device.clock());
  if (clock == nullptr) {
    return base::make_reason("the clock cannot be advanced", "it is the real one",
                             "start the device with --clock manual");
  }
  auto duration = time_of(words[1]);
  if (!duration) {
    return misuse(fmt::format("`{}` is no time", words[1]));
  }
  clock->advance(*duration);
  return SteeringAnswer{fmt::format("the clock is {} further", words[1]), {}};
}

Answer clock(Device& device, Words words) {
  if (words.size() == 2 && words[0] == "advance") {
    return advance(device, words);
  }
  return misuse("these words are not understood");
}

}  // namespace

base::Reason misuse(std::string_view why) {
  return base::make_reason("the command cannot be carried out", std::string(why));
}

std::optional<Assignment> assignment(std::string_view word) {
  std::size_t sign = word.find('=');
  if (sign == std::string_view::npos) {
    return std::nullopt;
  }
  return Assignment{word.substr(0, sign), word.substr(sign + 1)};
}

std::optional<base::Duration> time_of(std::string_view word) {
  auto duration = parse_duration(word);
  return duration ? duration : parse_duration(fmt::format("{}s", word));
}

std::optional<bool> on_or_off(std::string_view word) {
  if (word != "on" && word != "off") {
    return std::nullopt;
  }
  return word == "on";
}

void add_device_commands(std::vector<SteeringCommand>& commands) {
  commands.push_back({"pin", "pin wake-up low", "Pulls an input pin low for a moment: ends #XSLEEP.", pin});
  commands.push_back({"clock", "clock advance TIME", "Moves the manual clock on.", clock});
}

}  // namespace attache::device
