#include "net/packets/packet_headers.hpp"

#include <algorithm>
#include <array>

namespace attache::net {

namespace {

constexpr std::size_t ipv4_size = 20;
constexpr std::size_t ipv6_size = 40;
constexpr std::size_t checksum_in_ipv4 = 10;
constexpr std::size_t checksum_in_tcp = 16;
constexpr std::size_t checksum_in_udp = 6;
constexpr std::size_t checksum_in_icmp = 2;

unsigned octet(std::string_view bytes, std::size_t at) {
  return static_cast<unsigned char>(bytes[at]);
}

std::uint16_t word(std::string_view bytes, std::size_t at) {
  return static_cast<std::uint16_t>(octet(bytes, at) << 8U | octet(bytes, at + 1));
}

void set_word(std::string& bytes, std::size_t at, std::uint32_t value) {
  bytes[at] = static_cast<char>(value >> 8U & 0xFFU);
  bytes[at + 1] = static_cast<char>(value & 0xFFU);
}

void append_word(std::string& bytes, std::uint32_t value) {
  bytes.push_back(static_cast<char>(value >> 8U & 0xFFU));
  bytes.push_back(static_cast<char>(value & 0xFFU));
}

std::string bytes_of(const Address& address) {
  std::string bytes;
  auto append = [&](const auto& array) {
    std::transform(array.begin(), array.end(), std::back_inserter(bytes),
                   [](unsigned char byte) { return static_cast<char>(byte); });
  };
  if (address.is_v4()) {
    append(address.to_v4().to_bytes());
  } else {
    append(address.to_v6().to_bytes());
  }
  return bytes;
}

template <class Kind>
Address read_address(std::string_view packet, std::size_t at) {
  typename Kind::bytes_type bytes;
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    bytes[i] = static_cast<unsigned char>(packet[at + i]);
  }
  return Kind(bytes);
}

bool is_echo(unsigned protocol, unsigned type) {
  constexpr unsigned reply4 = 0;
  constexpr unsigned request4 = 8;
  constexpr unsigned request6 = 128;
  constexpr unsigned reply6 = 129;
  return protocol == icmp_protocol_number ? type == reply4 || type == request4
                                          : type == request6 || type == reply6;
}

// The least that has to be there of a header.
std::size_t least_header(unsigned protocol) {
  constexpr std::size_t tcp = 20;
  constexpr std::size_t others = 8;
  return protocol == tcp_protocol_number ? tcp : others;
}

std::optional<std::size_t> checksum_place(unsigned protocol) {
  switch (protocol) {
    case tcp_protocol_number:
      return checksum_in_tcp;
    case udp_protocol_number:
      return checksum_in_udp;
    case icmp_protocol_number:
    case icmpv6_protocol_number:
      return checksum_in_icmp;
    default:
      return std::nullopt;
  }
}

// RFC 1624, equation 3: HC' = ~(~HC + ~m + m').
void adjust(std::string& packet, std::size_t checksum_at, std::string_view old_bytes,
            std::string_view new_bytes) {
  std::uint32_t sum = static_cast<std::uint16_t>(~word(packet, checksum_at));
  for (std::size_t i = 0; i + 1 < old_bytes.size(); i += 2) {
    sum += static_cast<std::uint16_t>(~word(old_bytes, i));
    sum += word(new_bytes, i);
  }
  while (sum > 0xFFFFU) {
    sum = (sum & 0xFFFFU) + (sum >> 16U);
  }
  set_word(packet, checksum_at, ~sum & 0xFFFFU);
}

// The transport's checksum covers the bytes: over the pseudo-header the addresses too.
void adjust_transport(std::string& packet, const PacketView& view, std::string_view old_bytes,
                      std::string_view new_bytes) {
  auto place = checksum_place(view.protocol);
  if (!place || view.is_later_fragment) {
    return;
  }
  std::size_t at = view.transport_at + *place;
  bool is_udp = view.protocol == udp_protocol_number;
  if (is_udp && word(packet, at) == 0) {
    return;  // IPv4: it has none.
  }
  adjust(packet, at, old_bytes, new_bytes);
  if (is_udp && word(packet, at) == 0) {
    set_word(packet, at, 0xFFFFU);
  }
}

bool has_ports(const PacketView& view) {
  return !view.is_later_fragment &&
         (view.protocol == tcp_protocol_number || view.protocol == udp_protocol_number);
}

void set_end(std::string& packet, const PacketView& view, std::size_t address_at, std::size_t port_at,
             const Endpoint& end) {
  std::string fresh = bytes_of(end.address);
  std::string old = packet.substr(address_at, fresh.size());
  packet.replace(address_at, fresh.size(), fresh);
  if (view.family == Family::ipv4) {
    adjust(packet, checksum_in_ipv4, old, fresh);
  }
  if (view.protocol != icmp_protocol_number) {
    adjust_transport(packet, view, old, fresh);
  }
  if (has_ports(view)) {
    std::string old_port = packet.substr(port_at, 2);
    set_word(packet, port_at, end.port);
    adjust_transport(packet, view, old_port, packet.substr(port_at, 2));
  }
}

std::string header_of(const Address& from, const Address& to, unsigned protocol, std::size_t size,
                      unsigned hop_limit) {
  using namespace std::string_literals;
  std::string header;
  if (from.is_v4()) {
    header = "\x45\0"s;
    append_word(header, static_cast<std::uint32_t>(ipv4_size + size));
    header += "\0\0\0\0"s;
    header.push_back(static_cast<char>(hop_limit));
    header.push_back(static_cast<char>(protocol));
    header += "\0\0"s + bytes_of(from) + bytes_of(to);
    set_word(header, checksum_in_ipv4, checksum_of(header));
    return header;
  }
  header = "\x60\0\0\0"s;
  append_word(header, static_cast<std::uint32_t>(size));
  header.push_back(static_cast<char>(protocol));
  header.push_back(static_cast<char>(hop_limit));
  return header + bytes_of(from) + bytes_of(to);
}

// The sum of the pseudo-header, not yet folded.
std::uint32_t pseudo_sum(const Address& from, const Address& to, unsigned protocol, std::size_t size) {
  std::string both = bytes_of(from) + bytes_of(to);
  std::uint32_t sum = protocol + static_cast<std::uint32_t>(size);
  for (std::size_t i = 0; i < both.size(); i += 2) {
    sum += word(both, i);
  }
  return sum;
}

}  // namespace

