#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "doctor/reader/event.hpp"

namespace attache::doctor {

/// Puts the lines of hex dumps together again: "41 54 2B 43 46 55 4E 3F |AT+CFUN?".
class HexDump {
 public:
  /// The bytes of a line of a dump; nothing if it is none.
  static std::optional<std::string> bytes_of(std::string_view text);

  /// What a log line before a dump says of its direction: "UART SEND, length:9". `by_device`: it is the
  /// device that logs, not its host.
  void title(std::string_view message, bool by_device);
  /// Bytes of a line of a dump, from bytes_of(). What waits for an end is dropped beyond 64 KiB.
  void add(std::string_view bytes, const Place& place);
  [[nodiscard]] bool has_bytes() const { return !bytes_.empty(); }
  /// The lines that were dumped, as events with what ended them; forgets them. A line without an end is given
  /// when `at_end`, else kept for the dumps that follow.
  std::vector<Event> take(bool at_end);

 private:
  struct Line;
  enum class Side { unknown, host, modem };

  std::string bytes_;
  Place place_;
  Side side_ = Side::unknown;
  Side titled_ = Side::unknown;
};

}  // namespace attache::doctor
