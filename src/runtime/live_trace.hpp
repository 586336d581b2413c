#pragma once

#include "base/result.hpp"
#include "device/config/config.hpp"
#include "trace/capture/tracing.hpp"

namespace attache::runtime {

/// Whether the trace has a place of its own: stdout is the host's if a port is the program's stdio. The
/// reason of a failure says so. To be asked before a port is opened.
base::Result<void> check_trace(const device::DeviceConfig& config);

/// Begins the trace that the configuration asks for from the device's start on: when the device has its
/// ports, before Device::start(). The reason says why it cannot be written.
base::Result<void> begin_trace(trace::Tracing& tracing, const device::DeviceConfig& config);

}  // namespace attache::runtime
