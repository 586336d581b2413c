#pragma once

#include <optional>
#include <string>
#include <vector>

#include "at/line_assembler.hpp"

namespace attache::dialects {

/// The application firmware: `[dialect]` of the configuration.
struct DialectOptions {
  std::string name = "slm-1.6";  ///< "slm-1.6" or "slm-1.5".
  bool strict = false;           ///< Reproduces the firmware's quirks instead of the sane behaviour.
  /// Services built in: "httpc", "ftpc", "mqttc", "gps", "sms", "twi". Nothing = the dialect's default build.
  std::optional<std::vector<std::string>> services;
  at::Termination termination = at::Termination::crlf;
  std::string modem_library = "1.2.1";  ///< "1.0.1" or "1.2.1".
};

}  // namespace attache::dialects
