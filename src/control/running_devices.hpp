#pragma once

#include <string>
#include <vector>

#include "base/result.hpp"

namespace attache::control {

/// The devices of this user that run on this machine and have a control socket: each says so in a folder of
/// the user's alone (`$XDG_RUNTIME_DIR/attache`, or `/tmp/attache-UID`), as a link named for its process.

/// Says that this process serves `socket`, for as long as it lives. A second one of a process takes the
/// place of the first.
class RunningDevice {
 public:
  /// The reason says why the folder cannot be used.
  static base::Result<RunningDevice> announce(const std::string& socket);

  RunningDevice() = default;
  RunningDevice(RunningDevice&& other) noexcept;
  RunningDevice& operator=(RunningDevice&& other) noexcept;
  RunningDevice(const RunningDevice&) = delete;
  RunningDevice& operator=(const RunningDevice&) = delete;
  ~RunningDevice();

 private:
  explicit RunningDevice(std::string link) : link_(std::move(link)) {}

  std::string link_;
};

/// A process that serves a device, and the path of its control socket.
struct FoundDevice {
  int process = 0;
  std::string socket;
};

/// Those that run now, by process. What processes have left behind that are gone is taken away.
std::vector<FoundDevice> find_running_devices();

}  // namespace attache::control
