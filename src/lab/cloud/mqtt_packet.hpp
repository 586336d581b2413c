#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace attache::lab {

/// One packet of a client of MQTT 3.1.1, sans-I/O.
struct MqttClientPacket {
  enum class Type : std::uint8_t {
    connect = 1,
    publish = 3,
    puback = 4,
    subscribe = 8,
    unsubscribe = 10,
    pingreq = 12,
    disconnect = 14
  };

  Type type = Type::connect;
  std::string text;         ///< CONNECT: the client id; PUBLISH: the topic.
  std::string payload;      ///< PUBLISH.
  std::uint8_t qos = 0;     ///< PUBLISH.
  std::uint16_t id = 0;     ///< PUBLISH with QoS 1, SUBSCRIBE, UNSUBSCRIBE.
  std::string granted_qos;  ///< SUBSCRIBE: a byte for each filter, as asked for but at most 1.
};

inline constexpr std::size_t longest_mqtt_packet = 64 * 1024;

/// How many bytes the packet at the beginning of `bytes` has; 0 if its length is not there yet, nothing if it
/// is none that is taken.
std::optional<std::size_t> mqtt_packet_size(std::string_view bytes);
/// The packet; nothing if it is not as it has to be.
std::optional<MqttClientPacket> parse_mqtt_packet(std::string_view packet);

// What a server sends.
/// CONNACK that accepts, without a session.
std::string mqtt_connack();
/// SUBACK that grants QoS 1 to each filter.
std::string mqtt_suback(const MqttClientPacket& subscribe);
/// PUBACK or UNSUBACK, by its first byte below.
std::string mqtt_acknowledgement(std::uint8_t first_byte, std::uint16_t id);
/// PUBLISH with QoS 0. The topic has 65535 bytes at most.
std::string mqtt_publish(std::string_view topic, std::string_view payload);

inline constexpr std::uint8_t mqtt_puback = 0x40;
inline constexpr std::uint8_t mqtt_unsuback = 0xB0;
inline constexpr std::string_view mqtt_pingresp("\xD0\x00", 2);

}  // namespace attache::lab
