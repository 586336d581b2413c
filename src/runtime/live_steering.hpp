#pragma once

#include <memory>
#include <string>

#include "base/clock.hpp"
#include "base/result.hpp"
#include "control/control_server.hpp"
#include "control/running_devices.hpp"
#include "device/device.hpp"
#include "device/steering/scenario.hpp"
#include "runtime/device_options.hpp"

namespace attache::runtime {

/// Where the control socket is: as asked for, or in the state folder; empty: there is none.
std::string control_socket_of(const DeviceOptions& options, const device::DeviceConfig& config);

/// What steers a device from outside while it runs: the control socket (`--control`, or `control` in the
/// state folder) and the timeline of `--scenario`. Destroy it before the device is closed.
class LiveSteering {
 public:
  /// Call before Device::start(). The reason says which of the two cannot be had and why.
  static base::Result<LiveSteering> start(const DeviceOptions& options, const device::DeviceConfig& config,
                                          base::Clock& clock, const std::shared_ptr<device::Device>& device);

 private:
  std::unique_ptr<control::ControlServer> control_;
  control::RunningDevice running_;
  std::unique_ptr<device::ScenarioPlayer> scenario_;
};

}  // namespace attache::runtime
