#pragma once

#include <memory>

#include "base/clock.hpp"
#include "base/result.hpp"
#include "device/device.hpp"
#include "trace/capture/tracing.hpp"

namespace attache::runtime {

/// The trace of a running device, from its start or when it is asked for. Destroy it before the device is
/// closed.
class LiveTrace {
 public:
  /// Whether the trace has a place of its own: stdout is the host's if a port is the program's stdio. The
  /// reason of a failure says so. To be asked before a port is opened.
  static base::Result<void> check(const device::DeviceConfig& config);

  /// Begins when the device has its ports, before Device::start(). `timer` is a real clock on its loop and
  /// must outlive the trace; `application` is the program's name and version, for the file. The reason says
  /// why the trace cannot be written.
  static base::Result<std::unique_ptr<LiveTrace>> attach(const device::DeviceConfig& config,
                                                         base::Clock& timer,
                                                         const std::shared_ptr<device::Device>& device,
                                                         std::string application);

 private:
  LiveTrace(const device::DeviceConfig& config, base::Clock& timer,
            const std::shared_ptr<device::Device>& device, std::string application);

  std::shared_ptr<device::Device> device_;
  trace::Tracing tracing_;
};

}  // namespace attache::runtime
