#include "trace/reading/ip_packet.hpp"

#include <algorithm>
#include <array>

#include "trace/reading/byte_reader.hpp"

namespace attache::trace {

namespace {

constexpr std::uint8_t protocol_icmp = 1;
constexpr std::uint8_t protocol_tcp = 6;
constexpr std::uint8_t protocol_udp = 17;
constexpr std::uint8_t protocol_icmpv6 = 58;
constexpr std::uint16_t ethertype_ipv4 = 0x0800;
constexpr std::uint16_t ethertype_ipv6 = 0x86DD;
constexpr std::uint16_t ethertype_vlan = 0x8100;

// What stands before the IP header; nothing if no IP packet follows.
std::optional<std::string_view> behind_link(std::uint16_t link_type, std::string_view bytes) {
  enum : std::uint16_t {
    null = 0,
    ethernet = 1,
    raw = 101,
    loop = 108,
    cooked = 113,
    ipv4 = 228,
    ipv6 = 229,
    cooked_2 = 276
  };
  ByteReader reader(bytes);
  std::uint32_t type = 0;
  switch (link_type) {
    case raw:
    case ipv4:
    case ipv6:
      return bytes;
    case null:
    case loop:
      reader.skip(4);
      return bytes.substr(std::min<std::size_t>(4, bytes.size()));
    case ethernet:
      reader.skip(12);
      type = reader.number(2);
      if (type == ethertype_vlan) {
        reader.skip(2);
        type = reader.number(2);
      }
      break;
    case cooked:
      reader.skip(14);
      type = reader.number(2);
      break;
    case cooked_2:
      type = reader.number(2);
      reader.skip(18);
      break;
    default:
      return std::nullopt;
  }
  bool is_ip = !reader.failed() && (type == ethertype_ipv4 || type == ethertype_ipv6);
  return is_ip ? std::optional(bytes.substr(reader.at())) : std::nullopt;
}

IpAddress ipv4_address(std::string_view bytes) {
  boost::asio::ip::address_v4::bytes_type raw{};
  std::copy(bytes.begin(), bytes.end(), raw.begin());
  return boost::asio::ip::address_v4(raw);
}

IpAddress ipv6_address(std::string_view bytes) {
  boost::asio::ip::address_v6::bytes_type raw{};
  std::copy(bytes.begin(), bytes.end(), raw.begin());
  return boost::asio::ip::address_v6(raw);
}

bool read_transport(IpPacket& packet, std::string_view bytes) {
  ByteReader reader(bytes);
  switch (packet.protocol_number) {
    case protocol_tcp: {
      packet.protocol = IpPacket::Protocol::tcp;
      packet.source_port = static_cast<std::uint16_t>(reader.number(2));
      packet.destination_port = static_cast<std::uint16_t>(reader.number(2));
      packet.sequence = reader.number(4);
      reader.skip(4);
      std::uint32_t header = reader.number(1) >> 4U;
      std::uint32_t flags = reader.number(1);
      packet.fin = (flags & 1U) != 0;
      packet.syn = (flags & 2U) != 0;
      packet.rst = (flags & 4U) != 0;
      packet.ack = (flags & 16U) != 0;
      std::size_t size = std::size_t{header} * 4;
      if (reader.failed() || size < 20 || size > bytes.size()) {
        return false;
      }
      packet.payload = bytes.substr(size);
      return true;
    }
    case protocol_udp:
      packet.protocol = IpPacket::Protocol::udp;
      packet.source_port = static_cast<std::uint16_t>(reader.number(2));
      packet.destination_port = static_cast<std::uint16_t>(reader.number(2));
      reader.skip(4);
      break;
    case protocol_icmp:
    case protocol_icmpv6:
      packet.protocol = IpPacket::Protocol::icmp;
      packet.type = static_cast<std::uint8_t>(reader.number(1));
      packet.code = static_cast<std::uint8_t>(reader.number(1));
      reader.skip(6);
      break;
    default:
      return true;
  }
  if (!reader.failed()) {
    packet.payload = bytes.substr(reader.at());
  }
  return !reader.failed();
}

std::optional<IpPacket> read_ipv4(std::string_view bytes) {
  ByteReader reader(bytes);
  std::size_t header = std::size_t{reader.number(1) & 15U} * 4;
  reader.skip(1);
  std::size_t total = reader.number(2);
  reader.skip(2);
  std::uint32_t fragment = reader.number(2);
  reader.skip(1);
  IpPacket packet;
  packet.protocol_number = static_cast<std::uint8_t>(reader.number(1));
  reader.skip(2);
  std::string_view source = reader.take(4);
  std::string_view destination = reader.take(4);
  if (reader.failed() || header < 20 || header > bytes.size() || total < header) {
    return std::nullopt;
  }
  packet.source = ipv4_address(source);
  packet.destination = ipv4_address(destination);
  packet.is_cut = total > bytes.size();
  std::string_view content = bytes.substr(header, std::min(total, bytes.size()) - header);
  bool is_first = (fragment & 0x1FFFU) == 0;
  if (!is_first) {
    packet.payload = content;
    return packet;
  }
  return read_transport(packet, content) ? std::optional(packet) : std::nullopt;
}

// What stands between the IPv6 header and the transport's is passed over.
std::optional<IpPacket> read_ipv6(std::string_view bytes) {
  constexpr std::size_t header = 40;
  ByteReader reader(bytes);
  reader.skip(4);
  std::size_t length = reader.number(2);
  IpPacket packet;
  auto next = static_cast<std::uint8_t>(reader.number(1));
  reader.skip(1);
  std::string_view source = reader.take(16);
  std::string_view destination = reader.take(16);
  if (reader.failed()) {
    return std::nullopt;
  }
  packet.source = ipv6_address(source);
  packet.destination = ipv6_address(destination);
  packet.is_cut = header + length > bytes.size();
  std::string_view content = bytes.substr(header, std::min(length, bytes.size() - header));
  constexpr std::array<std::uint8_t, 3> extensions{0, 43, 60};
  while (std::find(extensions.begin(), extensions.end(), next) != extensions.end()) {
    ByteReader extension(content);
    auto following = static_cast<std::uint8_t>(extension.number(1));
    std::size_t size = (std::size_t{extension.number(1)} + 1) * 8;
    if (extension.failed() || size > content.size()) {
      return std::nullopt;
    }
    content.remove_prefix(size);
    next = following;
  }
  packet.protocol_number = next;
  return read_transport(packet, content) ? std::optional(packet) : std::nullopt;
}

std::optional<IpPacket> read_ip(std::string_view bytes) {
  unsigned version = bytes.empty() ? 0 : static_cast<unsigned char>(bytes.front()) >> 4U;
  return version == 4 ? read_ipv4(bytes) : version == 6 ? read_ipv6(bytes) : std::nullopt;
}

}  // namespace

std::optional<IpPacket> read_ip_packet(std::uint16_t link_type, std::string_view bytes) {
  auto packet = behind_link(link_type, bytes);
  return packet ? read_ip(*packet) : std::nullopt;
}

std::optional<IpPacket> quoted_packet(const IpPacket& icmp) {
  return icmp.protocol == IpPacket::Protocol::icmp ? read_ip(icmp.payload) : std::nullopt;
}

}  // namespace attache::trace
