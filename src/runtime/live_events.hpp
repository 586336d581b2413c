#pragma once

#include <boost/asio/io_context.hpp>
#include <memory>

#include "base/result.hpp"
#include "device/device.hpp"
#include "runtime/device_options.hpp"
#include "runtime/live_file.hpp"

namespace attache::runtime {

/// What `--json-events` writes of a running device: each of its events as one line of JSON. Destroy it after
/// the device is closed, whose last event is its end.
class LiveEvents {
 public:
  /// Opens the descriptor of `options`; nothing comes of it without one. The reason says why it cannot be
  /// written to.
  static base::Result<std::unique_ptr<LiveEvents>> open(const DeviceOptions& options,
                                                        const device::DeviceConfig& config,
                                                        boost::asio::io_context& context);
  LiveEvents(const LiveEvents&) = delete;
  LiveEvents& operator=(const LiveEvents&) = delete;
  ~LiveEvents();

  /// Begins: when the device has its ports, before Device::start().
  void attach(const std::shared_ptr<device::Device>& device);

 private:
  LiveEvents(boost::asio::io_context& context, LiveFile::Names names, base::FileDescriptor file);

  LiveFile file_;
  std::shared_ptr<device::Device> device_;
  std::shared_ptr<void> listening_;
};

}  // namespace attache::runtime
