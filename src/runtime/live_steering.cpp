#include "runtime/live_steering.hpp"

#include <fmt/format.h>

#include <string>
#include <utility>

namespace attache::runtime {

namespace {

// Who is not found by Wireshark can be steered all the same.
void announce_socket(const std::string& socket, device::Device& device, control::RunningDevice& running) {
  auto announced = control::RunningDevice::announce(socket);
  if (announced) {
    running = std::move(*announced);
    return;
  }
  base::Reason reason = announced.error();
  reason.what = "Wireshark will not find this device";
  device.journal().report("control", std::move(reason));
}

}  // namespace

std::string control_socket_of(const DeviceOptions& options, const device::DeviceConfig& config) {
  if (options.control.empty() && !config.state_folder.empty()) {
    return fmt::format("{}/{}", config.state_folder, control::socket_name);
  }
  return options.control;
}

base::Result<LiveSteering> LiveSteering::start(const DeviceOptions& options,
                                               const device::DeviceConfig& config, base::Clock& clock,
                                               const std::shared_ptr<device::Device>& device) {
  LiveSteering steering;
  if (std::string path = control_socket_of(options, config); !path.empty()) {
    auto control = control::ControlServer::start(clock, path, device);
    if (!control) {
      return control.error();
    }
    steering.control_ = std::move(*control);
    announce_socket(path, *device, steering.running_);
  }
  if (!options.scenario.empty()) {
    auto scenario = device::read_scenario_file(options.scenario);
    if (!scenario) {
      return scenario.error();
    }
    steering.scenario_ =
        std::make_unique<device::ScenarioPlayer>(*device, std::move(*scenario), config.simulation.seed);
  }
  return steering;
}

}  // namespace attache::runtime
