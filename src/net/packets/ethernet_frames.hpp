#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "net/bearer.hpp"

namespace attache::net {

/// The Ethernet between the host, which knows nothing of it, and libslirp. Sans-I/O: frames for libslirp are
/// made here, and what it asks for addresses (ARP, neighbour discovery) is answered.
namespace ethernet {

/// An IP packet in a frame.
[[nodiscard]] std::string frame(std::string_view packet);
/// The host tells that an address is its own: an ARP announcement (RFC 5227, 1.1), or a neighbour
/// advertisement that nobody has asked for (RFC 4861, 7.2.6).
[[nodiscard]] std::string announcement(const Address& address);

/// What a frame from libslirp holds.
struct Received {
  std::string_view packet{};  ///< An IP packet for the host; empty = none.
  std::string answer{};       ///< A frame that answers it; empty = none.
};
/// `host` is the address that the host has in the family of IPv4. In IPv6 it has all of which it is asked but
/// the gateway's.
[[nodiscard]] Received receive(std::string_view frame, const std::optional<asio::ip::address_v4>& host);

}  // namespace ethernet

}  // namespace attache::net
