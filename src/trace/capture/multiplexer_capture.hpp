#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "serial/cmux/frame.hpp"
#include "serial/cmux/frame_reader.hpp"

namespace attache::trace {

/// Tells in words what controls a multiplexer in one direction: frames that open and close channels, and the
/// messages of the control channel. What the other frames carry is a matter of their channels.
class MultiplexerCapture {
 public:
  using Entry = std::function<void(std::string text)>;

  explicit MultiplexerCapture(Entry entry) : entry_(std::move(entry)) {}

  /// Octets of the whole line, cut anywhere.
  void hear(std::string_view octets);

 private:
  void tell(const serial::cmux::Frame& frame);

  static constexpr std::size_t any_length = 32767;

  Entry entry_;
  serial::cmux::FrameReader reader_{any_length};
};

/// "MSC command, DLC 1: RTC RTR DV" for each message of an information field of the control channel.
std::string describe_control_messages(std::string_view information);

}  // namespace attache::trace