std::uint16_t checksum_of(std::string_view bytes, std::uint32_t begin) {
  std::uint32_t sum = begin;
  for (std::size_t i = 0; i + 1 < bytes.size(); i += 2) {
    sum += word(bytes, i);
  }
  if (bytes.size() % 2 != 0) {
    sum += octet(bytes, bytes.size() - 1) << 8U;
  }
  while (sum > 0xFFFFU) {
    sum = (sum & 0xFFFFU) + (sum >> 16U);
  }
  return static_cast<std::uint16_t>(~sum & 0xFFFFU);
}

std::optional<PacketView> view_packet(std::string_view packet) {
  if (packet.empty()) {
    return std::nullopt;
  }
  PacketView view;
  unsigned version = octet(packet, 0) >> 4U;
  if (version == 4 && packet.size() >= ipv4_size && octet(packet, 0) == 0x45U) {
    view.protocol = octet(packet, 9);
    view.from = read_address<asio::ip::address_v4>(packet, 12);
    view.to = read_address<asio::ip::address_v4>(packet, 16);
    view.transport_at = ipv4_size;
    view.is_later_fragment = (word(packet, 6) & 0x1FFFU) != 0;
  } else if (version == 6 && packet.size() >= ipv6_size) {
    view.family = Family::ipv6;
    view.protocol = octet(packet, 6);
    view.from = read_address<asio::ip::address_v6>(packet, 8);
    view.to = read_address<asio::ip::address_v6>(packet, 24);
    view.transport_at = ipv6_size;
  } else {
    return std::nullopt;
  }
  if (view.is_later_fragment) {
    return view;
  }
  if (packet.size() < view.transport_at + least_header(view.protocol)) {
    return std::nullopt;
  }
  if (has_ports(view)) {
    view.from_port = word(packet, view.transport_at);
    view.to_port = word(packet, view.transport_at + 2);
  } else if (checksum_place(view.protocol) && is_echo(view.protocol, octet(packet, view.transport_at))) {
    view.from_port = view.to_port = word(packet, view.transport_at + 4);
  }
  return view;
}

