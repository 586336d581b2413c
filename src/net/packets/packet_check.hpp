#pragma once

#include <boost/asio/ip/address_v4.hpp>
#include <boost/asio/ip/address_v6.hpp>
#include <cstddef>
#include <optional>
#include <string_view>

#include "net/packets/dropped_packets.hpp"

namespace attache::net {

/// What a packet from the device's host is held against: the addresses and MTU of its PDN connection.
struct PacketLimits {
  std::optional<boost::asio::ip::address_v4> ipv4;
  std::optional<boost::asio::ip::address_v6> ipv6;
  std::size_t mtu = 1500;
  bool fragments = true;  ///< Whether the network takes fragments of IPv4.
};

/// What keeps a packet of the device's host from being carried; nothing if it is sound (RFC 791, 8200, 9293,
/// 768, 792, 4443). Every byte is taken for hostile; checksums are the receiver's. IPv4 options, extension
/// headers of IPv6 and neighbour discovery other than a router solicitation are not carried: nothing behind a
/// PDN answers them.
[[nodiscard]] std::optional<PacketFault> check_packet(std::string_view packet, const PacketLimits& limits);

}  // namespace attache::net
