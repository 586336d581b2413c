#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace attache::serial::cmux {

/// The octet that begins and ends every frame of the basic option (3GPP TS 27.010, 5.2.6.1).
inline constexpr char flag = '\xF9';

/// The control channel; data channels (DLCs) are 1 to `highest_dlci`.
inline constexpr std::uint8_t control_dlci = 0;
inline constexpr std::uint8_t highest_dlci = 63;

/// The control field without its P/F bit (5.2.1.3).
enum class FrameType : std::uint8_t { sabm = 0x2F, ua = 0x63, dm = 0x0F, disc = 0x43, uih = 0xEF, ui = 0x03 };

/// One frame of the basic option.
struct Frame {
  std::uint8_t dlci = 0;  ///< 0 to 63.
  bool cr = false;  ///< C/R of the address: of commands of the initiator and responses to them (5.2.1.2).
  FrameType type = FrameType::uih;
  bool poll_final = false;
  std::string information{};

  friend bool operator==(const Frame&, const Frame&) = default;
};

/// "SABM", "UIH".
std::string_view name(FrameType type);
/// The type in a control field; nothing for any other.
std::optional<FrameType> frame_type(std::uint8_t control);

/// FCS: the reversed CRC with x^8+x^2+x+1 (5.2.1.6).
std::uint8_t check_sequence(std::string_view octets);

/// The frame with both flags. Its length takes one octet up to 127, else two. `check_flaw` is XORed to the
/// check sequence: for those who want a wrong one.
std::string encode(const Frame& frame, std::uint8_t check_flaw = 0);

}  // namespace attache::serial::cmux
