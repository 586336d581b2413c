#include "trace/format/exported_pdu.hpp"

namespace attache::trace {

namespace {

constexpr unsigned end_of_tags = 0;
constexpr unsigned dissector_name = 12;
constexpr unsigned way_tag = 35;
constexpr std::size_t tag_header = 4;

void append_tag(std::string& bytes, unsigned tag, std::string_view value) {
  std::size_t size = (value.size() + 3) / 4 * 4;
  bytes += static_cast<char>(tag >> 8U);
  bytes += static_cast<char>(tag);
  bytes += static_cast<char>(size >> 8U);
  bytes += static_cast<char>(size);
  bytes += value;
  bytes.append(size - value.size(), '\0');
}

unsigned number16_of(std::string_view bytes) {
  return static_cast<unsigned>(static_cast<unsigned char>(bytes[0])) << 8U |
         static_cast<unsigned char>(bytes[1]);
}

}  // namespace

std::string to_bytes(const ExportedPdu& pdu) {
  std::string bytes;
  append_tag(bytes, dissector_name, pdu.dissector);
  if (pdu.way) {
    std::string way(3, '\0');
    way += static_cast<char>(*pdu.way);
    append_tag(bytes, way_tag, way);
  }
  append_tag(bytes, end_of_tags, {});
  return bytes + pdu.bytes;
}

std::optional<ExportedPdu> exported_pdu(std::string_view packet) {
  ExportedPdu pdu;
  pdu.dissector.clear();
  while (packet.size() >= tag_header) {
    unsigned tag = number16_of(packet);
    std::size_t size = number16_of(packet.substr(2));
    packet.remove_prefix(tag_header);
    if (tag == end_of_tags) {
      pdu.bytes = packet;
      return pdu.dissector.empty() ? std::nullopt : std::optional(std::move(pdu));
    }
    if (packet.size() < size) {
      return std::nullopt;
    }
    std::string_view value = packet.substr(0, size);
    packet.remove_prefix(size);
    if (tag == dissector_name) {
      pdu.dissector = value.substr(0, value.find('\0'));
    } else if (tag == way_tag && size == 4) {
      pdu.way = value[3] == 0 ? ExportedPdu::Way::sent : ExportedPdu::Way::received;
    }
  }
  return std::nullopt;
}

}  // namespace attache::trace
