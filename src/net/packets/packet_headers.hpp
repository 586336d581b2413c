#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "net/bearer.hpp"

namespace attache::net {

inline constexpr unsigned icmp_protocol_number = 1;
inline constexpr unsigned tcp_protocol_number = 6;
inline constexpr unsigned udp_protocol_number = 17;
inline constexpr unsigned icmpv6_protocol_number = 58;

/// What a packet says of itself.
struct PacketView {
  Family family = Family::ipv4;
  unsigned protocol = 0;
  Address from;
  Address to;
  std::size_t transport_at = 0;  ///< Where the header of TCP, UDP or ICMP begins.
  bool is_later_fragment = false;
  /// TCP and UDP. Of echo requests and replies of ICMP both are the identifier.
  std::uint16_t from_port = 0;
  std::uint16_t to_port = 0;
};

/// Nothing if it is no IPv4 or IPv6 packet without options and with a whole header of its transport.
[[nodiscard]] std::optional<PacketView> view_packet(std::string_view packet);

/// The sum over 16-bit words of RFC 1071 as it stands in a header.
[[nodiscard]] std::uint16_t checksum_of(std::string_view bytes, std::uint32_t begin = 0);

/// Gives a packet another source or destination, with the checksums that change with it (RFC 1624). The port
/// is left alone in what has none.
void set_source(std::string& packet, const PacketView& view, const Endpoint& from);
void set_destination(std::string& packet, const PacketView& view, const Endpoint& to);

/// A UDP datagram as a packet.
[[nodiscard]] std::string make_udp_packet(const Endpoint& from, const Endpoint& to, std::string_view payload);
/// The same of ICMP and ICMPv6: their checksum is put in.
[[nodiscard]] std::string make_icmp_packet(const Address& from, const Address& to, std::string message,
                                           unsigned hop_limit = 64);

/// Code 1 or 3 of ICMP type 3 (RFC 792); 3 or 4 of ICMPv6 type 1 (RFC 4443, 3.1).
enum class Unreachable { host, port };
/// What says that a packet did not reach its destination, from there (RFC 792, 4443).
[[nodiscard]] std::string make_unreachable(std::string_view packet, const PacketView& view, Unreachable what);
/// The reset that answers a segment of TCP (RFC 9293, 3.10.7.1); nothing for a reset.
[[nodiscard]] std::optional<std::string> make_reset(std::string_view packet, const PacketView& view);

}  // namespace attache::net
