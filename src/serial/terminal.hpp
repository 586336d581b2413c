#pragma once

#include <cstdint>

namespace attache::serial {

/// How a terminal device is set for a modem line.
struct TerminalMode {
  std::uint32_t baud = 0;  ///< bit/s in both directions; 0 leaves it as it is.
  bool rtscts = false;     ///< Hardware flow control.
};

/// Sets a terminal raw, 8N1, without echo, signals and translation, ignoring the carrier, and the rest by
/// `mode`. Any rate the hardware can make is possible (termios2). Returns 0 or an errno value.
[[nodiscard]] int set_raw(int descriptor, const TerminalMode& mode);

/// Changes the rate alone. Returns 0 or an errno value; EINVAL if the hardware chose another rate, more than
/// 3 % away.
[[nodiscard]] int set_rate(int descriptor, std::uint32_t baud);

/// The rate in bit/s, or 0 if the descriptor is no terminal.
[[nodiscard]] std::uint32_t rate_of(int descriptor);

}  // namespace attache::serial
