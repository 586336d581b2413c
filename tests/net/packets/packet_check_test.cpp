#include "net/packets/packet_check.hpp"

#include <gtest/gtest.h>

#include "packets_for_test.hpp"

namespace attache::net {
namespace {

PacketLimits limits() {
  return {asio::ip::make_address_v4("10.160.33.41"), asio::ip::make_address_v6("2001:db8::41"), 1500};
}

TEST(PacketCheck, LetsSoundPacketsPass) {
  for (const std::string& packet : sound_packets()) {
    EXPECT_EQ(check_packet(packet, limits()), std::nullopt);
  }
}

TEST(PacketCheck, FindsEveryPacketThatIsCutShort) {
  for (const std::string& packet : sound_packets()) {
    for (std::size_t size = 0; size < packet.size(); ++size) {
      EXPECT_NE(check_packet(packet.substr(0, size), limits()), std::nullopt) << size;
    }
  }
}

// The length field goes along, so that only the headers behind it tell.
TEST(PacketCheck, FindsTransportHeadersThatAreCutShort) {
  for (const std::string& packet : sound_packets()) {
    bool is_ipv4 = packet[0] == '\x45';
    std::size_t header = is_ipv4 ? 20 : 40;
    for (std::size_t size = header; size < header + 8; ++size) {
      std::string cut = packet.substr(0, size);
      cut[is_ipv4 ? 3 : 5] = static_cast<char>(is_ipv4 ? size : size - header);
      EXPECT_EQ(check_packet(cut, limits()), PacketFault::transport) << size;
    }
  }
}

struct Change {
  std::string name;
  std::size_t packet;  ///< Of sound_packets().
  std::size_t place;
  std::string bytes;
  PacketFault fault;
};

TEST(PacketCheck, NamesWhatIsWrong) {
  using namespace std::string_literals;
  const std::vector<Change> changes{
      {"version 5", 0, 0, "\x55", PacketFault::version},
      {"options", 0, 0, "\x46", PacketFault::header},
      {"header of 4 bytes", 0, 0, "\x41", PacketFault::header},
      {"longer than it is", 0, 2, "\x02", PacketFault::length},
      {"spoofed source", 0, 15, "\x2A", PacketFault::source},
      {"to loopback", 0, 16, "\x7F\x00\x00\x01"s, PacketFault::destination},
      {"to nowhere", 0, 16, "\0\0\0\0"s, PacketFault::destination},
      {"to multicast", 0, 16, "\xE0", PacketFault::destination},
      {"to broadcast", 0, 16, "\xFF\xFF\xFF\xFF", PacketFault::destination},
      {"to itself", 0, 16, "\x0A\xA0\x21\x29", PacketFault::destination},
      {"protocol 47", 0, 9, "\x2F", PacketFault::protocol},
      {"fragment of an odd size", 0, 6, "\x20", PacketFault::fragment},
      {"fragment beyond 65535", 0, 6, "\x1F\xFF", PacketFault::fragment},
      {"UDP length", 0, 25, "\x7F", PacketFault::transport},
      {"TCP header beyond the segment", 1, 32, "\xF0", PacketFault::transport},
      {"TCP header of 16 bytes", 1, 32, "\x40", PacketFault::transport},
      {"spoofed IPv6 source", 3, 11, "\xB9", PacketFault::source},
      {"IPv6 hop-by-hop options", 3, 6, "\0"s, PacketFault::header},
      {"IPv6 fragment", 3, 6, "\x2C", PacketFault::fragment},
      {"to the IPv6 loopback", 3, 24, std::string(15, '\0') + "\x01", PacketFault::destination},
      {"to an IPv4 address in IPv6", 3, 24, std::string(10, '\0') + "\xFF\xFF\x7F\0\0\x01"s,
       PacketFault::destination},
      {"neighbour advertisement", 5, 40, "\x88", PacketFault::protocol},
  };
  for (const Change& change : changes) {
    std::string packet = sound_packets().at(change.packet);
    packet.replace(change.place, change.bytes.size(), change.bytes);
    EXPECT_EQ(check_packet(packet, limits()), change.fault) << change.name;
  }
}

TEST(PacketCheck, HoldsThePacketAgainstItsPdn) {
  PacketLimits small = limits();
  small.mtu = 30;
  EXPECT_EQ(check_packet(sound_packets().at(0), small), PacketFault::too_large);
  PacketLimits whole = limits();
  std::string fragment = sound_packets().at(0);
  fragment.replace(6, 2, "\0\x01", 2);
  EXPECT_EQ(check_packet(fragment, whole), std::nullopt);
  whole.fragments = false;
  EXPECT_EQ(check_packet(fragment, whole), PacketFault::fragment);
  PacketLimits none;
  EXPECT_EQ(check_packet(sound_packets().at(0), none), PacketFault::source);
  EXPECT_EQ(check_packet(sound_packets().at(3), none), PacketFault::source);
}

}  // namespace
}  // namespace attache::net
