#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "net/traffic.hpp"

namespace attache::trace {

/// What somebody reads who looks at IP packets: written by another hand than their encoder.
struct ReadPacket {
  bool is_v4 = false;
  unsigned protocol = 0;
  std::string from;
  std::string to;
  std::string payload;  ///< Of IP.
  bool is_checksum_right = false;
  bool is_fragment = false;
};

inline unsigned number_of(std::string_view bytes, std::size_t place, std::size_t size) {
  unsigned value = 0;
  for (std::size_t i = 0; i < size; ++i) {
    value = value * 256 + static_cast<unsigned char>(bytes.at(place + i));
  }
  return value;
}

/// The one's complement sum of right bytes with their checksum is FFFFh.
inline unsigned ones_sum(std::string_view bytes) {
  std::uint64_t sum = 0;
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    sum += static_cast<std::uint64_t>(static_cast<unsigned char>(bytes[i])) << (i % 2 == 0 ? 8U : 0U);
  }
  while (sum >> 16U != 0) {
    sum = (sum & 0xffffU) + (sum >> 16U);
  }
  return static_cast<unsigned>(sum);
}

inline ReadPacket read_packet(std::string_view bytes) {
  ReadPacket packet;
  packet.is_v4 = number_of(bytes, 0, 1) == 0x45;
  std::string pseudo;
  if (packet.is_v4) {
    packet.protocol = number_of(bytes, 9, 1);
    packet.from = bytes.substr(12, 4);
    packet.to = bytes.substr(16, 4);
    packet.payload = bytes.substr(20);
    packet.is_fragment = (number_of(bytes, 6, 2) & 0x3fffU) != 0;
    bool whole = number_of(bytes, 2, 2) == bytes.size() && ones_sum(bytes.substr(0, 20)) == 0xffff;
    pseudo = packet.protocol == 1
                 ? ""
                 : packet.from + packet.to + std::string(1, '\0') + static_cast<char>(packet.protocol);
    packet.is_checksum_right = whole;
  } else {
    packet.protocol = number_of(bytes, 6, 1);
    packet.from = bytes.substr(8, 16);
    packet.to = bytes.substr(24, 16);
    packet.payload = bytes.substr(40);
    packet.is_fragment = packet.protocol == 44;
    packet.is_checksum_right = number_of(bytes, 4, 2) + 40 == bytes.size();
    pseudo = packet.from + packet.to + std::string(1, '\0') + static_cast<char>(packet.protocol);
  }
  if (!packet.is_fragment) {
    std::size_t size = packet.payload.size();
    std::string length =
        pseudo.empty() ? std::string() : std::string{static_cast<char>(size >> 8U), static_cast<char>(size)};
    packet.is_checksum_right =
        packet.is_checksum_right && ones_sum(pseudo + length + packet.payload) == 0xffff;
  }
  return packet;
}

/// Puts one direction of a TCP connection together from its segments, as a host does.
class Reassembly {
 public:
  void take(const ReadPacket& packet) {
    std::string_view tcp = packet.payload;
    unsigned flags = number_of(tcp, 13, 1);
    std::uint32_t sequence = number_of(tcp, 4, 4);
    std::string_view data = tcp.substr(std::size_t{number_of(tcp, 12, 1) >> 4U} * 4);
    if ((flags & 2U) != 0) {
      next_ = sequence + 1;
    }
    has_ended = has_ended || (flags & 1U) != 0;
    was_reset = was_reset || (flags & 4U) != 0;
    if (!next_ || data.empty()) {
      return;
    }
    std::int32_t ahead = static_cast<std::int32_t>(sequence - *next_);
    if (ahead > 0) {
      waiting_.emplace(sequence, data);
      return;
    }
    accept(sequence, data);
    for (auto held = waiting_.find(*next_); held != waiting_.end(); held = waiting_.find(*next_)) {
      std::string bytes = held->second;
      waiting_.erase(held);
      accept(*next_, bytes);
    }
  }

  std::string bytes;
  std::size_t repeated = 0;  ///< Segments that had come before.
  bool has_ended = false;
  bool was_reset = false;

  [[nodiscard]] bool has_gap() const { return !waiting_.empty(); }

 private:
  void accept(std::uint32_t sequence, std::string_view data) {
    std::size_t known = *next_ - sequence;
    if (known >= data.size()) {
      ++repeated;
      return;
    }
    bytes += data.substr(known);
    *next_ += static_cast<std::uint32_t>(data.size() - known);
  }

  std::optional<std::uint32_t> next_;
  std::map<std::uint32_t, std::string> waiting_;
};

}  // namespace attache::trace
