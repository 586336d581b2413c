#include "trace/capture/packets.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cstring>

#include "net/failure.hpp"

namespace attache::trace {

namespace {

constexpr std::size_t ipv4_header = 20;
constexpr std::size_t ipv6_header = 40;
constexpr std::size_t fragment_header = 8;
constexpr std::size_t tcp_header = 20;
constexpr std::size_t udp_header = 8;
constexpr std::uint8_t icmp = 1;
constexpr std::uint8_t tcp = 6;
constexpr std::uint8_t udp = 17;
constexpr std::uint8_t ipv6_fragment = 44;
constexpr std::uint8_t icmpv6 = 58;
constexpr std::uint8_t hops = 64;
constexpr std::uint16_t do_not_fragment = 0x4000;
constexpr std::uint16_t more_fragments = 0x2000;
constexpr std::size_t quoted_of_ipv4 = 548;   // RFC 1812, 4.3.2.3: of 576 bytes.
constexpr std::size_t quoted_of_ipv6 = 1232;  // RFC 4443, 2.4 (c): of 1280 bytes.

void put16(std::string& bytes, std::size_t value) {
  const std::array<char, 2> both{static_cast<char>(value >> 8U), static_cast<char>(value)};
  bytes.append(both.data(), both.size());
}

void put32(std::string& bytes, std::uint32_t value) {
  put16(bytes, value >> 16U);
  put16(bytes, value & 0xffffU);
}

void put_address(std::string& bytes, const net::Address& address) {
  auto put = [&](const auto& all) { bytes.append(all.begin(), all.end()); };
  if (address.is_v4()) {
    put(address.to_v4().to_bytes());
  } else {
    put(address.to_v6().to_bytes());
  }
}

// In words as this machine reads them: their sum is that of the other byte order with its bytes swapped (RFC
// 1071, 2 (B)).
std::uint32_t sum_of(std::string_view bytes, std::uint32_t sum = 0) {
  std::uint64_t words = 0;
  std::size_t at = 0;
  for (; at + sizeof(std::uint64_t) <= bytes.size(); at += sizeof(std::uint64_t)) {
    std::uint64_t word = 0;
    std::memcpy(&word, bytes.data() + at, sizeof word);
    words += (word & 0xffffffffU) + (word >> 32U);
  }
  while (words > 0xffffU) {
    words = (words & 0xffffU) + (words >> 16U);
  }
  bool is_swapped = std::endian::native == std::endian::little;
  sum += static_cast<std::uint32_t>(is_swapped ? (words & 0xffU) << 8U | words >> 8U : words);
  for (unsigned shift = 8; at < bytes.size(); ++at, shift = 8 - shift) {
    sum += static_cast<std::uint32_t>(static_cast<unsigned char>(bytes[at])) << shift;
  }
  return (sum & 0xffffU) + (sum >> 16U);
}

std::uint16_t checksum(std::uint32_t sum) {
  return static_cast<std::uint16_t>(~((sum & 0xffffU) + (sum >> 16U)));
}

std::uint32_t pseudo_header(const net::Address& from, const net::Address& to, std::uint8_t protocol,
                            std::size_t size) {
  std::string addresses;
  put_address(addresses, from);
  put_address(addresses, to);
  return sum_of(addresses, static_cast<std::uint32_t>((size >> 16U) + (size & 0xffffU) + protocol));
}

// UDP says "none" with 0.
void set_checksum(std::string& bytes, std::size_t place, std::uint32_t sum, bool zero_is_none) {
  std::uint16_t value = checksum(sum);
  value = value == 0 && zero_is_none ? 0xffff : value;
  bytes[place] = static_cast<char>(value >> 8U);
  bytes[place + 1] = static_cast<char>(value);
}

// The header of a packet, with room for as many bytes behind it.
std::string ipv4_header_for(const net::Address& from, const net::Address& to, std::uint8_t protocol,
                            std::uint16_t identification, std::uint16_t fragment, std::size_t size) {
  std::string bytes;
  bytes.reserve(ipv4_header + size);
  put16(bytes, 0x4500U);
  put16(bytes, ipv4_header + size);
  put16(bytes, identification);
  put16(bytes, fragment);
  bytes += static_cast<char>(hops);
  bytes += static_cast<char>(protocol);
  put16(bytes, 0);
  put_address(bytes, from);
  put_address(bytes, to);
  set_checksum(bytes, 10, sum_of(bytes), false);
  return bytes;
}

std::string ipv6_header_for(const net::Address& from, const net::Address& to, std::uint8_t next,
                            std::size_t size) {
  std::string bytes;
  bytes.reserve(ipv6_header + size);
  put32(bytes, 0x60000000U);
  put16(bytes, size);
  bytes += static_cast<char>(next);
  bytes += static_cast<char>(hops);
  put_address(bytes, from);
  put_address(bytes, to);
  return bytes;
}

std::string header_for(const net::Address& from, const net::Address& to, std::uint8_t protocol,
                       std::size_t size) {
  return from.is_v4() ? ipv4_header_for(from, to, protocol, 0, do_not_fragment, size)
                      : ipv6_header_for(from, to, protocol, size);
}

std::string whole_packet(const net::Address& from, const net::Address& to, std::uint8_t protocol,
                         std::string_view payload) {
  std::string bytes = header_for(from, to, protocol, payload.size());
  bytes += payload;
  return bytes;
}

std::vector<std::string> fragments(const net::Address& from, const net::Address& to, std::uint8_t protocol,
                                   std::string_view payload, Fragmentation& fragmentation) {
  bool is_v4 = from.is_v4();
  std::size_t mtu = fragmentation.mtu;
  std::size_t overhead = is_v4 ? ipv4_header : ipv6_header;
  if (overhead + payload.size() <= mtu) {
    return {whole_packet(from, to, protocol, payload)};
  }
  std::size_t room = (std::max<std::size_t>(mtu, 576) - overhead - (is_v4 ? 0 : fragment_header)) / 8 * 8;
  std::uint16_t identification = ++fragmentation.last;
  std::vector<std::string> packets;
  for (std::size_t begin = 0; begin < payload.size(); begin += room) {
    std::string_view part = payload.substr(begin, room);
    bool more = begin + part.size() < payload.size();
    if (is_v4) {
      auto place = static_cast<std::uint16_t>(begin / 8 | (more ? more_fragments : 0U));
      packets.push_back(ipv4_header_for(from, to, protocol, identification, place, part.size()));
      packets.back() += part;
      continue;
    }
    std::string fragment;
    fragment += static_cast<char>(protocol);
    fragment += '\0';
    put16(fragment, begin | (more ? 1U : 0U));
    put32(fragment, identification);
    fragment += part;
    packets.push_back(whole_packet(from, to, ipv6_fragment, fragment));
  }
  return packets;
}

}  // namespace

std::size_t tcp_overhead(net::Family family) {
  return tcp_header + (family == net::Family::ipv4 ? ipv4_header : ipv6_header);
}

std::string to_bytes(const TcpPacket& packet, std::string_view payload) {
  std::string options;
  if (packet.segment_size != 0) {
    options += "\x02\x04";
    put16(options, packet.segment_size);
  }
  if (packet.window_shift != 255) {
    options += "\x01\x03\x03";
    options += static_cast<char>(packet.window_shift);
  }
  std::size_t size = tcp_header + options.size() + payload.size();
  std::string bytes = header_for(packet.from.address, packet.to.address, tcp, size);
  std::size_t begin = bytes.size();
  put16(bytes, packet.from.port);
  put16(bytes, packet.to.port);
  put32(bytes, packet.sequence);
  put32(bytes, packet.ack ? packet.acknowledged : 0);
  unsigned flags = (packet.fin ? 1U : 0U) | (packet.syn ? 2U : 0U) | (packet.rst ? 4U : 0U) |
                   (packet.push ? 8U : 0U) | (packet.ack ? 16U : 0U);
  put16(bytes, (tcp_header + options.size()) / 4 << 12U | flags);
  put16(bytes, packet.window);
  put32(bytes, 0);
  bytes += options;
  bytes += payload;
  set_checksum(bytes, begin + 16,
               sum_of(std::string_view(bytes).substr(begin),
                      pseudo_header(packet.from.address, packet.to.address, tcp, size)),
               false);
  return bytes;
}

std::vector<std::string> udp_packets(const net::Endpoint& from, const net::Endpoint& to,
                                     std::string_view payload, Fragmentation& fragmentation) {
  std::string bytes;
  put16(bytes, from.port);
  put16(bytes, to.port);
  put16(bytes, udp_header + payload.size());
  put16(bytes, 0);
  bytes += payload;
  set_checksum(bytes, 6, sum_of(bytes, pseudo_header(from.address, to.address, udp, bytes.size())), true);
  return fragments(from.address, to.address, udp, bytes, fragmentation);
}

std::vector<std::string> echo_packets(const net::Address& from, const net::Address& to, bool is_reply,
                                      std::uint16_t identifier, std::uint16_t sequence,
                                      std::string_view payload, Fragmentation& fragmentation) {
  bool is_v4 = from.is_v4();
  std::string bytes;
  put16(bytes, (is_v4 ? (is_reply ? 0U : 8U) : (is_reply ? 129U : 128U)) << 8U);
  put16(bytes, 0);
  put16(bytes, identifier);
  put16(bytes, sequence);
  bytes += payload;
  std::uint32_t begin = is_v4 ? 0 : pseudo_header(from, to, icmpv6, bytes.size());
  set_checksum(bytes, 2, sum_of(bytes, begin), false);
  return fragments(from, to, is_v4 ? icmp : icmpv6, bytes, fragmentation);
}

std::string unreachable_packet(const net::Address& from, const net::Address& to, Unreachable what,
                               std::string_view about) {
  bool is_v4 = from.is_v4();
  std::string bytes;
  if (is_v4) {
    put16(bytes, 0x300U | (what == Unreachable::network ? 0U : what == Unreachable::host ? 1U : 3U));
  } else {
    put16(bytes, 0x100U | (what == Unreachable::network ? 0U : what == Unreachable::host ? 3U : 4U));
  }
  put16(bytes, 0);
  put32(bytes, 0);
  bytes += about.substr(0, is_v4 ? quoted_of_ipv4 : quoted_of_ipv6);
  std::uint32_t begin = is_v4 ? 0 : pseudo_header(from, to, icmpv6, bytes.size());
  set_checksum(bytes, 2, sum_of(bytes, begin), false);
  return whole_packet(from, to, is_v4 ? icmp : icmpv6, bytes);
}

}  // namespace attache::trace
