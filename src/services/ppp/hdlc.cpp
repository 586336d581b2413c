#include "services/ppp/hdlc.hpp"

#include <array>
#include <utility>

namespace attache::services::ppp {

namespace {

constexpr unsigned char flag = 0x7E;
constexpr unsigned char escape = 0x7D;
constexpr unsigned char turned = 0x20;
constexpr unsigned char all_stations = 0xFF;
constexpr unsigned char unnumbered = 0x03;
constexpr std::uint16_t lcp_protocol = 0xC021;
constexpr std::size_t fcs_size = 2;

using FcsTable = std::array<std::uint16_t, 256>;

constexpr FcsTable make_fcs_table() {
  constexpr std::uint16_t polynomial = 0x8408;
  FcsTable table{};
  for (std::uint16_t i = 0; i < table.size(); ++i) {
    std::uint16_t value = i;
    for (int bit = 0; bit < 8; ++bit) {
      value = static_cast<std::uint16_t>((value & 1U) != 0 ? (value >> 1U) ^ polynomial : value >> 1U);
    }
    table[i] = value;
  }
  return table;
}

constexpr FcsTable fcs_table = make_fcs_table();

bool is_escaped(unsigned char byte, std::uint32_t accm) {
  return byte == flag || byte == escape || (byte < 32 && (accm >> byte & 1U) != 0);
}

void append_escaped(std::string& line, std::string_view bytes, std::uint32_t accm) {
  for (char each : bytes) {
    auto byte = static_cast<unsigned char>(each);
    if (is_escaped(byte, accm)) {
      line.push_back(static_cast<char>(escape));
      byte ^= turned;
    }
    line.push_back(static_cast<char>(byte));
  }
}

}  // namespace

std::uint16_t fcs16(std::string_view bytes) {
  std::uint16_t fcs = 0xFFFF;
  for (char byte : bytes) {
    fcs =
        static_cast<std::uint16_t>((fcs >> 8U) ^ fcs_table[(fcs ^ static_cast<unsigned char>(byte)) & 0xFFU]);
  }
  return fcs;
}

std::string encode_frame(std::uint16_t protocol, std::string_view information, const Framing& framing) {
  bool is_lcp = protocol == lcp_protocol;
  std::uint32_t accm = is_lcp ? 0xFFFFFFFFU : framing.accm;
  std::string content;
  content.reserve(information.size() + 6);
  if (is_lcp || !framing.compress_address) {
    content.push_back(static_cast<char>(all_stations));
    content.push_back(static_cast<char>(unnumbered));
  }
  if (is_lcp || !framing.compress_protocol || protocol > 0xFFU) {
    content.push_back(static_cast<char>(protocol >> 8U));
  }
  content.push_back(static_cast<char>(protocol & 0xFFU));
  content += information;
  auto fcs = static_cast<std::uint16_t>(~fcs16(content));
  content.push_back(static_cast<char>(fcs & 0xFFU));
  content.push_back(static_cast<char>(fcs >> 8U));
  std::string line;
  line.reserve(content.size() + content.size() / 8 + 2);
  line.push_back(static_cast<char>(flag));
  append_escaped(line, content, accm);
  line.push_back(static_cast<char>(flag));
  return line;
}

void HdlcDecoder::receive(std::string_view bytes) {
  for (char each : bytes) {
    auto byte = static_cast<unsigned char>(each);
    if (byte == flag) {
      end_frame();
      continue;
    }
    if (byte == escape) {
      escaped_ = true;
      continue;
    }
    if (escaped_) {
      byte ^= turned;
      escaped_ = false;
    }
    if (frame_.size() == longest) {
      overlong_ = true;
      continue;
    }
    frame_.push_back(static_cast<char>(byte));
  }
}

void HdlcDecoder::end_frame() {
  bool aborted = escaped_;
  bool too_long = overlong_;
  escaped_ = overlong_ = false;
  if (aborted) {
    ++count_.aborted;
  } else if (too_long) {
    ++count_.too_long;
  } else if (!frame_.empty()) {
    deliver();
  }
  frame_.clear();
}

void HdlcDecoder::deliver() {
  if (frame_.size() <= fcs_size || fcs16(frame_) != good_fcs) {
    ++count_.wrong_fcs;
    return;
  }
  std::string_view rest = std::string_view(frame_).substr(0, frame_.size() - fcs_size);
  // Address and control may be left out at any time (RFC 1661, 6.6), and so may the protocol's first byte: it
  // is even, the last one odd.
  if (static_cast<unsigned char>(rest[0]) == all_stations) {
    if (rest.size() < 2 || static_cast<unsigned char>(rest[1]) != unnumbered) {
      ++count_.malformed;
      return;
    }
    rest.remove_prefix(2);
  }
  if (rest.empty()) {
    ++count_.malformed;
    return;
  }
  Frame frame;
  frame.protocol = static_cast<unsigned char>(rest[0]);
  rest.remove_prefix(1);
  if ((frame.protocol & 1U) == 0) {
    if (rest.empty() || (static_cast<unsigned char>(rest[0]) & 1U) == 0) {
      ++count_.malformed;
      return;
    }
    frame.protocol = static_cast<std::uint16_t>(frame.protocol << 8U | static_cast<unsigned char>(rest[0]));
    rest.remove_prefix(1);
  }
  frame.information = rest;
  ++count_.frames;
  handler_(frame);
}

void HdlcDecoder::clear() {
  frame_.clear();
  escaped_ = overlong_ = false;
}

}  // namespace attache::services::ppp
