#include "trace/reading/conversations.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "base/text.hpp"
#include "trace/reading/dns_reader.hpp"

namespace attache::trace {

namespace {

constexpr std::uint16_t port_of_dns = 53;
constexpr std::size_t most_connections = 4096;
constexpr std::size_t most_names = 4096;
constexpr std::size_t most_early = 256UL * 1024;
constexpr std::size_t most_of_beginning = 64;

// Sequence numbers begin anew after 4 GiB.
std::int32_t distance(std::uint32_t from, std::uint32_t to) {
  return static_cast<std::int32_t>(to - from);
}

bool is_dtls(std::string_view bytes) {
  return bytes.size() > 3 && bytes[0] >= 20 && bytes[0] <= 25 && bytes[1] == '\xFE';
}

std::string unreachable_text(const IpPacket& packet) {
  bool is_ipv6 = packet.source.is_v6();
  if (packet.code == 4 && is_ipv6) {
    return "nobody listens on that port";
  }
  if (!is_ipv6 && packet.code == 3) {
    return "nobody listens on that port";
  }
  return packet.code == 0   ? "no way to its network"
         : packet.code == 1 ? "no way to the host"
                            : "cannot be reached";
}

}  // namespace

bool Conversations::Before::operator()(std::uint32_t one, std::uint32_t other) const {
  return distance(one, other) > 0;
}

void Conversations::learn(const IpAddress& address, std::string name) {
  if (names_.size() < most_names) {
    names_.insert_or_assign(address, std::move(name));
  }
}

void Conversations::take(const PacketPlace& place, const IpPacket& packet) {
  switch (packet.protocol) {
    case IpPacket::Protocol::tcp:
      take_tcp(place, packet);
      break;
    case IpPacket::Protocol::udp:
      take_udp(place, packet);
      break;
    case IpPacket::Protocol::icmp:
      take_icmp(place, packet);
      break;
    case IpPacket::Protocol::other:
      break;
  }
}

// Where the capture does not say it, the port with the higher number is the device's.
bool Conversations::is_sent(const PacketPlace& place, const IpPacket& packet) {
  if (place.direction != PacketDirection::unknown) {
    return place.direction == PacketDirection::outbound;
  }
  return packet.source_port >= packet.destination_port;
}

std::string Conversations::host_name(const IpAddress& address) const {
  auto known = names_.find(address);
  return known != names_.end()
             ? fmt::format("{} ({})", base::escape_control(known->second), address.to_string())
             : address.to_string();
}

std::string Conversations::peer_of(const IpPacket& packet, bool is_sent) const {
  const IpAddress& address = is_sent ? packet.destination : packet.source;
  std::uint16_t port = is_sent ? packet.destination_port : packet.source_port;
  bool needs_brackets = address.is_v6() && !names_.contains(address);
  std::string name = host_name(address);
  return needs_brackets ? fmt::format("[{}]:{}", name, port) : fmt::format("{}:{}", name, port);
}

void Conversations::tell(const PacketPlace& place, Layer layer, bool is_sent, const std::string& peer,
                         std::string text) {
  sink_({place.time, place.number, layer, is_sent ? TimelineEntry::Way::sent : TimelineEntry::Way::received,
         place.interface_name, place.context, peer, std::move(text)});
}

Conversations::Connection& Conversations::connection_of(const PacketPlace& place, const IpPacket& packet,
                                                        bool& is_new) {
  auto one = std::pair(packet.source, packet.source_port);
  auto other = std::pair(packet.destination, packet.destination_port);
  const auto& [first, second] = std::minmax(one, other);
  Key key{place.interface, first.first, first.second, second.first, second.second};
  auto known = by_key_.find(key);
  bool begins_again = known != by_key_.end() && packet.syn && !packet.ack &&
                      (known->second->second.halves[0].ended || known->second->second.halves[1].ended);
  if (begins_again) {
    connections_.erase(known->second);
    by_key_.erase(known);
    known = by_key_.end();
  }
  is_new = known == by_key_.end();
  if (!is_new) {
    connections_.splice(connections_.begin(), connections_, known->second);
    return known->second->second;
  }
  if (connections_.size() >= most_connections) {
    by_key_.erase(connections_.back().first);
    connections_.pop_back();
  }
  bool sent = is_sent(place, packet);
  connections_.emplace_front(key, Connection{});
  Connection& made = connections_.front().second;
  made.device = sent ? packet.source : packet.destination;
  made.device_port = sent ? packet.source_port : packet.destination_port;
  by_key_.emplace(key, connections_.begin());
  return made;
}

void Conversations::take_tcp(const PacketPlace& place, const IpPacket& packet) {
  bool is_new = false;
  Connection& connection = connection_of(place, packet, is_new);
  bool is_sent = packet.source == connection.device && packet.source_port == connection.device_port;
  std::string peer = peer_of(packet, is_sent);
  Half& half = connection.halves[is_sent ? 0 : 1];
  if (packet.syn) {
    bool comes_again = half.is_known && half.next == packet.sequence + 1;
    half.is_known = true;
    half.next = packet.sequence + 1;
    if (!comes_again) {
      half.early.clear();
      half.early_bytes = 0;
    }
    connection.was_accepted = connection.was_accepted || packet.ack;
    std::string text =
        packet.ack ? (is_sent ? fmt::format("accepts {}", peer) : fmt::format("{} accepts", peer))
                   : (is_sent ? fmt::format("connects to {}", peer) : fmt::format("{} connects", peer));
    tell(place, Layer::tcp, is_sent, peer, comes_again ? text + ", once more" : text);
    return;
  }
  if (packet.rst) {
    std::string text = !connection.was_accepted && !is_sent ? fmt::format("{} refuses the connection", peer)
                       : is_sent                            ? fmt::format("resets the connection to {}", peer)
                                                            : fmt::format("{} resets the connection", peer);
    tell(place, Layer::tcp, is_sent, peer, std::move(text));
    half.ended = true;
    return;
  }
  take_bytes(place, packet, connection, is_sent);
  if (packet.fin && !half.ended) {
    half.ended = true;
    tell(place, Layer::tcp, is_sent, peer,
         is_sent ? fmt::format("closes the connection to {}, after {} bytes", peer, half.bytes)
                 : fmt::format("{} closes the connection, after {} bytes", peer, half.bytes));
  }
}

void Conversations::take_bytes(const PacketPlace& place, const IpPacket& packet, Connection& connection,
                               bool is_sent) {
  if (packet.payload.empty()) {
    return;
  }
  Half& half = connection.halves[is_sent ? 0 : 1];
  std::string peer = peer_of(packet, is_sent);
  half.next = half.is_known ? half.next : packet.sequence;
  half.is_known = true;
  std::int32_t ahead = distance(half.next, packet.sequence);
  auto size = static_cast<std::int32_t>(std::min<std::size_t>(packet.payload.size(), 0x7FFFFFFF));
  if (ahead <= -size) {
    tell(place, Layer::tcp, is_sent, peer, fmt::format("{} bytes come again: a retransmission", size));
    return;
  }
  if (ahead > 0) {
    std::string& early = half.early[packet.sequence];
    if (packet.payload.size() > early.size()) {
      half.early_bytes += packet.payload.size() - early.size();
      early = packet.payload;
    }
    while (half.early_bytes > most_early) {
      std::uint32_t first = half.early.begin()->first;
      tell(place, Layer::tcp, is_sent, peer,
           fmt::format("{} bytes are not in the capture", distance(half.next, first)));
      half.next = first;
      read_early(place, half, is_sent, peer);
    }
    return;
  }
  std::string_view fresh = packet.payload.substr(static_cast<std::size_t>(-ahead));
  half.next += static_cast<std::uint32_t>(fresh.size());
  read(place, half, fresh, is_sent, peer);
  read_early(place, half, is_sent, peer);
}

// Those that no gap parts any more from what was read.
void Conversations::read_early(const PacketPlace& place, Half& half, bool is_sent, const std::string& peer) {
  while (!half.early.empty()) {
    auto first = half.early.begin();
    std::int32_t gap = distance(half.next, first->first);
    if (gap > 0) {
      break;
    }
    std::string bytes = std::move(first->second);
    half.early_bytes -= bytes.size();
    half.early.erase(first);
    auto known = static_cast<std::size_t>(-static_cast<std::int64_t>(gap));
    if (known < bytes.size()) {
      half.next += static_cast<std::uint32_t>(bytes.size() - known);
      read(place, half, std::string_view(bytes).substr(known), is_sent, peer);
    }
  }
}

void Conversations::read(const PacketPlace& place, Half& half, std::string_view bytes, bool is_sent,
                         const std::string& peer) {
  half.bytes += bytes.size();
  std::string whole;
  if (!half.reader) {
    half.beginning += bytes;
    half.reader = reader_for(half.beginning);
    half.reader = !half.reader && half.beginning.size() > most_of_beginning ? make_data_reader()
                                                                            : std::move(half.reader);
    if (!half.reader) {
      return;
    }
    whole = std::move(half.beginning);
    bytes = whole;
  }
  for (StreamText& text : half.reader->read(bytes)) {
    tell(place, text.layer, is_sent, peer, std::move(text.text));
  }
}

void Conversations::take_udp(const PacketPlace& place, const IpPacket& packet) {
  bool sent = is_sent(place, packet);
  std::string peer = peer_of(packet, sent);
  bool may_be_dns = packet.source_port == port_of_dns || packet.destination_port == port_of_dns;
  if (auto dns = may_be_dns ? read_dns(packet.payload) : std::nullopt) {
    for (auto& [address, name] : dns->addresses) {
      learn(address, std::move(name));
    }
    tell(place, Layer::dns, sent, peer, std::move(dns->text));
    return;
  }
  auto texts = is_dtls(packet.payload) ? read_dtls(packet.payload) : std::vector<StreamText>();
  for (StreamText& text : texts) {
    tell(place, text.layer, sent, peer, std::move(text.text));
  }
  if (texts.empty()) {
    tell(place, Layer::udp, sent, peer,
         fmt::format("{} bytes {} {}: {}", packet.payload.size(), sent ? "to" : "from", peer,
                     excerpt_of(packet.payload)));
  }
}

void Conversations::take_icmp(const PacketPlace& place, const IpPacket& packet) {
  bool is_ipv6 = packet.source.is_v6();
  bool is_request = packet.type == (is_ipv6 ? 128 : 8);
  bool is_reply = packet.type == (is_ipv6 ? 129 : 0);
  bool is_unreachable = packet.type == (is_ipv6 ? 1 : 3);
  bool sent = place.direction == PacketDirection::outbound ||
              (place.direction == PacketDirection::unknown && is_request);
  std::string peer = host_name(sent ? packet.destination : packet.source);
  if (is_request || is_reply) {
    tell(place, Layer::icmp, sent, peer,
         fmt::format("echo {} {} {}", is_request ? "request" : "reply", sent ? "to" : "from", peer));
  } else if (is_unreachable) {
    auto quoted = quoted_packet(packet);
    std::string target = quoted ? peer_of(*quoted, true) : peer;
    tell(place, Layer::icmp, sent, target, fmt::format("{}: {}", target, unreachable_text(packet)));
  } else {
    tell(place, Layer::icmp, sent, peer,
         fmt::format("message {} {} {}", packet.type, sent ? "to" : "from", peer));
  }
}

}  // namespace attache::trace
