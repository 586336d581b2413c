#include "net/icmp_echo.hpp"

#include <cstddef>

namespace attache::net {

namespace {

constexpr std::size_t header_size = 8;
constexpr std::size_t checksum_at = 2;

struct Types {
  unsigned char request;
  unsigned char reply;
};

constexpr Types types_of(Family family) {
  return family == Family::ipv4 ? Types{8, 0} : Types{128, 129};
}

std::uint16_t word(std::string_view bytes, std::size_t at) {
  auto high = static_cast<unsigned char>(bytes[at]);
  auto low = static_cast<unsigned char>(at + 1 < bytes.size() ? bytes[at + 1] : '\0');
  return static_cast<std::uint16_t>(high << 8 | low);
}

void put_word(std::string& bytes, std::size_t at, std::uint16_t value) {
  bytes[at] = static_cast<char>(value >> 8);
  bytes[at + 1] = static_cast<char>(value & 0xFF);
}

// RFC 1071. Over a message with its checksum it is 0.
std::uint16_t checksum(std::string_view bytes) {
  std::uint32_t sum = 0;
  for (std::size_t at = 0; at < bytes.size(); at += 2) {
    sum += word(bytes, at);
  }
  while (sum > 0xFFFF) {
    sum = (sum & 0xFFFF) + (sum >> 16);
  }
  return static_cast<std::uint16_t>(~sum);
}

}  // namespace

std::string echo_request(Family family, const IcmpEcho& echo) {
  std::string bytes(header_size, '\0');
  bytes[0] = static_cast<char>(types_of(family).request);
  put_word(bytes, 4, echo.identifier);
  put_word(bytes, 6, echo.sequence);
  bytes += echo.payload;
  if (family == Family::ipv4) {
    put_word(bytes, checksum_at, checksum(bytes));
  }
  return bytes;
}

std::optional<IcmpEcho> echo_reply(Family family, std::string_view message) {
  if (message.size() < header_size || static_cast<unsigned char>(message[0]) != types_of(family).reply ||
      message[1] != '\0' || (family == Family::ipv4 && checksum(message) != 0)) {
    return std::nullopt;
  }
  return IcmpEcho{word(message, 4), word(message, 6), std::string(message.substr(header_size))};
}

std::string_view without_ipv4_header(std::string_view packet) {
  if (packet.empty() || (static_cast<unsigned char>(packet[0]) >> 4) != 4) {
    return {};
  }
  std::size_t size = static_cast<std::size_t>(packet[0] & 0x0F) * 4;
  return size <= packet.size() ? packet.substr(size) : std::string_view();
}

}  // namespace attache::net
