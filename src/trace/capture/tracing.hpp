#pragma once

#include <memory>
#include <string>

#include "base/clock.hpp"
#include "device/device.hpp"
#include "device/trace_control.hpp"
#include "trace/capture/capture.hpp"
#include "trace/capture/capture_file.hpp"

namespace attache::trace {

/// Begins and ends the trace of a device, whoever asks for it. It ends with this; destroy it before the
/// device is closed.
class Tracing final : public device::TraceControl {
 public:
  /// `timer` is a real clock on the device's loop, whatever clock the device has; both must outlive it.
  Tracing(device::Device& device, base::Clock& timer, const device::TraceOptions& options,
          std::string application);
  ~Tracing() override;

  base::Result<std::string> start(const std::string& path, bool secrets) override;
  base::Result<std::string> stop() override;
  [[nodiscard]] device::TraceState state() const override;

 private:
  void drain();

  device::Device& device_;
  base::Clock& timer_;
  device::TraceOptions options_;
  std::string application_;
  std::unique_ptr<CaptureFile> file_;
  std::unique_ptr<Capture> capture_;
  base::Alarm end_;
};

}  // namespace attache::trace
