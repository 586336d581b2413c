#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.hpp"
#include "base/result.hpp"

namespace attache::trace {

/// Of which protocol something is that a timeline shows.
enum class Layer {
  at,     ///< A line of a serial port.
  modem,  ///< What happened to the modem and its network, and reasons of failures: comments of a capture.
  dns,
  tcp,
  udp,
  icmp,
  tls,  ///< DTLS too.
  http,
  mqtt,
  capture,  ///< Of the file itself: what was dropped, what cannot be read.
};
/// As `layer` of a timeline has it: "at", "tcp" …
std::string_view name_of(Layer layer);
/// The same back, in lower case only; nothing for a name that is none.
std::optional<Layer> layer_named(std::string_view name);

/// One line of a timeline.
struct TimelineEntry {
  enum class Way {
    none,
    sent,      ///< By the host to the modem, or by the device to the network.
    received,  ///< By the modem's host, or by the device.
  };

  base::WallTime time{};
  std::uint64_t packet = 0;  ///< Its number in the file, from 1, as Wireshark counts; 0 = none.
  Layer layer = Layer::at;
  Way way = Way::none;
  std::string interface;         ///< "uart0", "pdn0"; of others' captures as they call it, or its number.
  std::optional<int> context{};  ///< The PDN context.
  std::string peer{};            ///< "google.com (142.250.1.1):443"; empty if there is none.
  std::string text{};            ///< One line; control characters are escaped, secrets masked.
};

/// What of a timeline is wanted. What is not given is not asked for.
struct TimelineFilter {
  std::string interface;  ///< "uart0", or 0 for the first UART.
  std::optional<int> context{};
  std::string host{};  ///< Part of a peer's name or address, in any case.
  std::vector<Layer> layers{};
  std::optional<double> from{};  ///< Seconds from the first packet.
  std::optional<double> until{};

  /// Whether all that was given holds; `began` is the time of the capture's first packet.
  [[nodiscard]] bool takes(const TimelineEntry& entry, base::WallTime began) const;
};

/// "   1.250 uart0 → AT+CFUN=1": seconds from `began`.
std::string render_text(const TimelineEntry& entry, base::WallTime began);
/// One JSON object and LF (docs/timeline.md).
std::string render_json(const TimelineEntry& entry, base::WallTime began);

}  // namespace attache::trace
