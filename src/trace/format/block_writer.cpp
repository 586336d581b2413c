#include "trace/format/block_writer.hpp"

#include <algorithm>
#include <array>
#include <string_view>

#include "trace/format/block_types.hpp"

namespace attache::trace {

namespace {

constexpr std::size_t longest_option = 65535;
constexpr char nanoseconds = 9;  // if_tsresol: a power of ten.

/// A block as it grows.
class Body {
 public:
  /// `size`: about what will be in it.
  explicit Body(std::size_t size = 0) {
    constexpr std::size_t usual_options = 64;
    bytes_.reserve(block_overhead + size + usual_options);
    number64(0);  // Type and length come at the end.
  }

  void number16(std::uint16_t value) { number(value, 2); }
  void number32(std::uint32_t value) { number(value, 4); }
  void number64(std::uint64_t value) { number(value, 8); }

  void padded(std::string_view bytes) {
    bytes_ += bytes;
    bytes_.append((4 - bytes.size() % 4) % 4, '\0');
  }

  void time(base::WallTime time) {
    auto since = std::chrono::duration_cast<std::chrono::nanoseconds>(time.time_since_epoch()).count();
    auto units = static_cast<std::uint64_t>(std::max<decltype(since)>(since, 0));
    number32(static_cast<std::uint32_t>(units >> 32U));
    number32(static_cast<std::uint32_t>(units));
  }

  void option(std::uint16_t code, std::string_view value) {
    begin_option(code, value.size());
    padded(value);
  }
  void text_option(std::uint16_t code, std::string_view text) {
    if (!text.empty()) {
      option(code, cut(text));
    }
  }
  void comments(const std::vector<std::string>& texts) {
    for (const auto& text : texts) {
      text_option(option_code::comment, text);
    }
  }
  void number32_option(std::uint16_t code, std::uint32_t value) {
    begin_option(code, sizeof value);
    number32(value);
  }
  void number64_option(std::uint16_t code, const std::optional<std::uint64_t>& value) {
    if (value) {
      begin_option(code, sizeof *value);
      number64(*value);
    }
  }

  [[nodiscard]] std::string block(std::uint32_t type) && {
    if (has_options_) {
      number32(option_code::end);
    }
    auto length = static_cast<std::uint32_t>(bytes_.size() + sizeof(std::uint32_t));
    number32(length);
    for (std::size_t i = 0; i < sizeof type; ++i) {
      bytes_[i] = static_cast<char>(type >> (8U * i));
      bytes_[i + sizeof type] = static_cast<char>(length >> (8U * i));
    }
    return std::move(bytes_);
  }

 private:
  void begin_option(std::uint16_t code, std::size_t size) {
    has_options_ = true;
    number16(code);
    number16(static_cast<std::uint16_t>(size));
  }

  void number(std::uint64_t value, std::size_t size) {
    std::array<char, sizeof value> all{};
    for (std::size_t i = 0; i < all.size(); ++i) {
      all[i] = static_cast<char>(value >> (8U * i));
    }
    bytes_.append(all.data(), size);
  }

  static std::string_view cut(std::string_view text) {
    if (text.size() <= longest_option) {
      return text;
    }
    std::size_t end = longest_option;
    while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xc0U) == 0x80U) {
      --end;
    }
    return text.substr(0, end);
  }

  std::string bytes_;
  bool has_options_ = false;
};

struct BlockBytes {
  std::string operator()(const block::Section& section) const {
    Body body;
    body.number32(byte_order_magic);
    body.number16(1);
    body.number16(0);
    body.number64(~std::uint64_t{0});  // The section's length is not known.
    body.text_option(option_code::section_hardware, section.hardware);
    body.text_option(option_code::section_system, section.system);
    body.text_option(option_code::section_application, section.application);
    body.comments(section.comments);
    return std::move(body).block(block_type::section);
  }

  std::string operator()(const block::Interface& interface) const {
    Body body;
    body.number16(interface.link_type);
    body.number16(0);
    body.number32(interface.snap_length);
    body.text_option(option_code::interface_name, interface.name);
    body.text_option(option_code::interface_description, interface.description);
    body.option(option_code::interface_resolution, {&nanoseconds, 1});
    body.comments(interface.comments);
    return std::move(body).block(block_type::interface);
  }

  std::string operator()(const block::Packet& packet) const {
    auto size = static_cast<std::uint32_t>(packet.bytes.size());
    Body body(packet.bytes.size());
    body.number32(packet.interface);
    body.time(packet.time);
    body.number32(size);
    body.number32(packet.original_size == 0 ? size : packet.original_size);
    body.padded(packet.bytes);
    if (packet.direction != PacketDirection::unknown) {
      body.number32_option(option_code::packet_flags, static_cast<std::uint32_t>(packet.direction));
    }
    body.number64_option(option_code::packet_drop_count, packet.dropped);
    body.comments(packet.comments);
    return std::move(body).block(block_type::packet);
  }

  std::string operator()(const block::Names& names) const {
    Body body;
    for (const auto& entry : names.entries) {
      std::string value = entry.address;
      for (const auto& name : entry.names) {
        value += name;
        value += '\0';
      }
      body.number16(entry.address.size() == 4 ? name_record::ipv4 : name_record::ipv6);
      body.number16(static_cast<std::uint16_t>(value.size()));
      body.padded(value);
    }
    body.number32(name_record::end);
    return std::move(body).block(block_type::names);
  }

  std::string operator()(const block::Secrets& secrets) const {
    Body body;
    body.number32(secrets.type);
    body.number32(static_cast<std::uint32_t>(secrets.data.size()));
    body.padded(secrets.data);
    return std::move(body).block(block_type::secrets);
  }

  std::string operator()(const block::Statistics& statistics) const {
    Body body;
    body.number32(statistics.interface);
    body.time(statistics.time);
    body.number64_option(option_code::statistics_received, statistics.received);
    body.number64_option(option_code::statistics_dropped, statistics.dropped);
    body.comments(statistics.comments);
    return std::move(body).block(block_type::statistics);
  }

  std::string operator()(const block::Custom& custom) const {
    Body body;
    body.number32(custom.enterprise);
    body.padded(custom.data);
    return std::move(body).block(custom.may_be_copied ? block_type::custom : block_type::custom_not_copied);
  }

  std::string operator()(const block::Other& other) const {
    Body body;
    body.padded(other.body);
    return std::move(body).block(other.type);
  }
};

}  // namespace

std::string to_bytes(const Block& block) {
  return std::visit(BlockBytes{}, block);
}

std::string to_bytes(const block::Packet& packet) {
  return BlockBytes{}(packet);
}

}  // namespace attache::trace
