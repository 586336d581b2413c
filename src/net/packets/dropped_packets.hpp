#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include "base/clock.hpp"
#include "base/journal.hpp"
#include "net/link.hpp"

namespace attache::net {

/// Why a packet went no further.
enum class PacketFault : std::uint8_t {
  empty,        ///< No bytes at all.
  version,      ///< Neither 4 nor 6.
  header,       ///< The IP header, its options or extension headers are cut short or are not allowed.
  length,       ///< The length it names is not that of its bytes.
  too_large,    ///< More than the MTU of the PDN.
  source,       ///< Not from the address that the PDN has.
  destination,  ///< Nowhere: multicast, broadcast, loopback, unspecified.
  fragment,     ///< A fragment that reaches beyond a packet, is no multiple of 8 bytes, or of IPv6.
  transport,    ///< The header of TCP, UDP or ICMP is cut short or contradicts the packet.
  protocol,     ///< Neither TCP, UDP nor ICMP.
  queue_full,   ///< More than the network takes.
  link,         ///< The link let nothing pass: no coverage, outage, PSM, rate control.
  closed,       ///< The network has ended.
};
inline constexpr std::size_t packet_fault_count = 13;

/// What is wrong, a sentence for a reader.
[[nodiscard]] std::string_view why(PacketFault fault);

/// Counts the packets that were dropped, and says so in the journal: of each cause the first one and then one
/// in a minute at most, with the count. One thread only.
class DroppedPackets {
 public:
  /// Both must outlive it.
  DroppedPackets(base::Clock& clock, base::Journal& journal) : clock_(clock), journal_(journal) {}

  /// Counts a packet; the journal gets a reason with the code of the fault if it is time for one.
  void note(Direction direction, PacketFault fault);
  /// Since the beginning, both directions together.
  [[nodiscard]] std::uint64_t count(PacketFault fault) const {
    return entries_.at(static_cast<std::size_t>(fault)).count;
  }
  /// Of all causes.
  [[nodiscard]] std::uint64_t count() const;

  static constexpr base::Duration pause = std::chrono::minutes(1);

 private:
  struct Entry {
    std::uint64_t count = 0;
    std::optional<base::Time> said;
  };
  base::Clock& clock_;
  base::Journal& journal_;
  std::array<Entry, packet_fault_count> entries_;
};

}  // namespace attache::net
