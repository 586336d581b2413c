#include "lab/cloud/mqtt_packet.hpp"

#include <gtest/gtest.h>

namespace attache::lab {
namespace {

using namespace std::string_literals;
using Type = MqttClientPacket::Type;

const std::string hello =
    "\x10\x0f\0\x04MQTT\x04\x02\0\x3c\0\x03"
    "dev"s;

TEST(MqttPacketOfClient, SaysHowLongItIsOnceThatIsThere) {
  EXPECT_EQ(mqtt_packet_size(""), 0U);
  EXPECT_EQ(mqtt_packet_size("\x10"), 0U);
  EXPECT_EQ(mqtt_packet_size(hello), hello.size());
  EXPECT_EQ(mqtt_packet_size("\x30\x80"s), 0U);
  EXPECT_EQ(mqtt_packet_size("\x30\x80\x01"s), 131U);
  EXPECT_FALSE(mqtt_packet_size("\x30\xff\xff\x03"s)) << "larger than 64 KiB";
  EXPECT_FALSE(mqtt_packet_size("\x30\xff\xff\xff\xff"s)) << "a length that does not end";
}

TEST(MqttPacketOfClient, IsReadByItsType) {
  EXPECT_EQ(parse_mqtt_packet(hello)->text, "dev");
  auto publish = parse_mqtt_packet("\x32\x07\0\x01t\0\x05hi"s);
  ASSERT_TRUE(publish);
  EXPECT_EQ(publish->type, Type::publish);
  EXPECT_EQ(publish->text, "t");
  EXPECT_EQ(publish->id, 5);
  EXPECT_EQ(publish->payload, "hi");
  EXPECT_EQ(parse_mqtt_packet("\x30\x04\0\x01th"s)->payload, "h") << "without acknowledgement";
  auto subscribe = parse_mqtt_packet(
      "\x82\x0a\0\x07\0\x01"
      "a\x01\0\x01"
      "b\0"s);
  ASSERT_TRUE(subscribe);
  EXPECT_EQ(subscribe->id, 7);
  EXPECT_EQ(mqtt_suback(*subscribe), "\x90\x04\0\x07\x01\0"s) << "each filter with its QoS";
  subscribe = parse_mqtt_packet(
      "\x82\x06\0\x07\0\x01"
      "a\x02"s);
  ASSERT_TRUE(subscribe);
  EXPECT_EQ(mqtt_suback(*subscribe), "\x90\x03\0\x07\x01"s) << "2 is more than the server has";
  EXPECT_EQ(parse_mqtt_packet("\xa2\x05\0\x07\0\x01"
                              "a"s)
                ->type,
            Type::unsubscribe);
  EXPECT_EQ(parse_mqtt_packet("\xc0\0"s)->type, Type::pingreq);
  EXPECT_EQ(parse_mqtt_packet("\xe0\0"s)->type, Type::disconnect);
}

TEST(MqttPacketOfClient, IsNoneIfItsBytesCannotBe) {
  for (const std::string& bytes : {"\x10\x0f\0\x04MQTX\x04\x02\0\x3c\0\x03"
                                   "dev"s,
                                   "\x10\x0c\0\x04MQTT\x04\x02\0\x3c\0\0"s, "\x10\x02\0\x04"s, "\x30\x01\0"s,
                                   "\x32\x04\0\x01t\0"s, "\x34\x05\0\x01t\0\1"s, "\x82\x01\0"s,
                                   "\x82\x05\0\x07\0\x01"
                                   "a"s,
                                   "\x82\x06\0\x07\0\x01"
                                   "a\x03"s,
                                   "\x82\x04\0\x07\0\x05"s, "\x20\0"s, "\0\0"s, "\xf0\0"s}) {
    EXPECT_FALSE(parse_mqtt_packet(bytes));
  }
}

TEST(MqttPacketOfServer, IsWrittenAsTheStandardHasIt) {
  EXPECT_EQ(mqtt_connack(), "\x20\x02\0\0"s);
  EXPECT_EQ(mqtt_acknowledgement(mqtt_puback, 0x102), "\x40\x02\x01\x02"s);
  EXPECT_EQ(mqtt_publish("t", "hi"), "\x30\x05\0\x01thi"s);
  std::string long_text(200, 'x');
  EXPECT_EQ(mqtt_publish("t", long_text), "\x30\xcb\x01\0\x01t"s + long_text);
}

}  // namespace
}  // namespace attache::lab
