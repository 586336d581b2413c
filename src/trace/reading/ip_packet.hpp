#pragma once

#include <boost/asio/ip/address.hpp>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace attache::trace {

using IpAddress = boost::asio::ip::address;

/// An IP packet taken apart as far as its transport.
struct IpPacket {
  enum class Protocol { tcp, udp, icmp, other };

  IpAddress source;
  IpAddress destination;
  Protocol protocol = Protocol::other;
  std::uint8_t protocol_number = 0;
  std::uint16_t source_port = 0;
  std::uint16_t destination_port = 0;
  std::uint32_t sequence = 0;  ///< Of TCP.
  bool syn = false;
  bool ack = false;
  bool fin = false;
  bool rst = false;
  std::uint8_t type = 0;  ///< Of ICMP.
  std::uint8_t code = 0;
  std::string_view payload{};  ///< Behind the transport's header: a part of the bytes that were given.
  bool is_cut = false;         ///< The capture has not all of it.
};

/// Reads a packet of that link type (LINKTYPE_ values: Ethernet, raw IP, Linux cooked, loopback). Nothing if
/// it is no IP packet, or its headers are not whole.
std::optional<IpPacket> read_ip_packet(std::uint16_t link_type, std::string_view bytes);

/// The IP packet that an ICMP error quotes.
std::optional<IpPacket> quoted_packet(const IpPacket& icmp);

}  // namespace attache::trace
