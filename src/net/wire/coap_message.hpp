#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace attache::net {

/// One message of CoAP over datagrams (RFC 7252, 3), sans-I/O.
struct CoapMessage {
  enum class Type : std::uint8_t { confirmable, non_confirmable, acknowledgement, reset };

  /// An option; those of one number stand in the order in which they are written.
  struct Option {
    std::uint16_t number = 0;
    std::string value;  ///< As it goes over the wire.
  };

  // Numbers of options.
  static constexpr std::uint16_t uri_path = 11;
  static constexpr std::uint16_t content_format = 12;
  static constexpr std::uint16_t uri_query = 15;
  static constexpr std::uint16_t accept = 17;

  // Values of content_format and accept.
  static constexpr std::uint16_t text_plain = 0;
  static constexpr std::uint16_t octet_stream = 42;
  static constexpr std::uint16_t json = 50;

  /// 2.05 as one number: (2 << 5) | 5.
  static constexpr std::uint8_t code_of(int code_class, int detail) {
    return static_cast<std::uint8_t>(code_class << 5 | detail);
  }
  static constexpr std::uint8_t empty = 0;
  static constexpr std::uint8_t get = 1;
  static constexpr std::uint8_t post = 2;

  Type type = Type::confirmable;
  std::uint8_t code = empty;
  std::uint16_t id = 0;
  std::string token{};  ///< At most 8 bytes.
  std::vector<Option> options{};
  std::string payload{};

  /// The path without its first slash, "msg/d2c".
  [[nodiscard]] std::string path() const;
  /// Adds an option Uri-Path for each segment; nothing for an empty path. Call it once.
  void set_path(std::string_view path);
  /// The value of the first option of that number.
  [[nodiscard]] std::optional<std::string_view> option(std::uint16_t number) const;
  /// Adds an option with a number: 0 … 4 bytes without leading zeros (RFC 7252, 3.2).
  void add_number(std::uint16_t option, std::uint32_t value);

  /// The datagram.
  [[nodiscard]] std::string encode() const;
  /// Nothing if the datagram is no message as it has to be.
  [[nodiscard]] static std::optional<CoapMessage> decode(std::string_view datagram);
};

/// "4.04"
std::string coap_code_text(std::uint8_t code);

}  // namespace attache::net
