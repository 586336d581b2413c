#include "trace/format/block_reader.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "trace/format/block_cursor.hpp"
#include "trace/format/block_time.hpp"
#include "trace/format/block_types.hpp"

namespace attache::trace {

namespace {

constexpr std::size_t most_interfaces = 65536;
constexpr std::uint32_t reversed_magic = 0x4d3c2b1a;

}  // namespace

void BlockReader::feed(std::string_view bytes) {
  if (failed_) {
    return;
  }
  if (begin_ > buffer_.size() / 2) {
    buffer_.erase(0, begin_);
    begin_ = 0;
  }
  buffer_ += bytes;
}

base::Reason BlockReader::fault(std::string why) const {
  base::Reason reason = base::make_reason("the capture cannot be read any further", std::move(why),
                                          offset_ == 0 ? "Give a pcapng file: Wireshark saves as pcapng, "
                                                         "and editcap -F pcapng converts others."
                                                       : "What stands before this place can be used.");
  reason.where = fmt::format("byte {}", offset_);
  return reason;
}

base::Result<std::optional<Block>> BlockReader::next() {
  if (failed_) {
    return *failed_;
  }
  auto block = read_block();
  if (!block) {
    failed_ = block.error();
    buffer_.clear();
    begin_ = 0;
  }
  return block;
}

base::Result<std::optional<Block>> BlockReader::read_block() {
  std::string_view bytes = std::string_view(buffer_).substr(begin_);
  if (bytes.size() < block_overhead) {
    bool begins_right = bytes.empty() || in_section_ ||
                        bytes.substr(0, 4) == std::string_view("\n\r\r\n").substr(0, bytes.size());
    if (!begins_right) {
      return fault("it does not begin as a pcapng file does");
    }
    return std::optional<Block>();
  }
  auto type = static_cast<std::uint32_t>(block_number(bytes, 0, 4, big_endian_));
  if (type == block_type::section) {
    auto magic = static_cast<std::uint32_t>(block_number(bytes, 8, 4, false));
    if (magic != byte_order_magic && magic != reversed_magic) {
      return fault(fmt::format("a section begins with the byte-order magic {:08x}, not 1a2b3c4d", magic));
    }
    big_endian_ = magic == reversed_magic;
  } else if (!in_section_) {
    return fault("it does not begin as a pcapng file does");
  }
  std::uint64_t length = block_number(bytes, 4, 4, big_endian_);
  if (length < block_overhead || length % 4 != 0 || length > largest_block) {
    return fault(fmt::format("a block says that it is {} bytes long", length));
  }
  if (bytes.size() < length) {
    return std::optional<Block>();
  }
  std::uint64_t again = block_number(bytes, length - 4, 4, big_endian_);
  if (again != length) {
    return fault(
        fmt::format("a block says at its begin that it is {} bytes long, at its end {}", length, again));
  }
  auto block = parse(type, bytes.substr(8, length - block_overhead));
  if (!block) {
    return block.error();
  }
  begin_ += length;
  offset_ += length;
  return std::optional<Block>(std::move(*block));
}

base::Result<Block> BlockReader::parse(std::uint32_t type, std::string_view body) {
  switch (type) {
    case block_type::section:
      return parse_section(body);
    case block_type::interface:
      return parse_interface(body);
    case block_type::packet:
      return parse_packet(body, false);
    case block_type::obsolete_packet:
      return parse_packet(body, true);
    case block_type::simple_packet:
      return parse_simple_packet(body);
    case block_type::names:
      return parse_names(body);
    case block_type::secrets:
      return parse_secrets(body);
    case block_type::statistics:
      return parse_statistics(body);
    case block_type::custom:
      return parse_custom(body, true);
    case block_type::custom_not_copied:
      return parse_custom(body, false);
    default:
      return Block(block::Other{type, std::string(body)});
  }
}

base::Result<Block> BlockReader::parse_section(std::string_view body) {
  BlockCursor cursor{body, big_endian_};
  cursor.number32();
  std::uint16_t major = cursor.number16();
  cursor.number16();
  cursor.number(8);
  block::Section section;
  cursor.options([&](std::uint16_t code, std::string_view value) {
    switch (code) {
      case option_code::comment:
        section.comments.emplace_back(value);
        break;
      case option_code::section_hardware:
        section.hardware = value;
        break;
      case option_code::section_system:
        section.system = value;
        break;
      case option_code::section_application:
        section.application = value;
        break;
      default:
        break;
    }
  });
  if (cursor.short_of) {
    return fault("a section header is cut");
  }
  if (major != 1) {
    return fault(fmt::format("the file has version {} of pcapng, and 1 is known", major));
  }
  in_section_ = true;
  interfaces_.clear();
  return Block(std::move(section));
}

base::Result<Block> BlockReader::parse_interface(std::string_view body) {
  BlockCursor cursor{body, big_endian_};
  block::Interface interface;
  interface.link_type = cursor.number16();
  cursor.number16();
  interface.snap_length = cursor.number32();
  InterfaceClock clock{interface.link_type, interface.snap_length};
  cursor.options([&](std::uint16_t code, std::string_view value) {
    switch (code) {
      case option_code::comment:
        interface.comments.emplace_back(value);
        break;
      case option_code::interface_name:
        interface.name = value;
        break;
      case option_code::interface_description:
        interface.description = value;
        break;
      case option_code::interface_resolution:
        clock.resolution = value.empty() ? clock.resolution : static_cast<std::uint8_t>(value[0]);
        break;
      case option_code::interface_time_offset:
        clock.seconds = static_cast<std::int64_t>(cursor.number_in(value, 8).value_or(0));
        break;
      default:
        break;
    }
  });
  if (cursor.short_of) {
    return fault("the description of an interface is cut");
  }
  if (interfaces_.size() == most_interfaces) {
    return fault(fmt::format("it has more than {} interfaces", most_interfaces));
  }
  interfaces_.push_back(clock);
  return Block(std::move(interface));
}

base::Result<Block> BlockReader::parse_packet(std::string_view body, bool obsolete) {
  BlockCursor cursor{body, big_endian_};
  block::Packet packet;
  if (obsolete) {
    packet.interface = cursor.number16();
    std::uint16_t drops = cursor.number16();
    packet.dropped = drops == 0xffff ? std::nullopt : std::optional<std::uint64_t>(drops);
  } else {
    packet.interface = cursor.number32();
  }
  std::uint64_t units = cursor.halves();
  std::uint32_t size = cursor.number32();
  packet.original_size = cursor.number32();
  packet.bytes = cursor.padded(size);
  cursor.options([&](std::uint16_t code, std::string_view value) {
    switch (code) {
      case option_code::comment:
        packet.comments.emplace_back(value);
        break;
      case option_code::packet_flags:
        switch (cursor.number_in(value, 4).value_or(0) & 3U) {
          case 1:
            packet.direction = PacketDirection::inbound;
            break;
          case 2:
            packet.direction = PacketDirection::outbound;
            break;
          default:
            break;
        }
        break;
      case option_code::packet_drop_count:
        if (!obsolete) {
          packet.dropped = cursor.number_in(value, 8);
        }
        break;
      default:
        break;
    }
  });
  if (cursor.short_of) {
    return fault("a packet is longer than its block");
  }
  if (packet.interface >= interfaces_.size()) {
    return fault(fmt::format("a packet is of interface {}, and {} were described", packet.interface,
                             interfaces_.size()));
  }
  packet.time = time_of(units, interfaces_[packet.interface]);
  return Block(std::move(packet));
}

base::Result<Block> BlockReader::parse_simple_packet(std::string_view body) {
  BlockCursor cursor{body, big_endian_};
  block::Packet packet;
  packet.original_size = cursor.number32();
  if (interfaces_.empty()) {
    return fault("a packet comes before the description of an interface");
  }
  std::size_t size = packet.original_size;
  if (interfaces_[0].snap_length != 0) {
    size = std::min<std::size_t>(size, interfaces_[0].snap_length);
  }
  packet.bytes = cursor.padded(size);
  if (cursor.short_of) {
    return fault("a packet is longer than its block");
  }
  return Block(std::move(packet));
}

base::Result<Block> BlockReader::parse_names(std::string_view body) {
  BlockCursor cursor{body, big_endian_};
  block::Names names;
  while (!cursor.rest.empty()) {
    std::uint16_t type = cursor.number16();
    std::uint16_t size = cursor.number16();
    if (cursor.short_of || type == name_record::end) {
      break;
    }
    std::string_view value = cursor.padded(size);
    std::size_t address_size = type == name_record::ipv4 ? 4 : 16;
    bool is_known = type == name_record::ipv4 || type == name_record::ipv6;
    if (!is_known || value.size() <= address_size) {
      continue;
    }
    block::Names::Entry entry{std::string(value.substr(0, address_size)), {}};
    std::string_view rest = value.substr(address_size);
    while (!rest.empty()) {
      std::size_t end = std::min(rest.find('\0'), rest.size());
      if (end > 0) {
        entry.names.emplace_back(rest.substr(0, end));
      }
      rest.remove_prefix(std::min(end + 1, rest.size()));
    }
    if (!entry.names.empty()) {
      names.entries.push_back(std::move(entry));
    }
  }
  if (cursor.short_of) {
    return fault("a list of names is cut");
  }
  return Block(std::move(names));
}

base::Result<Block> BlockReader::parse_secrets(std::string_view body) {
  BlockCursor cursor{body, big_endian_};
  block::Secrets secrets;
  secrets.type = cursor.number32();
  std::uint32_t size = cursor.number32();
  secrets.data = cursor.padded(size);
  if (cursor.short_of) {
    return fault("secrets are longer than their block");
  }
  return Block(std::move(secrets));
}

base::Result<Block> BlockReader::parse_statistics(std::string_view body) {
  BlockCursor cursor{body, big_endian_};
  block::Statistics statistics;
  statistics.interface = cursor.number32();
  std::uint64_t units = cursor.halves();
  cursor.options([&](std::uint16_t code, std::string_view value) {
    switch (code) {
      case option_code::comment:
        statistics.comments.emplace_back(value);
        break;
      case option_code::statistics_received:
        statistics.received = cursor.number_in(value, 8);
        break;
      case option_code::statistics_dropped:
        statistics.dropped = cursor.number_in(value, 8);
        break;
      default:
        break;
    }
  });
  if (cursor.short_of) {
    return fault("the statistics of an interface are cut");
  }
  if (statistics.interface >= interfaces_.size()) {
    return fault(fmt::format("statistics are of interface {}, and {} were described", statistics.interface,
                             interfaces_.size()));
  }
  statistics.time = time_of(units, interfaces_[statistics.interface]);
  return Block(std::move(statistics));
}

base::Result<Block> BlockReader::parse_custom(std::string_view body, bool may_be_copied) {
  BlockCursor cursor{body, big_endian_};
  block::Custom custom;
  custom.enterprise = cursor.number32();
  if (cursor.short_of) {
    return fault("a custom block is cut");
  }
  custom.data = cursor.rest;
  custom.may_be_copied = may_be_copied;
  return Block(std::move(custom));
}

base::WallTime BlockReader::time_of(std::uint64_t units, const InterfaceClock& clock) const {
  return wall_time(units, clock.resolution, clock.seconds);
}

}  // namespace attache::trace
