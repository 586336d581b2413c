#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace attache::net {

inline std::string number_of_two_bytes(std::size_t number) {
  return {static_cast<char>(number >> 8U & 0xFFU), static_cast<char>(number & 0xFFU)};
}

/// RFC 1071, as it stands in a header.
inline std::string internet_checksum(std::string_view bytes) {
  std::uint32_t sum = 0;
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    sum += static_cast<std::uint32_t>(static_cast<unsigned char>(bytes[i])) << (i % 2 == 0 ? 8U : 0U);
  }
  while (sum > 0xFFFFU) {
    sum = (sum & 0xFFFFU) + (sum >> 16U);
  }
  return number_of_two_bytes(~sum & 0xFFFFU);
}

/// From 10.160.33.41 to an address of four bytes, with a checksum in the IP header.
inline std::string ipv4_packet(char protocol, std::string_view to, std::string_view payload) {
  using namespace std::string_literals;
  std::string header = "\x45\0"s + number_of_two_bytes(20 + payload.size()) + "\x12\x34\0\0\x40"s;
  header += protocol + "\0\0\x0A\xA0\x21\x29"s + std::string(to);
  header.replace(10, 2, internet_checksum(header));
  return header + std::string(payload);
}

/// From 2001:db8::41 to an address of sixteen bytes. The checksum behind `checksum_at` covers the
/// pseudo-header (RFC 8200, 8.1).
inline std::string ipv6_packet(char protocol, std::string_view to, std::string payload,
                               std::size_t checksum_at) {
  using namespace std::string_literals;
  std::string addresses = "\x20\x01\x0D\xB8\0\0\0\0\0\0\0\0\0\0\0\x41"s + std::string(to);
  std::string covered = addresses + "\0\0"s + number_of_two_bytes(payload.size()) + "\0\0\0"s + protocol;
  payload.replace(checksum_at, 2, internet_checksum(covered + payload));
  return "\x60\0\0\0"s + number_of_two_bytes(payload.size()) + protocol + "\x40"s + addresses + payload;
}

/// An echo request with the checksum of ICMP for IPv4.
inline std::string ipv4_ping(std::string_view to) {
  using namespace std::string_literals;
  std::string message = "\x08\0\0\0\0\x07\0\x01ping"s;
  message.replace(2, 2, internet_checksum(message));
  return ipv4_packet('\x01', to, message);
}

/// UDP, TCP and ICMP over IPv4, then over IPv6; the destinations are 10.160.33.2 and 2001:db8::2.
inline std::vector<std::string> sound_packets() {
  using namespace std::string_literals;
  const std::string to4 = "\x0A\xA0\x21\x02";
  const std::string to6 = "\x20\x01\x0D\xB8\0\0\0\0\0\0\0\0\0\0\0\x02"s;
  const std::string udp = "\x10\0\0\x35\0\x0D\0\0hello"s;
  const std::string tcp = "\x10\0\0\x50\0\0\0\x01\0\0\0\0\x50\x02\x20\0\0\0\0\0"s;
  const std::string ping6 = "\x80\0\0\0\0\x07\0\x01ping"s;
  return {ipv4_packet('\x11', to4, udp),
          ipv4_packet('\x06', to4, tcp),
          ipv4_ping(to4),
          ipv6_packet('\x11', to6, udp, 6),
          ipv6_packet('\x06', to6, tcp, 16),
          ipv6_packet('\x3A', to6, ping6, 2)};
}

}  // namespace attache::net
