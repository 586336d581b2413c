#include "services/mqtt_packet_reader.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "net/failure.hpp"

namespace attache::services {

namespace {

using Type = MqttPacket::Type;

constexpr unsigned most_length_bytes = 4;
constexpr std::size_t id_size = 2;

net::Failure malformed(std::string why) {
  return net::make_failure(base::Cause::bad_answer, net::Errno::invalid,
                           "what the broker sends is not MQTT 3.1.1", std::move(why),
                           "Check the port: 1883 is plain MQTT, 8883 MQTT over TLS.");
}

Type type_of(std::uint8_t first) {
  return static_cast<Type>(first >> 4);
}

unsigned qos_of(std::uint8_t first) {
  return first >> 1 & 3U;
}

std::size_t word(std::string_view bytes, std::size_t at) {
  return static_cast<std::size_t>(static_cast<unsigned char>(bytes[at]) << 8 |
                                  static_cast<unsigned char>(bytes[at + 1]));
}

}  // namespace

net::NetResult<void> MqttPacketReader::take_type(std::uint8_t byte) {
  first_ = byte;
  Type type = type_of(byte);
  unsigned flags = byte & 0x0FU;
  bool fits = false;
  switch (type) {
    case Type::publish:
      fits = qos_of(byte) <= 2;
      break;
    case Type::pubrel:
      fits = flags == 2;
      break;
    case Type::connack:
    case Type::puback:
    case Type::pubrec:
    case Type::pubcomp:
    case Type::suback:
    case Type::unsuback:
    case Type::pingresp:
      fits = flags == 0;
      break;
  }
  if (!fits) {
    return malformed(fmt::format("a packet begins with the byte 0x{:02X}", byte));
  }
  if (!connected_ && type != Type::connack) {
    return malformed(fmt::format("the first packet is of type {}, not CONNACK", byte >> 4));
  }
  state_ = State::length;
  remaining_ = 0;
  length_bytes_ = 0;
  return {};
}

net::NetResult<void> MqttPacketReader::take_length(std::uint8_t byte) {
  remaining_ |= static_cast<std::size_t>(byte & 0x7FU) << (7 * length_bytes_);
  ++length_bytes_;
  if ((byte & 0x80U) == 0) {
    body_.clear();
    state_ = State::body;
    return check_fixed_header();
  }
  if (length_bytes_ == most_length_bytes) {
    return malformed("the length of a packet has more than four bytes");
  }
  return {};
}

net::NetResult<void> MqttPacketReader::check_fixed_header() const {
  bool fits = true;
  switch (type_of(first_)) {
    case Type::publish:
      fits = remaining_ >= id_size;
      break;
    case Type::suback:
      fits = remaining_ > id_size && remaining_ <= buffer_size_;
      break;
    case Type::pingresp:
      fits = remaining_ == 0;
      break;
    default:
      fits = remaining_ == 2;
  }
  if (!fits) {
    return malformed(fmt::format("a packet of type {} has {} bytes", first_ >> 4, remaining_));
  }
  return {};
}

// The bytes of a PUBLISH before its payload, as far as known.
std::size_t MqttPacketReader::publish_head() const {
  if (body_.size() < id_size) {
    return id_size;
  }
  return id_size + word(body_, 0) + (qos_of(first_) > 0 ? id_size : 0);
}

// True when the packet is complete, or not to be read further.
net::NetResult<bool> MqttPacketReader::take_body(std::string_view& bytes) {
  auto take_until = [&](std::size_t size) {
    std::size_t part = std::min(size - std::min(size, body_.size()), bytes.size());
    body_ += bytes.substr(0, part);
    bytes.remove_prefix(part);
    return body_.size() >= size;
  };
  if (type_of(first_) == Type::publish) {
    if (!take_until(id_size)) {
      return false;
    }
    std::size_t head = publish_head();
    if (head > remaining_) {
      return malformed("the topic of a message is longer than its packet");
    }
    if (head > buffer_size_) {
      return net::make_failure(base::Cause::message_too_large, net::Errno::no_memory,
                               "a message cannot be received",
                               fmt::format("its topic has {} bytes; the firmware's buffer holds {}",
                                           word(body_, 0), buffer_size_));
    }
    if (remaining_ - head > buffer_size_) {
      return take_until(head);
    }
  }
  return take_until(remaining_);
}

MqttPacket MqttPacketReader::finish() {
  MqttPacket packet;
  packet.type = type_of(first_);
  if (packet.type == Type::connack) {
    connected_ = true;
    packet.return_code = static_cast<std::uint8_t>(body_[1]);
  } else if (packet.type == Type::publish) {
    std::size_t head = publish_head();
    packet.topic = body_.substr(id_size, word(body_, 0));
    packet.payload_size = remaining_ - head;
    packet.too_large = packet.payload_size > buffer_size_;
    packet.payload = body_.substr(head);
  }
  state_ = State::type;
  return packet;
}

net::NetResult<std::optional<MqttPacket>> MqttPacketReader::feed(std::string_view& bytes) {
  while (!bytes.empty() || (state_ == State::body && body_.size() == remaining_)) {
    if (state_ != State::body) {
      auto byte = static_cast<std::uint8_t>(bytes.front());
      bytes.remove_prefix(1);
      auto taken = state_ == State::type ? take_type(byte) : take_length(byte);
      if (!taken) {
        return taken.error();
      }
      continue;
    }
    auto complete = take_body(bytes);
    if (!complete) {
      return complete.error();
    }
    if (!*complete) {
      break;
    }
    return std::optional(finish());
  }
  return std::optional<MqttPacket>();
}

}  // namespace attache::services
