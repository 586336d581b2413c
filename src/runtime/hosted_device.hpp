#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "base/logging.hpp"
#include "base/result.hpp"
#include "device/config/config.hpp"
#include "device/device.hpp"
#include "runtime/device_options.hpp"
#include "runtime/live_events.hpp"
#include "runtime/live_steering.hpp"
#include "runtime/live_trace.hpp"
#include "runtime/live_transcript.hpp"
#include "runtime/surroundings.hpp"
#include "serial/port_spec.hpp"

namespace attache::runtime {

/// A device with all that a program puts around it: steering from outside, events, transcript and trace, each
/// if it is asked for. Create it, give it ports, start it. Destroying it closes the device. On the thread of
/// its surroundings.
class HostedDevice {
 public:
  /// Hears of a port that is open, before the next one is opened; its reason ends the opening.
  using PortOpened =
      std::function<base::Result<void>(const serial::PortSpec& spec, const std::string& address)>;

  /// `config` is to_config() of the options; without a sink nobody hears the journal. The reason says what
  /// cannot be had: the state folder, the transcript, the events, the control socket or the scenario.
  static base::Result<std::unique_ptr<HostedDevice>> create(std::shared_ptr<Surroundings> surroundings,
                                                            const DeviceOptions& options,
                                                            const device::DeviceConfig& config,
                                                            base::JournalSink sink);
  HostedDevice(const HostedDevice&) = delete;
  HostedDevice& operator=(const HostedDevice&) = delete;
  ~HostedDevice();

  [[nodiscard]] const std::shared_ptr<device::Device>& device() const { return device_; }

  /// Opens the ports of the configuration; without any, the usual one. Ports of the caller's are added to
  /// device().
  /// Fails at the first that cannot be opened; those before stay open until close().
  base::Result<void> open_ports(const device::DeviceConfig& config, const PortOpened& opened);

  /// Switches the device on, heard by all that was asked for. `application` is the program's name and
  /// version. The reason says why the trace cannot be written.
  base::Result<void> start(const device::DeviceConfig& config, std::string application);

  /// Closes the device; the last of its events is written. A second call does nothing.
  void close();

 private:
  explicit HostedDevice(std::shared_ptr<Surroundings> surroundings)
      : surroundings_(std::move(surroundings)) {}

  std::shared_ptr<Surroundings> surroundings_;
  std::shared_ptr<device::Device> device_;
  LiveSteering steering_;
  std::unique_ptr<LiveTranscript> transcript_;
  std::unique_ptr<LiveEvents> events_;
  std::optional<trace::Tracing> trace_;
};

}  // namespace attache::runtime
