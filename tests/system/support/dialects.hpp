#pragma once

#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include "system/support/line_client.hpp"

namespace attache::system_test {

inline const std::string serial_modem = "serial-modem-2.0";
/// The last release of each generation.
inline const std::vector<std::string> last_releases{"slm-1.6", "slm-3.1", serial_modem};

/// The table of a configuration that chooses it.
inline std::string dialect_table(const std::string& dialect) {
  return fmt::format("[dialect]\nname = \"{}\"\n", dialect);
}

/// As a part of a test's name.
inline std::string name_of(std::string dialect) {
  std::erase_if(dialect, [](char c) { return c == '-' || c == '.'; });
  return dialect;
}

/// Sends a line as hosts of the dialect end it, and gives all up to its OK. Serial Modem would wait for more
/// behind a line feed.
inline std::string say(LineClient& host, std::string_view dialect, std::string_view line) {
  host.send(fmt::format("{}{}", line, dialect == serial_modem ? "\r" : "\r\n"));
  return host.read_until(ok);
}

}  // namespace attache::system_test
