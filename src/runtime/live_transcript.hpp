#pragma once

#include <cstddef>
#include <map>
#include <memory>
#include <string>
#include <utility>

#include "base/posix/file_descriptor.hpp"
#include "base/result.hpp"
#include "client/port_transcript.hpp"
#include "device/device.hpp"
#include "runtime/device_options.hpp"
#include "runtime/live_file.hpp"

namespace attache::runtime {

/// What `--transcript` writes of a running device, at real time whatever clock the device has. The device
/// never waits for the file; what is lost is counted in the device's log. Destroy it before the device is
/// closed.
class LiveTranscript {
 public:
  /// Opens the file of `options`; nothing comes of it without one. The reason says why it cannot be written.
  static base::Result<std::unique_ptr<LiveTranscript>> open(const DeviceOptions& options,
                                                            const device::DeviceConfig& config,
                                                            boost::asio::io_context& context);
  LiveTranscript(const LiveTranscript&) = delete;
  LiveTranscript& operator=(const LiveTranscript&) = delete;
  ~LiveTranscript();

  /// Begins: when the device has its ports, before Device::start().
  void attach(const std::shared_ptr<device::Device>& device);

 private:
  LiveTranscript(boost::asio::io_context& context, std::string path, std::string dialect,
                 base::FileDescriptor file);

  [[nodiscard]] std::size_t number_of(const device::PortBytes& heard);

  std::string dialect_;
  bool is_first_;
  LiveFile file_;
  std::shared_ptr<device::Device> device_;
  std::unique_ptr<client::PortTranscript> transcript_;
  std::map<std::pair<std::size_t, unsigned>, std::size_t> channels_;  // By port and number.
  std::shared_ptr<void> tap_;
};

}  // namespace attache::runtime
