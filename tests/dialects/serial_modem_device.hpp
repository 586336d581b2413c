#pragma once

#include <string>
#include <string_view>

#include "slm_device.hpp"

namespace attache::dialects {

inline DialectOptions serial_modem(std::string_view edition = "serial-modem-2.0") {
  DialectOptions options;
  options.name = std::string(edition);
  return options;
}

/// A device with Serial Modem: its host ends lines with CR.
class SerialModemDevice : public SlmDevice {
 public:
  explicit SerialModemDevice(const DialectOptions& options = serial_modem(), std::size_t ports = 1)
      : SlmDevice(options, ports) {}

  std::string send(std::string_view line, std::size_t index = 0) {
    return raw(fmt::format("{}\r", line), index);
  }
  /// The same, and what comes within that time.
  std::string send_and_wait(std::string_view line, base::Duration duration) {
    std::string said = send(line);
    return said + after(duration);
  }
  /// Sends bytes as they are, and what comes within that time.
  std::string raw_and_wait(std::string_view bytes, base::Duration duration) {
    std::string said = raw(bytes);
    return said + after(duration);
  }
  /// Opens a TCP socket, which gets handle 0, and connects it.
  void connect() {
    EXPECT_EQ(send("AT#XSOCKET=1,1,0"), answer("#XSOCKET: 0,1,6"));
    EXPECT_EQ(send("AT#XCONNECT=0,\"192.0.2.1\",7"), answer("#XCONNECT: 0,1"));
  }
};

}  // namespace attache::dialects
