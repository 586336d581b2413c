#include "net/packets/dropped_packets.hpp"

#include <fmt/format.h>

#include <numeric>

namespace attache::net {

std::string_view why(PacketFault fault) {
  switch (fault) {
    case PacketFault::empty:
      return "It has no bytes.";
    case PacketFault::version:
      return "It is neither IPv4 nor IPv6.";
    case PacketFault::header:
      return "Its IP header is cut short, or has options or extension headers that are not carried.";
    case PacketFault::length:
      return "The length that it names is not that of its bytes.";
    case PacketFault::too_large:
      return "It is larger than the MTU of the PDN connection.";
    case PacketFault::source:
      return "It does not come from the address of the PDN connection.";
    case PacketFault::destination:
      return "Its destination is multicast, broadcast, loopback or unspecified.";
    case PacketFault::fragment:
      return "It is a fragment that cannot be put together.";
    case PacketFault::transport:
      return "Its TCP, UDP or ICMP header is cut short or contradicts the packet.";
    case PacketFault::protocol:
      return "It is neither TCP, UDP nor ICMP.";
    case PacketFault::queue_full:
      return "More packets came than the network carries.";
    case PacketFault::link:
      return "The radio link let nothing pass.";
    case PacketFault::closed:
      return "The network has ended.";
  }
  return {};
}

namespace {

base::Cause cause_of(PacketFault fault) {
  switch (fault) {
    case PacketFault::too_large:
      return base::Cause::message_too_large;
    case PacketFault::queue_full:
      return base::Cause::buffer_limit;
    case PacketFault::link:
      return base::Cause::no_coverage;
    case PacketFault::closed:
      return base::Cause::pdn_lost;
    default:
      return base::Cause::message_malformed;
  }
}

}  // namespace

void DroppedPackets::note(Direction direction, PacketFault fault) {
  Entry& entry = entries_.at(static_cast<std::size_t>(fault));
  ++entry.count;
  base::Time now = clock_.now();
  if (entry.said && now - *entry.said < pause) {
    return;
  }
  entry.said = now;
  base::Reason reason = base::make_reason(
      cause_of(fault),
      fmt::format("an IP packet {} the device's host was dropped", direction == Direction::up ? "of" : "for"),
      std::string(why(fault)), "");
  reason.facts.emplace_back("dropped so far for this cause", std::to_string(entry.count));
  journal_.report("net", std::move(reason));
}

std::uint64_t DroppedPackets::count() const {
  return std::accumulate(entries_.begin(), entries_.end(), std::uint64_t{},
                         [](std::uint64_t sum, const Entry& entry) { return sum + entry.count; });
}

}  // namespace attache::net
