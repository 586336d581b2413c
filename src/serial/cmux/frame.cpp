#include "serial/cmux/frame.hpp"

#include <array>

namespace attache::serial::cmux {

namespace {

constexpr std::uint8_t polynomial = 0xE0;  // x^8+x^2+x+1, the lowest bit first.
constexpr std::uint8_t last_octet = 0x01;  // EA.
constexpr std::uint8_t poll_final_bit = 0x10;
constexpr std::size_t longest_short = 127;

constexpr std::array<std::uint8_t, 256> make_table() {
  std::array<std::uint8_t, 256> table{};
  for (std::size_t i = 0; i < table.size(); ++i) {
    auto value = static_cast<std::uint8_t>(i);
    for (int bit = 0; bit < 8; ++bit) {
      bool odd = (value & 1U) != 0;
      value = static_cast<std::uint8_t>(value >> 1U);
      value = odd ? static_cast<std::uint8_t>(value ^ polynomial) : value;
    }
    table[i] = value;
  }
  return table;
}

constexpr std::array<std::uint8_t, 256> table = make_table();

}  // namespace

std::string_view name(FrameType type) {
  switch (type) {
    case FrameType::sabm:
      return "SABM";
    case FrameType::ua:
      return "UA";
    case FrameType::dm:
      return "DM";
    case FrameType::disc:
      return "DISC";
    case FrameType::uih:
      return "UIH";
    case FrameType::ui:
      return "UI";
  }
  return "";
}

std::optional<FrameType> frame_type(std::uint8_t control) {
  auto type = static_cast<FrameType>(control & ~poll_final_bit);
  return name(type).empty() ? std::nullopt : std::optional(type);
}

std::uint8_t check_sequence(std::string_view octets) {
  std::uint8_t sum = 0xFF;
  for (char octet : octets) {
    sum = table[sum ^ static_cast<std::uint8_t>(octet)];
  }
  return static_cast<std::uint8_t>(0xFF - sum);
}

std::string encode(const Frame& frame, std::uint8_t check_flaw) {
  auto address = static_cast<std::uint8_t>(unsigned{frame.dlci} << 2U | (frame.cr ? 2U : 0U) | last_octet);
  auto control = static_cast<std::uint8_t>(static_cast<std::uint8_t>(frame.type) |
                                           (frame.poll_final ? poll_final_bit : 0U));
  std::size_t size = frame.information.size();
  std::string header{static_cast<char>(address), static_cast<char>(control)};
  if (size <= longest_short) {
    header += static_cast<char>(size << 1U | last_octet);
  } else {
    header += static_cast<char>(size << 1U & 0xFEU);
    header += static_cast<char>(size >> 7U);
  }
  std::uint8_t check =
      frame.type == FrameType::ui ? check_sequence(header + frame.information) : check_sequence(header);
  std::string octets{flag};
  octets.reserve(header.size() + size + 3);
  octets += header;
  octets += frame.information;
  octets += static_cast<char>(check ^ check_flaw);
  octets += flag;
  return octets;
}

}  // namespace attache::serial::cmux
