#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "net/bearer.hpp"

namespace attache::trace {

/// The bytes of IP packets, checksums included (RFC 791, 8200, 9293, 768, 792, 4443). Both ends are of one
/// family.

/// The header of a segment (RFC 9293, 3.1).
struct TcpPacket {
  net::Endpoint from;
  net::Endpoint to;
  std::uint32_t sequence = 0;
  std::uint32_t acknowledged = 0;  ///< With `ack`.
  bool syn = false;
  bool ack = false;
  bool fin = false;
  bool rst = false;
  bool push = false;
  std::uint16_t window = 65535;
  std::uint16_t segment_size = 0;   ///< Option of a SYN; 0 = without.
  std::uint8_t window_shift = 255;  ///< Option of a SYN; 255 = without.
};

/// Bytes of the headers of TCP and IP without options: what is left of an MTU is the segment size.
[[nodiscard]] std::size_t tcp_overhead(net::Family family);

/// The segment as one IP packet, which is never a fragment: the payload has to fit.
[[nodiscard]] std::string to_bytes(const TcpPacket& packet, std::string_view payload);

/// How what is too long for a network is cut: its fragments share a number (IP's identification), which no
/// others have for a while. What is whole needs none (RFC 6864, 4.1).
struct Fragmentation {
  std::size_t mtu = 1500;  ///< Bytes of a packet at most.
  std::uint16_t last = 0;  ///< The number given last.
};

/// A datagram, in fragments if it is longer than the MTU.
[[nodiscard]] std::vector<std::string> udp_packets(const net::Endpoint& from, const net::Endpoint& to,
                                                   std::string_view payload, Fragmentation& fragmentation);

/// An echo request, or the reply to one; in fragments if it is longer than the MTU.
[[nodiscard]] std::vector<std::string> echo_packets(const net::Address& from, const net::Address& to,
                                                    bool is_reply, std::uint16_t identifier,
                                                    std::uint16_t sequence, std::string_view payload,
                                                    Fragmentation& fragmentation);

/// What is said to be missing: the code of the ICMP message.
enum class Unreachable { network, host, port };

/// "Destination unreachable", about a packet that `to` has sent.
[[nodiscard]] std::string unreachable_packet(const net::Address& from, const net::Address& to,
                                             Unreachable what, std::string_view about);

}  // namespace attache::trace
