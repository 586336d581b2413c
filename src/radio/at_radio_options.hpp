#pragma once

#include <chrono>
#include <optional>
#include <string_view>

#include "base/clock.hpp"
#include "base/result.hpp"
#include "serial/port_spec.hpp"

namespace attache::radio {

/// A real modem beneath the device: `[radio] at`, `timeout`, `allow_power`.
struct AtRadioOptions {
  std::optional<serial::PortSpec> port{};             ///< Its AT port; nothing = the modem is simulated.
  base::Duration timeout = std::chrono::seconds(10);  ///< For an answer (AtLink::limit_of).
  bool allow_power = false;  ///< Hosts and the application may switch it off (`AT+CFUN=0`, `#XRESET`).
};

/// Reads the SPEC of a modem's port, "tty:/dev/ttyUSB2@115200". The reason says what is wrong with it.
base::Result<serial::PortSpec> parse_modem_port(std::string_view text);

}  // namespace attache::radio
