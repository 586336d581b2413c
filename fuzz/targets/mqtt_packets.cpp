#include <string>
#include <string_view>
#include <tuple>
#include <vector>

#include "services/mqtt_packet_reader.hpp"
#include "targets/invariant.hpp"
#include "targets/targets.hpp"

namespace attache::fuzz {

namespace {

using services::MqttPacket;
using services::MqttPacketReader;

using Fields = std::tuple<MqttPacket::Type, std::uint8_t, std::string, std::string, std::size_t, bool>;

struct Seen {
  std::vector<Fields> packets;
  bool ended = false;

  bool operator==(const Seen&) const = default;
};

void look_into(const MqttPacket& packet, std::size_t buffer_size) {
  must(packet.topic.size() <= buffer_size, "no topic is larger than the buffer");
  must(packet.payload.size() <= buffer_size, "no payload is larger than the buffer");
  must(packet.too_large == (packet.payload_size > buffer_size), "what is too large is said to be");
  must(packet.too_large || packet.payload.size() == packet.payload_size, "a payload is whole");
}

Seen read(const std::vector<std::string_view>& pieces, std::size_t buffer_size) {
  MqttPacketReader reader(buffer_size);
  Seen seen;
  for (std::string_view piece : pieces) {
    while (!piece.empty() && !seen.ended) {
      std::size_t before = piece.size();
      auto fed = reader.feed(piece);
      must(piece.size() < before, "a reader takes something");
      if (!fed) {
        must(!fed.error().reason.why.empty(), "what is refused has a reason");
        seen.ended = true;
      } else if (*fed) {
        MqttPacket& packet = **fed;
        look_into(packet, buffer_size);
        seen.ended = packet.too_large;
        seen.packets.emplace_back(packet.type, packet.return_code, std::move(packet.topic),
                                  std::move(packet.payload), packet.payload_size, packet.too_large);
      }
    }
  }
  return seen;
}

// What was read of a payload that is too large depends on where the input was cut.
void forget_unread_payload(Seen& seen) {
  if (!seen.packets.empty() && std::get<bool>(seen.packets.back())) {
    std::get<3>(seen.packets.back()).clear();
  }
}

}  // namespace

void fuzz_mqtt_packets(std::string_view input) {
  for (std::size_t buffer_size : {16U, 1024U}) {
    Seen whole = read({input}, buffer_size);
    Seen cut = read(Cutter(input, 7).cut(input), buffer_size);
    forget_unread_payload(whole);
    forget_unread_payload(cut);
    must(whole == cut, "any split gives the same packets");
  }
}

}  // namespace attache::fuzz
