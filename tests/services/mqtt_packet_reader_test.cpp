#include "services/mqtt_packet_reader.hpp"

#include <gtest/gtest.h>

namespace attache::services {
namespace {

using namespace std::string_literals;
using Type = MqttPacket::Type;

const std::string accepted = "\x20\x02\0\0"s;

/// What the reader makes of the bytes, given so many at a time: "type code topic payload/size".
std::string read(const std::string& bytes, std::size_t step) {
  MqttPacketReader reader(576);
  std::string text;
  for (std::size_t at = 0; at < bytes.size(); at += step) {
    std::string_view piece = std::string_view(bytes).substr(at, step);
    while (!piece.empty()) {
      auto fed = reader.feed(piece);
      if (!fed) {
        return text + std::string(net::name(fed.error().code));
      }
      if (!*fed) {
        EXPECT_TRUE(piece.empty());
        continue;
      }
      const MqttPacket& packet = **fed;
      text += std::to_string(static_cast<int>(packet.type)) + " " + std::to_string(packet.return_code) + " " +
              packet.topic + " " + packet.payload + "/" + std::to_string(packet.payload_size) + "\n";
      if (packet.too_large) {
        return text + "too large";
      }
    }
  }
  return text;
}

// The same for every split.
std::string read(const std::string& bytes) {
  std::string whole = read(bytes, bytes.size());
  for (std::size_t step : {1U, 2U, 3U, 7U}) {
    EXPECT_EQ(read(bytes, step), whole);
  }
  return whole;
}

TEST(MqttPacketReader, ReadsEveryPacketOfABroker) {
  EXPECT_EQ(read(accepted + "\x30\x07\0\x03"s + "a/bhi" + "\x32\x09\0\x03"s + "a/b\0\x07hi"s +
                 "\x40\x02\0\x01"s + "\x50\x02\0\x01"s + "\x62\x02\0\x01"s + "\x70\x02\0\x01"s +
                 "\x90\x03\0\x01\x80"s + "\xB0\x02\0\x01"s + "\xD0\0"s),
            "2 0  /0\n3 0 a/b hi/2\n3 0 a/b hi/2\n4 0  /0\n5 0  /0\n6 0  /0\n7 0  /0\n9 0  /0\n11 0  /0\n"
            "13 0  /0\n");
}

TEST(MqttPacketReader, TakesOnePacketAtATime) {
  MqttPacketReader reader(576);
  const std::string bytes = accepted + "\xD0\0\x40\x02"s;
  std::string_view rest = bytes;
  EXPECT_EQ((*reader.feed(rest))->type, Type::connack);
  EXPECT_EQ(rest, "\xD0\0\x40\x02"s);
  EXPECT_EQ((*reader.feed(rest))->type, Type::pingresp);
  EXPECT_EQ(rest, "\x40\x02");
  EXPECT_FALSE(*reader.feed(rest));
  EXPECT_EQ(rest, "");
}

TEST(MqttPacketReader, ReadsRefusals) {
  EXPECT_EQ(read("\x20\x02\0\x05"s), "2 5  /0\n");
  EXPECT_EQ(read("\x20\x02\0\x06"s), "2 6  /0\n");
}

TEST(MqttPacketReader, ReadsTheLargestPayloadAndStopsAtALargerOne) {
  std::string fits(576, 'x');
  EXPECT_EQ(read(accepted + "\x30\xC3\x04\0\x01t"s + fits), "2 0  /0\n3 0 t " + fits + "/576\n");
  EXPECT_EQ(read(accepted + "\x30\xC4\x04\0\x01t"s + fits + "y"), "2 0  /0\n3 0 t /577\ntoo large");
  EXPECT_EQ(read(accepted + "\x30\xFF\xFF\xFF\x7F\0\x01t"s), "2 0  /0\n3 0 t /268435452\ntoo large");
}

TEST(MqttPacketReader, ReadsAnEmptyPayload) {
  EXPECT_EQ(read(accepted + "\x30\x03\0\x01t"s), "2 0  /0\n3 0 t /0\n");
}

TEST(MqttPacketReader, RefusesATopicThatIsTooLarge) {
  EXPECT_EQ(read(accepted + "\x30\xC2\x04\x02\x40"s + std::string(576, 't')), "2 0  /0\nENOMEM");
}

TEST(MqttPacketReader, RefusesWhatIsNotMqtt) {
  for (const std::string& bytes : {"HTTP/1.1 400 Bad Request\r\n\r\n"s, "\x15\x03\x03\0\x02\x02\x28"s,
                                   "\x20\x03\0\0\0"s, "\x30\x01t"s, "\x40\x02\0\x01"s}) {
    EXPECT_EQ(read(bytes), "EINVAL") << bytes;
  }
  for (const std::string& bytes :
       {"\0\0"s, "\x10\0"s, "\x36\x02\0\0"s, "\x41\x02\0\x01"s, "\x60\x02\0\x01"s, "\x40\x03\0\x01\0"s,
        "\x90\x02\0\x01"s, "\x90\xFF\x7F"s, "\xD0\x01x"s, "\xE0\0"s, "\x30\xFF\xFF\xFF\xFF\x01"s,
        "\x30\x02\0\x01"s, "\x32\x04\0\x01tx"s}) {
    EXPECT_EQ(read(accepted + bytes), "2 0  /0\nEINVAL") << bytes.size();
  }
}

}  // namespace
}  // namespace attache::services
