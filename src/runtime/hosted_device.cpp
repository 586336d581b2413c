#include "runtime/hosted_device.hpp"

#include <utility>
#include <vector>

namespace attache::runtime {

base::Result<std::unique_ptr<HostedDevice>> HostedDevice::create(std::shared_ptr<Surroundings> surroundings,
                                                                 const DeviceOptions& options,
                                                                 const device::DeviceConfig& config,
                                                                 base::JournalSink sink) {
  std::unique_ptr<HostedDevice> hosted(new HostedDevice(std::move(surroundings)));
  base::Clock& clock = *hosted->surroundings_->clock;
  auto transcript = LiveTranscript::open(options, config, clock.context());
  if (!transcript) {
    return transcript.error();
  }
  hosted->transcript_ = std::move(*transcript);
  auto events = LiveEvents::open(options, config, clock.context());
  if (!events) {
    return events.error();
  }
  hosted->events_ = std::move(*events);
  if (auto writable = check_trace(config); !writable) {
    return writable.error();
  }
  auto device = device::Device::create(config, clock, hosted->surroundings_->network);
  if (!device) {
    return device.error();
  }
  hosted->device_ = std::move(*device);
  hosted->device_->keep(hosted->surroundings_);
  if (sink) {
    hosted->device_->add_journal_sink(std::move(sink));
  }
  hosted->device_->join(hosted->surroundings_->exchange);
  auto steering = LiveSteering::start(options, config, clock, hosted->device_);
  if (!steering) {
    return steering.error();
  }
  hosted->steering_ = std::move(*steering);
  return base::Result<std::unique_ptr<HostedDevice>>(std::move(hosted));
}

HostedDevice::~HostedDevice() {
  close();
}

base::Result<void> HostedDevice::open_ports(const device::DeviceConfig& config, const PortOpened& opened) {
  std::vector<serial::PortSpec> specs = config.ports;
  if (specs.empty()) {
    auto spec = serial::default_port_spec();
    if (!spec) {
      return spec.error();
    }
    specs.push_back(*spec);
  }
  for (const serial::PortSpec& spec : specs) {
    auto port = serial::open_port(*surroundings_->clock, spec, config.uart);
    if (!port) {
      return port.error();
    }
    if (auto told = opened(spec, (*port)->address()); !told) {
      return told.error();
    }
    if (spec.role == serial::PortSpec::Role::at) {
      device_->add_at_port(std::move(*port));
    } else {
      device_->add_log_port(std::move(*port));
    }
  }
  return {};
}

base::Result<void> HostedDevice::start(const device::DeviceConfig& config, std::string application) {
  if (transcript_) {
    transcript_->attach(device_);
  }
  if (events_) {
    events_->attach(device_);
  }
  trace_.emplace(*device_, surroundings_->real_time, config.trace, std::move(application));
  if (auto begun = begin_trace(*trace_, config); !begun) {
    return begun.error();
  }
  device_->start();
  return {};
}

// Events hear the end of the device; all else lets go of it before.
void HostedDevice::close() {
  steering_ = LiveSteering();
  transcript_.reset();
  trace_.reset();
  if (device_) {
    device_->close();
  }
  events_.reset();
}

}  // namespace attache::runtime
