#include "lab/cloud/mqtt_packet.hpp"

#include <algorithm>

namespace attache::lab {

namespace {

constexpr std::size_t most_length_bytes = 4;
constexpr unsigned most_qos_asked = 2;
constexpr unsigned most_qos_granted = 1;

unsigned octet(char c) {
  return static_cast<unsigned char>(c);
}

// Takes a number of two bytes resp. a text with its length in front.
std::optional<std::uint16_t> take_number(std::string_view& rest) {
  if (rest.size() < 2) {
    return std::nullopt;
  }
  auto number = static_cast<std::uint16_t>(octet(rest[0]) << 8 | octet(rest[1]));
  rest.remove_prefix(2);
  return number;
}

std::optional<std::string> take_text(std::string_view& rest) {
  auto size = take_number(rest);
  if (!size || rest.size() < *size) {
    return std::nullopt;
  }
  std::string text(rest.substr(0, *size));
  rest.remove_prefix(*size);
  return text;
}

std::string two_octets(std::size_t number) {
  return {static_cast<char>(number >> 8), static_cast<char>(number & 0xFF)};
}

std::string length_of(std::size_t size) {
  std::string text;
  do {
    text += static_cast<char>(size % 128 | (size >= 128 ? 128U : 0U));
    size /= 128;
  } while (size > 0);
  return text;
}

std::optional<MqttClientPacket> parse_connect(std::string_view rest) {
  constexpr std::size_t level_flags_and_keepalive = 4;
  auto protocol = take_text(rest);
  if (protocol != "MQTT" || rest.size() < level_flags_and_keepalive) {
    return std::nullopt;
  }
  rest.remove_prefix(level_flags_and_keepalive);
  auto id = take_text(rest);
  if (!id || id->empty()) {
    return std::nullopt;
  }
  MqttClientPacket packet;
  packet.text = std::move(*id);
  return packet;
}

std::optional<MqttClientPacket> parse_publish(unsigned flags, std::string_view rest) {
  MqttClientPacket packet;
  packet.type = MqttClientPacket::Type::publish;
  packet.qos = flags >> 1 & 3;
  auto topic = take_text(rest);
  if (!topic || packet.qos > 1) {
    return std::nullopt;
  }
  packet.text = std::move(*topic);
  if (packet.qos == 1) {
    auto id = take_number(rest);
    if (!id) {
      return std::nullopt;
    }
    packet.id = *id;
  }
  packet.payload = std::string(rest);
  return packet;
}

std::optional<MqttClientPacket> parse_subscription(MqttClientPacket::Type type, std::string_view rest) {
  MqttClientPacket packet;
  packet.type = type;
  auto id = take_number(rest);
  if (!id) {
    return std::nullopt;
  }
  packet.id = *id;
  while (!rest.empty()) {
    bool has_qos = type == MqttClientPacket::Type::subscribe;
    if (!take_text(rest) || (has_qos && rest.empty())) {
      return std::nullopt;
    }
    if (has_qos) {
      unsigned wanted = octet(rest.front());
      if (wanted > most_qos_asked) {
        return std::nullopt;
      }
      packet.granted_qos += static_cast<char>(std::min(wanted, most_qos_granted));
      rest.remove_prefix(1);
    }
  }
  return packet;
}

}  // namespace

std::optional<std::size_t> mqtt_packet_size(std::string_view bytes) {
  std::size_t size = 0;
  for (std::size_t i = 1; i <= most_length_bytes; ++i) {
    if (i >= bytes.size()) {
      return 0;
    }
    size += static_cast<std::size_t>(octet(bytes[i]) & 127) << (7 * (i - 1));
    if ((octet(bytes[i]) & 128) == 0) {
      size += i + 1;
      return size <= longest_mqtt_packet ? std::optional(size) : std::nullopt;
    }
  }
  return std::nullopt;
}

std::optional<MqttClientPacket> parse_mqtt_packet(std::string_view bytes) {
  using Type = MqttClientPacket::Type;
  auto type = static_cast<Type>(octet(bytes[0]) >> 4);
  std::size_t head = 1;
  while ((octet(bytes[head]) & 128) != 0) {
    ++head;
  }
  std::string_view rest = bytes.substr(head + 1);
  switch (type) {
    case Type::connect:
      return parse_connect(rest);
    case Type::publish:
      return parse_publish(octet(bytes[0]) & 0xF, rest);
    case Type::subscribe:
    case Type::unsubscribe:
      return parse_subscription(type, rest);
    case Type::puback:
    case Type::pingreq:
    case Type::disconnect: {
      MqttClientPacket packet;
      packet.type = type;
      return packet;
    }
  }
  return std::nullopt;
}

std::string mqtt_connack() {
  return std::string("\x20\x02\x00\x00", 4);
}

std::string mqtt_suback(const MqttClientPacket& subscribe) {
  std::string text(1, '\x90');
  text += length_of(2 + subscribe.granted_qos.size());
  text += two_octets(subscribe.id);
  return text + subscribe.granted_qos;
}

std::string mqtt_acknowledgement(std::uint8_t first_byte, std::uint16_t id) {
  std::string text(1, static_cast<char>(first_byte));
  text += '\x02';
  return text + two_octets(id);
}

std::string mqtt_publish(std::string_view topic, std::string_view payload) {
  std::string text(1, '\x30');
  text += length_of(2 + topic.size() + payload.size());
  text += two_octets(topic.size());
  text += topic;
  text += payload;
  return text;
}

}  // namespace attache::lab
