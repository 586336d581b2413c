#include "trace/capture/capture.hpp"

#include <fmt/format.h>

#include <utility>

#include "net/bearer_control.hpp"
#include "net/packets/packet_face.hpp"
#include "trace/format/exported_pdu.hpp"

namespace attache::trace {

namespace {

constexpr int most_context = 10;
constexpr std::size_t most_waiting = 256UL * 1024;
constexpr base::Duration patience_for_line = std::chrono::milliseconds(100);
// Shows a text in the list of packets. With data-text-lines, the obvious one, the list's line is empty.
constexpr std::string_view text_dissector = "syslog";
constexpr std::string_view data_dissector = "data";
constexpr std::string_view ppp_dissector = "ppp";
constexpr unsigned ipv4_protocol = 0x0021;  // Of PPP; what these carry stands at the PDN.
constexpr unsigned ipv6_protocol = 0x0057;

template <class... Kinds>
struct Overloaded : Kinds... {
  using Kinds::operator()...;
};
template <class... Kinds>
Overloaded(Kinds...) -> Overloaded<Kinds...>;

}  // namespace

Capture::Capture(device::Device& device, base::Clock& timer, const Options& options,
                 CaptureQueue::Output output, Drain drain)
    : device_(device),
      timer_(timer),
      drain_(std::move(drain)),
      queue_(block::Section{"", "", options.application, {}}, std::move(output)),
      notes_(device),
      modem_(queue_.add_interface(
          {link_type_upper_pdu, 0, "modem", "what happens to the modem and its network", {}})) {
  for (std::size_t i = 0; i < device.ports().size(); ++i) {
    port({i, 0});
  }
  for (int cid = 0; cid <= most_context; ++cid) {
    if (device.radio().pdn.connection(cid)) {
      context(cid);
    }
  }
  note_changes();
  bytes_ = device.taps().add([this](const device::PortBytes& heard) { hear(heard); });
  frames_ = device.taps().add_for_frames([this](const device::PortBytes& heard) {
    Multiplexer& at = multiplexer(heard.port);
    (heard.from_device ? at.device : at.host)->hear(heard.bytes);
  });
  events_ = device.listen([this](const device::Event& event) { hear(event); });
  if (net::BearerControl* bearer = device.bearer_control()) {
    traffic_ = bearer->link().taps()->add(
        [this](int cid, const net::TrafficEvent& event) { hear(cid, event); }, options.secrets);
    if (auto* packets = dynamic_cast<net::PacketBearer*>(bearer)) {
      packets_ = packets->add_packet_tap([this](int cid, net::Direction direction, std::string_view bytes) {
        packet(context(cid).interface, direction, std::string(bytes), {});
      });
    }
  }
  if (device.radio().registration != nullptr) {
    registration_ = device.radio().registration->subscribe_registration([this] { note_changes(); });
  }
}

Capture::Port& Capture::port(PortKey key) {
  auto [place, is_new] = ports_.try_emplace(key);
  Port& made = place->second;
  if (!is_new) {
    return made;
  }
  auto [number, channel] = key;
  made.interface = queue_.add_interface(
      {link_type_upper_pdu,
       0,
       channel == 0 ? fmt::format("uart{}", number) : fmt::format("uart{} DLC {}", number, channel),
       port_address(number),
       {}});
  auto entry = [this, interface = made.interface](bool from_device) {
    return [this, interface, from_device](LineCapture::Piece piece) {
      line(interface, from_device, std::move(piece));
    };
  };
  made.host = std::make_unique<LineCapture>(true, entry(false));
  made.device = std::make_unique<LineCapture>(false, entry(true));
  return made;
}

std::string Capture::port_address(std::size_t number) const {
  auto known = device_.ports();
  return number < known.size() ? known[number].address : "";
}

Capture::Multiplexer& Capture::multiplexer(std::size_t number) {
  auto [place, is_new] = multiplexers_.try_emplace(number);
  if (is_new) {
    std::uint32_t interface = queue_.add_interface(
        {link_type_upper_pdu, 0, fmt::format("uart{} CMUX", number), port_address(number), {}});
    auto entry = [this, interface](bool from_device) {
      return [this, interface, from_device](const std::string& text) {
        upper_pdu(interface, from_device, text_dissector, text, {text});
      };
    };
    place->second.host = std::make_unique<MultiplexerCapture>(entry(false));
    place->second.device = std::make_unique<MultiplexerCapture>(entry(true));
  }
  return place->second;
}

Capture::Context& Capture::context(int cid) {
  auto [place, is_new] = contexts_.try_emplace(cid);
  Context& made = place->second;
  if (!is_new) {
    return made;
  }
  auto connection = device_.radio().pdn.connection(cid);
  made.interface =
      queue_.add_interface({link_type_raw_ip,
                            0,
                            fmt::format("pdn{}", cid),
                            connection ? fmt::format("PDN context {}, APN {}", cid, connection->apn)
                                       : fmt::format("PDN context {}", cid),
                            {}});
  made.network = std::make_unique<NetworkCapture>(
      device_.clock(), device_.radio().pdn, cid,
      NetworkCapture::Outlet{
          [this, interface = made.interface](net::Direction direction, std::string bytes,
                                             std::vector<std::string> comments) {
            packet(interface, direction, std::move(bytes), std::move(comments));
          },
          [this](const std::string& address, const std::string& name) { queue_.name(address, name); },
          [this](std::string_view secret) { queue_.secret(secret); }});
  return made;
}

void Capture::hear(const device::PortBytes& heard) {
  Port& at = port({heard.port, heard.channel});
  if (heard.ppp) {
    hear_ppp(at, heard);
    return;
  }
  at.host_ppp.reset();
  at.device_ppp.reset();
  LineCapture& other = heard.from_device ? *at.host : *at.device;
  other.flush();
  other.begin_answer();
  LineCapture& lines = heard.from_device ? *at.device : *at.host;
  lines.hear(heard.bytes, heard.data_mode, device_.clock().wall_now());
  if (heard.from_device) {
    last_interface_ = at.interface;
  }
  if (lines.is_waiting()) {
    parts_ = timer_.call_after(patience_for_line, [this] {
      for (auto& [key, each] : ports_) {
        each.device->flush();
      }
    });
  }
}

// What negotiates is shown here.
void Capture::hear_ppp(Port& at, const device::PortBytes& heard) {
  auto& decoder = heard.from_device ? at.device_ppp : at.host_ppp;
  if (!decoder) {
    auto show = [this, interface = at.interface,
                 from_device = heard.from_device](const services::ppp::Frame& frame) {
      if (frame.protocol == ipv4_protocol || frame.protocol == ipv6_protocol) {
        return;
      }
      std::string bytes{static_cast<char>(frame.protocol >> 8U), static_cast<char>(frame.protocol & 0xFFU)};
      bytes += frame.information;
      upper_pdu(interface, from_device, ppp_dissector, std::move(bytes), {});
    };
    at.host->flush();
    at.device->flush();
    decoder = std::make_unique<services::ppp::HdlcDecoder>(std::move(show));
  }
  decoder->receive(heard.bytes);
}

void Capture::upper_pdu(std::uint32_t interface, bool from_device, std::string_view dissector,
                        std::string bytes, std::vector<std::string> comments) {
  ExportedPdu pdu;
  pdu.dissector = dissector;
  pdu.way = from_device ? ExportedPdu::Way::received : ExportedPdu::Way::sent;
  pdu.bytes = std::move(bytes);
  queue_.packet({interface, device_.clock().wall_now(),
                 from_device ? PacketDirection::inbound : PacketDirection::outbound, to_bytes(pdu), 0,
                 std::move(comments), std::nullopt});
  await_flush();
}

void Capture::packet(std::uint32_t interface, net::Direction direction, std::string bytes,
                     std::vector<std::string> comments) {
  bool is_up = direction == net::Direction::up;
  queue_.packet({interface, device_.clock().wall_now(),
                 is_up ? PacketDirection::outbound : PacketDirection::inbound, std::move(bytes), 0,
                 std::move(comments), std::nullopt});
  await_flush();
}

void Capture::line(std::uint32_t interface, bool from_device, LineCapture::Piece piece) {
  ExportedPdu pdu;
  pdu.dissector = piece.is_data ? data_dissector : at_dissector;
  pdu.way = from_device ? ExportedPdu::Way::received : ExportedPdu::Way::sent;
  pdu.bytes = std::move(piece.bytes);
  std::string bytes = to_bytes(pdu);
  auto size = static_cast<std::uint32_t>(bytes.size() + piece.left_out);
  queue_.packet({interface,
                 piece.time,
                 from_device ? PacketDirection::inbound : PacketDirection::outbound,
                 std::move(bytes),
                 size,
                 {},
                 std::nullopt});
  await_flush();
}

void Capture::hear(int cid, const net::TrafficEvent& event) {
  if (std::holds_alternative<net::traffic::LinkChanged>(event)) {
    note_changes();
    return;
  }
  context(cid).network->hear(event);
}

void Capture::hear(const device::Event& event) {
  note_changes();
  auto take = Overloaded{
      [this](const device::event::Failure& failure) {
        std::string comment = failure_comment(failure.reason);
        if (!last_interface_ || !queue_.annotate(*last_interface_, PacketDirection::inbound, comment)) {
          note(comment);
        }
      },
      [this](const device::event::PdnUp& up) {
        const modem::PdnConnection& connection = up.connection;
        context(connection.cid);
        note(fmt::format("PDN context {} is up: APN {}{}{}, MTU {}", connection.cid, connection.apn,
                         connection.ipv4 ? fmt::format(", {}", connection.ipv4->to_string()) : "",
                         connection.ipv6 ? fmt::format(", {}", connection.ipv6->to_string()) : "",
                         connection.mtu));
      },
      [this](const device::event::PdnDown& down) {
        note(down.why.empty() ? fmt::format("PDN context {} is down", down.cid)
                              : fmt::format("PDN context {} is down: {}", down.cid, down.why));
      },
      [](const auto&) {},
  };
  std::visit(take, event.kind);
}

void Capture::note(const std::string& text) {
  ExportedPdu pdu;
  pdu.dissector = text_dissector;
  pdu.bytes = text;
  queue_.packet(
      {modem_, device_.clock().wall_now(), PacketDirection::unknown, to_bytes(pdu), 0, {text}, std::nullopt});
  await_flush();
}

void Capture::note_changes() {
  for (const std::string& text : notes_.changes()) {
    note(text);
  }
}

void Capture::await_flush() {
  if (queue_.waiting() >= most_waiting) {
    flush();
  } else if (!flush_.pending()) {
    flush_ = timer_.call_after(patience, [this] { flush_settled(); });
  }
}

void Capture::flush() {
  queue_.flush();
  drain_();
}

void Capture::flush_settled() {
  bool waits = queue_.flush_settled();
  drain_();
  if (waits) {
    await_flush();
  }
}

void Capture::finish() {
  traffic_.reset();
  packets_.reset();
  bytes_.reset();
  frames_.reset();
  events_.reset();
  registration_.reset();
  for (auto& [key, each] : ports_) {
    each.host->flush();
    each.device->flush();
  }
  flush_.cancel();
  parts_.cancel();
  queue_.finish(device_.clock().wall_now());
  drain_();
}

}  // namespace attache::trace
