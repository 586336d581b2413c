#pragma once

#include <cstdint>
#include <string_view>

namespace attache::dialects {

/// The log on the second UART of a device, where the host switches it and AT traffic is in it. One thread
/// only.
class UartLog {
 public:
  /// Names a line to a host: a port, or a channel of a multiplexer on it.
  enum class LineId : std::uint32_t {};

  virtual ~UartLog() = default;
  /// Whether the UART carries the log now.
  [[nodiscard]] virtual bool is_on() const = 0;
  /// The host has given a whole command.
  virtual void received(std::string_view command) = 0;
  /// Bytes that go to the host in command mode.
  virtual void sent(LineId line, std::string_view bytes) = 0;
};

}  // namespace attache::dialects
