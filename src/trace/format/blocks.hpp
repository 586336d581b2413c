#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "base/clock.hpp"

namespace attache::trace {

/// The blocks of a pcapng file (draft-ietf-opsawg-pcapng), as far as Attaché writes or reads them.
///
/// Times are taken to the nanosecond; comments are UTF-8 and may have several lines.

/// LINKTYPE_ values (draft-ietf-opsawg-pcaplinktype): packets begin with an IPv4 or IPv6 header.
inline constexpr std::uint16_t link_type_raw_ip = 101;
/// Packets are exported PDUs (trace/format/exported_pdu.hpp).
inline constexpr std::uint16_t link_type_upper_pdu = 252;

/// Which way a packet went, as seen from the interface's owner: the device.
enum class PacketDirection : std::uint8_t { unknown = 0, inbound = 1, outbound = 2 };

namespace block {

/// Section Header Block: a file begins with one. Interfaces are counted from 0 in each section.
struct Section {
  std::string hardware;
  std::string system;
  std::string application;
  std::vector<std::string> comments;

  bool operator==(const Section&) const = default;
};

/// Interface Description Block.
struct Interface {
  std::uint16_t link_type = 0;
  std::uint32_t snap_length = 0;  ///< Bytes of a packet that are kept at most; 0 = all.
  std::string name;
  std::string description;
  std::vector<std::string> comments;

  bool operator==(const Interface&) const = default;
};

/// Enhanced Packet Block. Simple and obsolete Packet Blocks are read as this too; a simple one has no time.
struct Packet {
  std::uint32_t interface = 0;  ///< Of the section.
  base::WallTime time{};
  PacketDirection direction = PacketDirection::unknown;
  std::string bytes;
  std::uint32_t original_size = 0;  ///< On the wire; 0 = bytes.size(), when written.
  std::vector<std::string> comments;
  /// Packets of the interface that were dropped between the one before and this (epb_dropcount).
  std::optional<std::uint64_t> dropped;

  bool operator==(const Packet&) const = default;
};

/// Name Resolution Block.
struct Names {
  struct Entry {
    std::string address;             ///< 4 or 16 bytes in network order.
    std::vector<std::string> names;  ///< At least one.

    bool operator==(const Entry&) const = default;
  };
  std::vector<Entry> entries;

  bool operator==(const Names&) const = default;
};

/// Decryption Secrets Block.
struct Secrets {
  /// `type` of lines as NSS writes them into SSLKEYLOGFILE.
  static constexpr std::uint32_t tls_key_log = 0x544c534b;

  std::uint32_t type = tls_key_log;
  std::string data;

  bool operator==(const Secrets&) const = default;
};

/// Interface Statistics Block.
struct Statistics {
  std::uint32_t interface = 0;
  base::WallTime time{};
  std::optional<std::uint64_t> received;  ///< isb_ifrecv
  std::optional<std::uint64_t> dropped;   ///< isb_ifdrop
  std::vector<std::string> comments;

  bool operator==(const Statistics&) const = default;
};

/// Custom Block.
struct Custom {
  std::uint32_t enterprise = 0;  ///< IANA Private Enterprise Number.
  std::string data;
  bool may_be_copied = true;

  bool operator==(const Custom&) const = default;
};

/// A block of another type.
struct Other {
  std::uint32_t type = 0;
  std::string body;  ///< Without type, lengths; in the byte order of its section.

  bool operator==(const Other&) const = default;
};

}  // namespace block

using Block = std::variant<block::Section, block::Interface, block::Packet, block::Names, block::Secrets,
                           block::Statistics, block::Custom, block::Other>;

}  // namespace attache::trace
