#pragma once

#include <memory>
#include <string>

#include "base/clock.hpp"
#include "base/result.hpp"
#include "device/device.hpp"

namespace attache::control {

/// Takes steering commands for a running device on a unix socket, which only this user may open. A request is
/// one line of text (device/steering/steering.hpp); the answer is one line with a JSON object:
/// {"ok":true,"text":…[,"data":{…}]} or {"ok":false,"what":…,"why":…,"advice":…}. Several clients at once;
/// each gets its answers in the order of its requests; a 17th is told so in such a line and cut off. A client
/// that sends a line that is too long, or does not read its answers, is cut off.
class ControlServer {
 public:
  /// Listens at `path` (as serial::open_unix_port() does). Serves until it is destroyed; it does not keep the
  /// device alive.
  /// Fails while another process serves it; a socket that one has left behind is replaced.
  static base::Result<std::unique_ptr<ControlServer>> start(base::Clock& clock, const std::string& path,
                                                            std::weak_ptr<device::Device> device);
  virtual ~ControlServer() = default;
};

/// The name of the socket in a state folder.
inline constexpr const char* socket_name = "control";

}  // namespace attache::control
