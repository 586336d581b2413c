#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "net/bearer.hpp"

namespace attache::net {

/// An ICMP or ICMPv6 echo message (RFC 792, RFC 4443). Sans-I/O.
struct IcmpEcho {
  std::uint16_t identifier = 0;
  std::uint16_t sequence = 0;
  std::string payload;
};

/// The bytes of an echo request. With IPv4 the checksum is set; with IPv6 the system sets it, which knows the
/// addresses that it covers.
[[nodiscard]] std::string echo_request(Family family, const IcmpEcho& echo);

/// The echo reply in a message; nothing if it is another message, cut short or (IPv4) has a wrong checksum.
[[nodiscard]] std::optional<IcmpEcho> echo_reply(Family family, std::string_view message);

/// What follows the header of an IPv4 packet, as raw sockets give it; empty if it is none.
[[nodiscard]] std::string_view without_ipv4_header(std::string_view packet);

}  // namespace attache::net
