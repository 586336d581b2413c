#pragma once

#include <chrono>
#include <map>
#include <string>
#include <string_view>
#include <utility>

#include "dialects/dialects.hpp"
#include "dialects/serial_modem_device.hpp"
#include "serial/cmux/control_message.hpp"
#include "serial/cmux/frame.hpp"
#include "serial/cmux/frame_reader.hpp"

namespace attache::dialects {

/// The dialect's own build with the multiplexer.
inline DialectOptions with_cmux(std::string_view edition = "serial-modem-2.0") {
  DialectOptions options = serial_modem(edition);
  options.services.emplace();
  for (const Service& service : find_dialect(edition)->services) {
    if (service.build == Service::Build::always) {
      options.services->emplace_back(service.name);
    }
  }
  options.services->emplace_back("cmux");
  return options;
}

/// A device whose host talks frames.
class MultiplexedDevice : public SerialModemDevice {
 public:
  using Frame = serial::cmux::Frame;
  using Type = serial::cmux::FrameType;
  using MessageType = serial::cmux::MessageType;

  explicit MultiplexedDevice(const DialectOptions& options = with_cmux(), std::size_t ports = 1)
      : SerialModemDevice(options, ports) {}

  /// AT+CMUX=0, and the control channel.
  void start() {
    EXPECT_EQ(send("AT+CMUX=0"), ok);
    open(0);
  }
  /// AT#XCMUX, as SLM 2.x and 3.x have it, which takes a moment, and the control channel.
  void start_slm() {
    EXPECT_EQ(send("AT#XCMUX"), ok);
    EXPECT_EQ(after(std::chrono::milliseconds(50)), "");
    open(0);
  }
  void open(std::uint8_t dlci) {
    give({dlci, true, Type::sabm, true});
    EXPECT_EQ(frames_, serial::cmux::encode({dlci, true, Type::ua, true})) << int{dlci};
  }
  void close(std::uint8_t dlci) { give({dlci, true, Type::disc, true}); }
  void control(MessageType type, std::string value = {}) {
    give({0, true, Type::uih, false, serial::cmux::encode({type, true, std::move(value)})});
  }
  /// Sends a line on a channel; what comes on it at once.
  std::string on(std::uint8_t dlci, std::string_view line) {
    give({dlci, true, Type::uih, false, fmt::format("{}\r", line)});
    std::string answer = said(dlci);
    note_tried(dialect, line, answer);
    return answer;
  }
  void give(const Frame& frame) { sort(raw(serial::cmux::encode(frame))); }
  void give_octets(std::string_view octets) { sort(raw(octets)); }
  /// What has come on a channel.
  std::string said(std::uint8_t dlci) { return std::exchange(said_[dlci], {}); }
  /// Lets time pass.
  void pass(base::Duration duration) { sort(after(duration)); }

 private:
  void sort(std::string_view octets) {
    frames_ = octets;
    reader_.feed(octets);
    while (auto found = reader_.next()) {
      if (const auto* frame = std::get_if<Frame>(&*found); frame != nullptr && frame->type == Type::uih) {
        said_[frame->dlci] += frame->information;
      }
    }
  }

  serial::cmux::FrameReader reader_{2000};
  std::string frames_;
  std::map<int, std::string> said_;
};

}  // namespace attache::dialects