void set_source(std::string& packet, const PacketView& view, const Endpoint& from) {
  set_end(packet, view, view.family == Family::ipv4 ? 12 : 8, view.transport_at, from);
}

void set_destination(std::string& packet, const PacketView& view, const Endpoint& to) {
  set_end(packet, view, view.family == Family::ipv4 ? 16 : 24, view.transport_at + 2, to);
}

std::string make_udp_packet(const Endpoint& from, const Endpoint& to, std::string_view payload) {
  constexpr std::size_t udp_header = 8;
  std::string datagram;
  append_word(datagram, from.port);
  append_word(datagram, to.port);
  append_word(datagram, static_cast<std::uint32_t>(udp_header + payload.size()));
  append_word(datagram, 0);
  datagram += payload;
  std::uint16_t sum =
      checksum_of(datagram, pseudo_sum(from.address, to.address, udp_protocol_number, datagram.size()));
  set_word(datagram, checksum_in_udp, sum == 0 ? 0xFFFFU : sum);
  constexpr unsigned hops = 64;
  return header_of(from.address, to.address, udp_protocol_number, datagram.size(), hops) + datagram;
}

std::string make_icmp_packet(const Address& from, const Address& to, std::string message,
                             unsigned hop_limit) {
  unsigned protocol = from.is_v4() ? icmp_protocol_number : icmpv6_protocol_number;
  set_word(message, checksum_in_icmp, 0);
  std::uint32_t begin = from.is_v4() ? 0 : pseudo_sum(from, to, protocol, message.size());
  set_word(message, checksum_in_icmp, checksum_of(message, begin));
  return header_of(from, to, protocol, message.size(), hop_limit) + message;
}

std::string make_unreachable(std::string_view packet, const PacketView& view, Unreachable what) {
  constexpr std::size_t quoted_by_ipv4 = ipv4_size + 8;
  constexpr std::size_t quoted_by_ipv6 = 1232;
  std::string message(8, '\0');
  if (view.family == Family::ipv4) {
    message[0] = 3;
    message[1] = what == Unreachable::port ? 3 : 1;
    message += packet.substr(0, quoted_by_ipv4);
  } else {
    message[0] = 1;
    message[1] = what == Unreachable::port ? 4 : 3;
    message += packet.substr(0, quoted_by_ipv6);
  }
  return make_icmp_packet(view.to, view.from, std::move(message));
}

std::optional<std::string> make_reset(std::string_view packet, const PacketView& view) {
  constexpr unsigned fin = 0x01;
  constexpr unsigned syn = 0x02;
  constexpr unsigned reset = 0x04;
  constexpr unsigned acknowledged = 0x10;
  std::string_view segment = packet.substr(view.transport_at);
  unsigned flags = octet(segment, 13);
  std::size_t header = (octet(segment, 12) >> 4U) * 4UL;
  if ((flags & reset) != 0 || header > segment.size()) {
    return std::nullopt;
  }
  std::string answer;
  append_word(answer, view.to_port);
  append_word(answer, view.from_port);
  if ((flags & acknowledged) != 0) {
    answer += segment.substr(8, 4);
    answer += std::string(4, '\0');
  } else {
    std::uint32_t sequence = static_cast<std::uint32_t>(word(segment, 4)) << 16U | word(segment, 6);
    sequence += static_cast<std::uint32_t>(segment.size() - header) + ((flags & syn) != 0 ? 1U : 0U) +
                ((flags & fin) != 0 ? 1U : 0U);
    answer += std::string(4, '\0');
    append_word(answer, sequence >> 16U);
    append_word(answer, sequence & 0xFFFFU);
  }
  answer.push_back(0x50);
  answer.push_back(static_cast<char>((flags & acknowledged) != 0 ? reset : reset | acknowledged));
  answer += std::string(6, '\0');
  set_word(answer, checksum_in_tcp,
           checksum_of(answer, pseudo_sum(view.to, view.from, tcp_protocol_number, answer.size())));
  constexpr unsigned hops = 64;
  return header_of(view.to, view.from, tcp_protocol_number, answer.size(), hops) + answer;
}

}  // namespace attache::net
