#pragma once

#include <algorithm>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "services/ppp/ppp_link.hpp"

namespace attache::services::ppp {

/// A host's end of a link, as simple as it can be: it acknowledges what it is asked, asks for its own
/// options, takes what it is told instead, and leaves out what is rejected.
class PeerForTest {
 public:
  PeerForTest() { begin(); }
  PeerForTest(const PeerForTest&) = delete;
  PeerForTest& operator=(const PeerForTest&) = delete;

  /// It knows nothing of what was before.
  void begin() {
    agreed.clear();
    wanted[lcp_number] = {{2, std::string(4, '\0')}, {5, "\x01\x02\x03\x04"}, {7, {}}, {8, {}}};
    wanted[ipcp_number] = {
        {3, std::string(4, '\0')}, {129, std::string(4, '\0')}, {131, std::string(4, '\0')}};
    wanted[ipv6cp_number] = {{1, std::string(8, '\0')}};
  }

  /// What the link has sent; the answers are to_link.
  void receive(std::string_view bytes) { decoder.receive(bytes); }
  void send(std::uint16_t protocol, const std::string& information) {
    to_link += encode_frame(protocol, information, Framing());
  }
  void send(std::uint16_t protocol, std::uint8_t code, std::uint8_t identifier, std::string data) {
    send(protocol, to_bytes(ControlPacket{code, identifier, std::move(data)}));
  }
  void request(std::uint16_t protocol) { send(protocol, 1, ++identifier, to_bytes(wanted[protocol])); }
  [[nodiscard]] std::string take() { return std::exchange(to_link, {}); }

  std::map<std::uint16_t, std::vector<Option>> wanted;
  std::map<std::uint16_t, bool> agreed;                ///< Our last request has been acknowledged.
  std::map<std::uint16_t, std::vector<Option>> asked;  ///< The options of the link's last request.
  std::vector<std::string> packets;
  std::vector<std::pair<std::uint16_t, ControlPacket>> others;  ///< Packets of other codes.
  bool silent = false;
  std::string to_link;
  std::uint8_t identifier = 0;

 private:
  void handle(const Frame& frame) {
    if (silent) {
      return;
    }
    if (frame.protocol == ipv4_number || frame.protocol == ipv6_number) {
      packets.emplace_back(frame.information);
      return;
    }
    auto packet = parse_control_packet(frame.information);
    if (!packet) {
      return;
    }
    if (frame.protocol == pap_number || frame.protocol == chap_number) {
      others.emplace_back(frame.protocol, *packet);
      return;
    }
    switch (packet->code) {
      case 1:
        asked[frame.protocol] = *parse_options(packet->data);
        send(frame.protocol, 2, packet->identifier, packet->data);
        break;
      case 2:
        agreed[frame.protocol] = true;
        if (frame.protocol == lcp_number) {
          request(ipcp_number);
          request(ipv6cp_number);
        }
        break;
      case 3:
      case 4:
        change(frame.protocol, *packet);
        break;
      case 5:
        others.emplace_back(frame.protocol, *packet);
        send(frame.protocol, 6, packet->identifier, {});
        break;
      default:
        others.emplace_back(frame.protocol, *packet);
    }
  }
  void change(std::uint16_t protocol, const ControlPacket& packet) {
    auto& options = wanted[protocol];
    const auto changed = *parse_options(packet.data);
    for (const Option& option : changed) {
      auto place = std::find_if(options.begin(), options.end(),
                                [&](const Option& each) { return each.type == option.type; });
      if (packet.code == 4 && place != options.end()) {
        options.erase(place);
      } else if (packet.code == 3 && place != options.end()) {
        place->value = option.value;
      } else if (packet.code == 3) {
        options.push_back(option);
      }
    }
    request(protocol);
  }

  HdlcDecoder decoder{[this](const Frame& frame) { handle(frame); }};
};

}  // namespace attache::services::ppp
