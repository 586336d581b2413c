#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace attache::trace {

/// The name of Wireshark's dissector for AT commands.
inline constexpr std::string_view at_dissector = "at";

/// A packet of LINKTYPE_WIRESHARK_UPPER_PDU: bytes, and the dissector that reads them (Wireshark,
/// wsutil/exported_pdu_tlvs.h).
struct ExportedPdu {
  /// P2P_DIR_SENT and P2P_DIR_RECV. Of an AT line: to the modem, from the modem.
  enum class Way : std::uint8_t { sent = 0, received = 1 };

  std::string dissector{at_dissector};
  std::optional<Way> way;
  std::string bytes;

  bool operator==(const ExportedPdu&) const = default;
};

/// The packet: tags, each padded to words of four bytes, and the bytes behind them.
std::string to_bytes(const ExportedPdu& pdu);

/// What a packet of that link type holds; nothing if it names no dissector or its tags are cut. Other tags
/// are left out.
std::optional<ExportedPdu> exported_pdu(std::string_view packet);

}  // namespace attache::trace
