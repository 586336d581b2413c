#include <fmt/format.h>

#include "device/state/device_state.hpp"
#include "device/steering/steering_families.hpp"

namespace attache::device {

namespace {

base::Result<SteeringAnswer> show_state(Device& device, SteeringCommand::Words words) {
  if (!words.empty()) {
    return misuse(fmt::format("`{}` is not understood", words[0]));
  }
  DeviceState state = state_of(device);
  return SteeringAnswer{to_text(state), to_json(state)};
}

}  // namespace

void add_state_command(std::vector<SteeringCommand>& commands) {
  commands.push_back({"state", "state", "Shows the device and all that surrounds it.", show_state});
}

}  // namespace attache::device
