#include "net/packets/packet_check.hpp"

#include <algorithm>
#include <array>

namespace attache::net {

namespace {

constexpr std::size_t ipv4_header_size = 20;
constexpr std::size_t ipv6_header_size = 40;
constexpr std::size_t tcp_header_size = 20;
constexpr std::size_t udp_header_bytes = 8;
constexpr std::size_t icmp_header_size = 8;
constexpr std::size_t largest_datagram_size = 65535;
constexpr unsigned icmp_protocol = 1;
constexpr unsigned tcp_protocol = 6;
constexpr unsigned udp_protocol = 17;
constexpr unsigned icmpv6_protocol = 58;
constexpr unsigned router_solicitation = 133;
constexpr unsigned redirect = 137;
constexpr unsigned link_hop_limit = 255;

unsigned byte_at(std::string_view bytes, std::size_t place) {
  return static_cast<unsigned char>(bytes[place]);
}
std::size_t number_at(std::string_view bytes, std::size_t place) {
  return byte_at(bytes, place) << 8U | byte_at(bytes, place + 1);
}

template <class Bytes>
Bytes bytes_at(std::string_view packet, std::size_t place) {
  Bytes bytes;
  std::transform(packet.begin() + static_cast<std::ptrdiff_t>(place),
                 packet.begin() + static_cast<std::ptrdiff_t>(place + bytes.size()), bytes.begin(),
                 [](char byte) { return static_cast<unsigned char>(byte); });
  return bytes;
}
asio::ip::address_v4 ipv4_at(std::string_view packet, std::size_t place) {
  return asio::ip::address_v4(bytes_at<asio::ip::address_v4::bytes_type>(packet, place));
}
asio::ip::address_v6 ipv6_at(std::string_view packet, std::size_t place) {
  return asio::ip::address_v6(bytes_at<asio::ip::address_v6::bytes_type>(packet, place));
}

std::optional<PacketFault> check_transport(unsigned protocol, std::string_view segment) {
  std::optional<PacketFault> faulty = PacketFault::transport;
  if (protocol == tcp_protocol) {
    if (segment.size() < tcp_header_size) {
      return faulty;
    }
    std::size_t header = (byte_at(segment, 12) >> 4U) * 4UL;
    return header < tcp_header_size || header > segment.size() ? faulty : std::nullopt;
  }
  if (protocol == udp_protocol) {
    return segment.size() < udp_header_bytes || number_at(segment, 4) != segment.size() ? faulty
                                                                                        : std::nullopt;
  }
  if (protocol == icmp_protocol || protocol == icmpv6_protocol) {
    return segment.size() < icmp_header_size ? faulty : std::nullopt;
  }
  return PacketFault::protocol;
}

// What a fragment other than the first begins with is no header.
std::optional<PacketFault> check_ipv4_rest(std::string_view packet, bool takes_fragments) {
  std::string_view rest = packet.substr(ipv4_header_size);
  unsigned protocol = byte_at(packet, 9);
  bool more = (byte_at(packet, 6) & 0x20U) != 0;
  std::size_t offset = (number_at(packet, 6) & 0x1FFFU) * 8;
  if (!more && offset == 0) {
    return protocol == icmpv6_protocol ? PacketFault::protocol : check_transport(protocol, rest);
  }
  bool is_sane = takes_fragments && !rest.empty() && (!more || rest.size() % 8 == 0) &&
                 offset + rest.size() + ipv4_header_size <= largest_datagram_size;
  bool is_known = protocol == icmp_protocol || protocol == tcp_protocol || protocol == udp_protocol;
  if (!is_sane) {
    return PacketFault::fragment;
  }
  return is_known ? std::nullopt : std::optional(PacketFault::protocol);
}

std::optional<PacketFault> check_ipv4(std::string_view packet, const PacketLimits& limits) {
  if (packet.size() < ipv4_header_size || (byte_at(packet, 0) & 0x0FU) * 4 != ipv4_header_size) {
    return PacketFault::header;
  }
  if (number_at(packet, 2) != packet.size()) {
    return PacketFault::length;
  }
  if (!limits.ipv4 || ipv4_at(packet, 12) != *limits.ipv4) {
    return PacketFault::source;
  }
  asio::ip::address_v4 to = ipv4_at(packet, 16);
  constexpr unsigned first_class_d = 224;
  unsigned first = to.to_bytes()[0];
  if (first == 0 || to.is_loopback() || first >= first_class_d || to == *limits.ipv4) {
    return PacketFault::destination;
  }
  return check_ipv4_rest(packet, limits.fragments);
}

bool is_router_solicitation(std::string_view packet) {
  return packet.size() >= ipv6_header_size + icmp_header_size && byte_at(packet, 6) == icmpv6_protocol &&
         byte_at(packet, ipv6_header_size) == router_solicitation &&
         byte_at(packet, ipv6_header_size + 1) == 0 && byte_at(packet, 7) == link_hop_limit;
}

// The whole /64 is the device's: its host may take any address in it (RFC 7066, 2).
bool is_in_prefix_of(const asio::ip::address_v6& address, const asio::ip::address_v6& own) {
  constexpr std::ptrdiff_t prefix_size = 8;
  auto bytes = address.to_bytes();
  auto prefix = own.to_bytes();
  return std::equal(prefix.begin(), prefix.begin() + prefix_size, bytes.begin());
}

bool is_neighbour_discovery(std::string_view packet) {
  unsigned type = packet.size() > ipv6_header_size ? byte_at(packet, ipv6_header_size) : 0;
  return byte_at(packet, 6) == icmpv6_protocol && type >= router_solicitation && type <= redirect;
}

std::optional<PacketFault> check_ipv6(std::string_view packet, const PacketLimits& limits) {
  if (packet.size() < ipv6_header_size) {
    return PacketFault::header;
  }
  if (number_at(packet, 4) + ipv6_header_size != packet.size()) {
    return PacketFault::length;
  }
  asio::ip::address_v6 from = ipv6_at(packet, 8);
  asio::ip::address_v6 to = ipv6_at(packet, 24);
  bool solicits = is_router_solicitation(packet);
  if (!limits.ipv6 || (!is_in_prefix_of(from, *limits.ipv6) &&
                       !(solicits && (from.is_link_local() || from.is_unspecified())))) {
    return PacketFault::source;
  }
  bool is_nowhere = to.is_unspecified() || to.is_loopback() || to.is_v4_mapped() || to.is_multicast() ||
                    to.is_link_local() || to == from;
  bool is_to_routers = solicits && to == asio::ip::make_address_v6("ff02::2");
  if (is_nowhere && !is_to_routers) {
    return PacketFault::destination;
  }
  unsigned protocol = byte_at(packet, 6);
  constexpr unsigned fragment_header = 44;
  constexpr std::array<unsigned, 4> extension_headers{0, 43, 51, 60};
  if (protocol == fragment_header) {
    return PacketFault::fragment;
  }
  if (std::find(extension_headers.begin(), extension_headers.end(), protocol) != extension_headers.end()) {
    return PacketFault::header;
  }
  if (protocol == icmp_protocol || (is_neighbour_discovery(packet) && !is_to_routers)) {
    return PacketFault::protocol;
  }
  return check_transport(protocol, packet.substr(ipv6_header_size));
}

}  // namespace

std::optional<PacketFault> check_packet(std::string_view packet, const PacketLimits& limits) {
  if (packet.empty()) {
    return PacketFault::empty;
  }
  unsigned version = byte_at(packet, 0) >> 4U;
  if (version != 4 && version != 6) {
    return PacketFault::version;
  }
  if (packet.size() > limits.mtu) {
    return PacketFault::too_large;
  }
  return version == 4 ? check_ipv4(packet, limits) : check_ipv6(packet, limits);
}

}  // namespace attache::net
