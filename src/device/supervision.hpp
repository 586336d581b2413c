#pragma once

#include <memory>
#include <optional>

#include "base/loop.hpp"
#include "device/device.hpp"

namespace attache::device {

/// Runs the loop for one device until it is stopped. What is thrown in the device ends the device, not the
/// process: it is reported as "internal error" with its place, and the modem is switched off as on a stop.
/// The caller closes the device afterwards, and drains and ends the loop.
class Supervision {
 public:
  /// `clock` is the device's and runs on `loop`; both outlive this.
  Supervision(base::Loop& loop, base::Clock& clock, std::shared_ptr<Device> device);

  /// The first call switches the modem off, which saves its settings, and then ends the loop; a second one,
  /// or a detach that takes longer than 3 s, ends it without.
  void stop();

  /// Runs until stopped. Returns the first fault of the program, if there was one.
  [[nodiscard]] std::optional<base::Reason> run();

  /// Lets what was closed end and the last bytes go out, for at most a second.
  void drain();

 private:
  void take(const base::Fault& fault);

  base::Loop& loop_;
  base::Clock& clock_;
  std::shared_ptr<Device> device_;
  bool stopping_ = false;
  base::Alarm patience_;
  std::optional<base::Reason> fault_;
};

}  // namespace attache::device
