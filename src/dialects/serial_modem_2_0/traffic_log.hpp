#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "dialects/uart_log.hpp"

namespace attache::dialects::serial_modem_2_0 {

/// AT traffic as the released firmware logs it (reference serial-modem-2.0/trace-log.md): texts of log lines,
/// without the logger's prefix. One thread only.
class TrafficLog {
 public:
  /// "RX: AT%CMNG [+2 B redacted]".
  [[nodiscard]] static std::string received(std::string_view command);
  /// "TX: OK" and the like, one for each line; what follows a line with secrets is left out up to the final
  /// result.
  [[nodiscard]] std::vector<std::string> sent(UartLog::LineId line, std::string_view bytes);
  /// No line is within an answer with secrets any more: a boot.
  void forget() { swallows_.clear(); }

 private:
  std::map<UartLog::LineId, bool> swallows_;
};

/// The rows of a hex dump as Zephyr writes them: "41 54 0d |AT." with 16 bytes each.
[[nodiscard]] std::vector<std::string> hex_dump(std::string_view bytes);

}  // namespace attache::dialects::serial_modem_2_0
