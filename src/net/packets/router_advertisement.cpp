#include "net/packets/router_advertisement.hpp"

#include "net/packets/packet_headers.hpp"

namespace attache::net {

std::optional<std::string> advertise_prefix(std::string_view packet, const asio::ip::address_v6& address,
                                            std::size_t mtu) {
  using namespace std::string_literals;
  constexpr char solicitation = '\x85';
  constexpr unsigned hop_limit_of_neighbours = 255;
  constexpr std::size_t prefix_size = 8;
  auto view = view_packet(packet);
  if (!view || view->protocol != icmpv6_protocol_number || packet[view->transport_at] != solicitation) {
    return std::nullopt;
  }
  // Hop limit 64, no flags, a router for half an hour; then MTU, and the prefix for hosts to make addresses
  // of.
  std::string message = "\x86\0\0\0\x40\0\x07\x08\0\0\0\0\0\0\0\0"s + "\x05\x01\0\0\0\0"s;
  message.push_back(static_cast<char>(mtu >> 8U & 0xFFU));
  message.push_back(static_cast<char>(mtu & 0xFFU));
  message += "\x03\x04\x40\x40"s + "\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF"s + "\0\0\0\0"s;
  auto bytes = address.to_bytes();
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    message.push_back(i < prefix_size ? static_cast<char>(bytes.at(i)) : '\0');
  }
  Address to = view->from.is_unspecified() ? asio::ip::make_address("ff02::1") : view->from;
  return make_icmp_packet(asio::ip::make_address("fe80::2"), to, message, hop_limit_of_neighbours);
}

}  // namespace attache::net
