#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "net/bearer.hpp"

namespace attache::services {

/// A control packet that a broker sent (MQTT 3.1.1, 3).
struct MqttPacket {
  enum class Type : std::uint8_t {
    connack = 2,
    publish = 3,
    puback = 4,
    pubrec = 5,
    pubrel = 6,
    pubcomp = 7,
    suback = 9,
    unsuback = 11,
    pingresp = 13,
  };

  Type type = Type::connack;
  std::uint8_t return_code = 0;  ///< Of a CONNACK.
  std::string topic;             ///< Of a PUBLISH, as is what follows.
  std::string payload;
  std::size_t payload_size = 0;  ///< As announced.
  bool too_large = false;        ///< The payload is larger than may be received, and not read.
};

/// Cuts what a broker sends into packets. Sans-I/O: any split of the bytes gives the same packets. Takes
/// MQTT 3.1.1 only as it must be and in memory of twice `buffer_size`.
class MqttPacketReader {
 public:
  /// `buffer_size`: the most bytes of the head of a packet and of a payload, each.
  explicit MqttPacketReader(std::size_t buffer_size) : buffer_size_(buffer_size) {}

  /// Takes bytes from the beginning of `bytes` up to the end of the packet that they complete, or all of them
  /// if they complete none. Fails with EINVAL at what is no MQTT, ENOMEM at a head that is too large. Nothing
  /// may be fed after a failure or a packet that is too large.
  net::NetResult<std::optional<MqttPacket>> feed(std::string_view& bytes);

 private:
  enum class State { type, length, body };

  net::NetResult<void> take_type(std::uint8_t byte);
  net::NetResult<void> take_length(std::uint8_t byte);
  [[nodiscard]] net::NetResult<void> check_fixed_header() const;
  net::NetResult<bool> take_body(std::string_view& bytes);
  [[nodiscard]] std::size_t publish_head() const;
  MqttPacket finish();

  std::size_t buffer_size_;
  State state_ = State::type;
  bool connected_ = false;  // CONNACK has come.
  std::uint8_t first_ = 0;
  std::size_t remaining_ = 0;  // Length of the body.
  unsigned length_bytes_ = 0;
  std::string body_;
};

}  // namespace attache::services
