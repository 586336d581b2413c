#include "trace/reading/timeline_reader.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>
#include <variant>

#include "at/command_line.hpp"
#include "base/text.hpp"
#include "client/urc.hpp"
#include "trace/format/exported_pdu.hpp"
#include "trace/reading/number_names.hpp"

namespace attache::trace {

namespace {

using Way = TimelineEntry::Way;

// "pdn3" → 3.
std::optional<int> context_named(std::string_view name) {
  constexpr std::string_view prefix = "pdn";
  auto number =
      name.starts_with(prefix) ? base::parse_number<std::uint16_t>(name.substr(prefix.size())) : std::nullopt;
  return number ? std::optional<int>(*number) : std::nullopt;
}

IpAddress address_from(std::string_view bytes) {
  if (bytes.size() == 4) {
    boost::asio::ip::address_v4::bytes_type raw{};
    std::copy(bytes.begin(), bytes.end(), raw.begin());
    return boost::asio::ip::address_v4(raw);
  }
  boost::asio::ip::address_v6::bytes_type raw{};
  std::copy_n(bytes.begin(), std::min(bytes.size(), raw.size()), raw.begin());
  return boost::asio::ip::address_v6(raw);
}

bool reads_something(std::string_view line) {
  line = base::trim(line);
  return !client::command_name(line).empty() && at::cut_command(line).type == at::CommandType::read;
}

}  // namespace

TimelineReader::TimelineReader(Sink sink, bool with_names)
    : sink_(std::move(sink)),
      with_names_(with_names),
      conversations_([this](const TimelineEntry& entry) { sink_(entry); }) {}

base::Result<void> TimelineReader::take(std::string_view bytes) {
  blocks_.feed(bytes);
  while (true) {
    auto block = blocks_.next();
    if (!block) {
      return block.error();
    }
    if (!*block) {
      return {};
    }
    take_block(std::move(**block));
  }
}

bool TimelineReader::finish() {
  return blocks_.unread() > 0;
}

void TimelineReader::take_block(Block block) {
  if (std::holds_alternative<block::Section>(block)) {
    interfaces_.clear();
  } else if (const auto* described = std::get_if<block::Interface>(&block)) {
    take_interface(*described);
  } else if (auto* packet = std::get_if<block::Packet>(&block)) {
    take_packet(std::move(*packet));
  } else if (const auto* names = std::get_if<block::Names>(&block)) {
    take_names(*names);
  }
}

void TimelineReader::take_interface(const block::Interface& described) {
  std::string name =
      described.name.empty() ? std::to_string(interfaces_.size()) : base::escape_control(described.name);
  std::optional<int> context = context_named(name);
  interfaces_.push_back({.link_type = described.link_type, .name = std::move(name), .context = context});
}

void TimelineReader::take_names(const block::Names& names) {
  for (const block::Names::Entry& entry : names.entries) {
    bool is_address = entry.address.size() == 4 || entry.address.size() == 16;
    if (is_address && !entry.names.empty()) {
      conversations_.learn(address_from(entry.address), entry.names.front());
    }
  }
}

void TimelineReader::take_packet(block::Packet packet) {
  ++packets_;
  if (packet.interface >= interfaces_.size()) {
    return;
  }
  began_ = began_ ? began_ : std::optional(packet.time);
  Interface& interface = interfaces_[packet.interface];
  PacketPlace place{packet.time,    packets_,          packet.interface,
                    interface.name, interface.context, packet.direction};
  if (packet.dropped.value_or(0) > 0) {
    tell(place, Layer::capture, Way::none,
         fmt::format("{} packets before this one were dropped", *packet.dropped));
  }
  if (interface.link_type == link_type_upper_pdu) {
    take_pdu(place, interface, packet.bytes, !packet.comments.empty());
  } else if (auto ip = read_ip_packet(interface.link_type, packet.bytes)) {
    conversations_.take(place, *ip);
  }
  for (const std::string& comment : packet.comments) {
    for (std::string_view line : base::split(comment, '\n')) {
      if (!base::trim(line).empty()) {
        tell(place, Layer::modem, Way::none, base::escape_control(line));
      }
    }
  }
}

// A note of ours is its own comment.
void TimelineReader::take_pdu(const PacketPlace& place, Interface& interface, std::string_view packet,
                              bool has_comments) {
  auto pdu = exported_pdu(packet);
  if (!pdu) {
    return;
  }
  bool is_sent =
      pdu->way ? *pdu->way == ExportedPdu::Way::sent : place.direction == PacketDirection::outbound;
  if (pdu->dissector == at_dissector) {
    take_line(place, interface, is_sent, pdu->bytes);
    return;
  }
  bool is_note = !pdu->way && has_comments;
  if (!is_note) {
    tell(place, Layer::at, is_sent ? Way::sent : Way::received,
         fmt::format("{} bytes of data: {}", pdu->bytes.size(), excerpt_of(pdu->bytes)));
  }
}

void TimelineReader::take_line(const PacketPlace& place, Interface& interface, bool is_sent,
                               std::string_view bytes) {
  std::string masked = is_sent ? interface.mask.mask(bytes) : client::mask_received(bytes);
  if (is_sent) {
    interface.is_read = reads_something(bytes);
  }
  std::string shown = client::shorten_masks(masked);
  for (std::string_view line : base::split(shown, '\n')) {
    while (line.ends_with('\r')) {
      line.remove_suffix(1);
    }
    while (line.starts_with('\r')) {
      line.remove_prefix(1);
    }
    if (!line.empty()) {
      std::string text = is_sent || !with_names_ ? std::string(line) : with_names(line, interface.is_read);
      tell(place, Layer::at, is_sent ? Way::sent : Way::received, base::escape_control(text));
    }
  }
}

void TimelineReader::tell(const PacketPlace& place, Layer layer, Way way, std::string text) {
  sink_({place.time, place.number, layer, way, place.interface_name, place.context, {}, std::move(text)});
}

}  // namespace attache::trace
