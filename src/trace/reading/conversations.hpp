#pragma once

#include <array>
#include <functional>
#include <list>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <tuple>

#include "trace/format/blocks.hpp"
#include "trace/reading/ip_packet.hpp"
#include "trace/reading/stream_reader.hpp"
#include "trace/reading/timeline.hpp"

namespace attache::trace {

/// Where in a capture a packet stands.
struct PacketPlace {
  base::WallTime time{};
  std::uint64_t number = 0;
  std::uint32_t interface = 0;
  std::string interface_name;
  std::optional<int> context;
  PacketDirection direction = PacketDirection::unknown;
};

/// Tells what goes on between a device and its peers: look-ups, connections and what is said in them. Bytes
/// of TCP are put in their order; a gap that nothing fills is passed over. Sans-I/O; of very many connections
/// those that were quiet longest are forgotten.
class Conversations {
 public:
  using Sink = std::function<void(TimelineEntry entry)>;

  explicit Conversations(Sink sink) : sink_(std::move(sink)) {}

  /// The next packet of the capture; what it says goes to the sink before this returns.
  void take(const PacketPlace& place, const IpPacket& packet);
  /// An address has this name.
  void learn(const IpAddress& address, std::string name);

 private:
  using Key = std::tuple<std::uint32_t, IpAddress, std::uint16_t, IpAddress, std::uint16_t>;

  /// The order of sequence numbers, which begin anew after 4 GiB; none are further apart than 2 GiB.
  struct Before {
    bool operator()(std::uint32_t one, std::uint32_t other) const;
  };
  /// One direction of a connection.
  struct Half {
    bool is_known = false;   ///< Its sequence numbers are.
    std::uint32_t next = 0;  ///< The sequence number that follows what was read.
    std::map<std::uint32_t, std::string, Before> early{};  ///< Segments behind a gap.
    std::size_t early_bytes = 0;
    std::string beginning{};  ///< Until it is known what it is.
    std::unique_ptr<StreamReader> reader{};
    std::uint64_t bytes = 0;
    bool ended = false;
  };
  struct Connection {
    IpAddress device;
    std::uint16_t device_port = 0;
    bool was_accepted = false;
    std::array<Half, 2> halves;  ///< Sent by the device, and received.
  };

  void take_tcp(const PacketPlace& place, const IpPacket& packet);
  void take_udp(const PacketPlace& place, const IpPacket& packet);
  void take_icmp(const PacketPlace& place, const IpPacket& packet);
  void take_bytes(const PacketPlace& place, const IpPacket& packet, Connection& connection, bool is_sent);
  void read_early(const PacketPlace& place, Half& half, bool is_sent, const std::string& peer);
  void read(const PacketPlace& place, Half& half, std::string_view bytes, bool is_sent,
            const std::string& peer);
  void tell(const PacketPlace& place, Layer layer, bool is_sent, const std::string& peer, std::string text);
  Connection& connection_of(const PacketPlace& place, const IpPacket& packet, bool& is_new);
  [[nodiscard]] static bool is_sent(const PacketPlace& place, const IpPacket& packet);
  [[nodiscard]] std::string host_name(const IpAddress& address) const;
  [[nodiscard]] std::string peer_of(const IpPacket& packet, bool is_sent) const;

  Sink sink_;
  std::map<IpAddress, std::string> names_;
  std::map<Key, std::list<std::pair<Key, Connection>>::iterator> by_key_;
  std::list<std::pair<Key, Connection>> connections_;  ///< That spoke last is the first.
};

}  // namespace attache::trace
