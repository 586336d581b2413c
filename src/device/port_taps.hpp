#pragma once

#include <cstddef>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

namespace attache::device {

/// Bytes on their way over an AT port of a device.
struct PortBytes {
  std::size_t port = 0;      ///< Which port, in the order in which they were added, from 0.
  bool from_device = false;  ///< Else from the host.
  bool data_mode = false;    ///< The port's channel was in data mode when they came.
  std::string_view bytes;    ///< Cut anywhere; secrets are not masked.
  unsigned channel = 0;      ///< Of the multiplexer on the port, from 1; 0 = there is none.
  bool ppp = false;          ///< These data are frames of PPP.
};

/// Those who hear what goes over the AT ports of a device. One thread only.
class PortTaps {
 public:
  /// Called in the order of the bytes, before a port or channel gets them. Must neither throw nor end the
  /// device.
  using Tap = std::function<void(const PortBytes&)>;

  /// The tap hears from now on, until the returned handle goes. Each of several hears all.
  [[nodiscard]] std::shared_ptr<void> add(Tap tap);
  /// Bytes on their way: calls the taps at once. The view lives no longer than the call.
  void tell(const PortBytes& bytes) { tell(taps_, bytes); }

  /// The same for what goes over a port while it is multiplexed: the frames (channel 0), of which the others
  /// hear what they carry.
  [[nodiscard]] std::shared_ptr<void> add_for_frames(Tap tap);
  /// … calls those of frames.
  void tell_frames(const PortBytes& bytes) { tell(frame_taps_, bytes); }

 private:
  using Taps = std::vector<std::weak_ptr<Tap>>;
  static void tell(Taps& taps, const PortBytes& bytes);

  Taps taps_;
  Taps frame_taps_;
};

/// Cuts what a tap hears into lines, each port, channel and direction for itself: without their ends, empty
/// ones left out, cut at 4096 bytes.
class LineCutter {
 public:
  /// Calls `on_line(std::string)` for each line that ends with these bytes; what has no end yet is kept for
  /// the next call.
  template <class OnLine>
  void cut(const PortBytes& heard, OnLine&& on_line) {
    std::string& line = lines_[{heard.port, heard.channel, heard.from_device}];
    for (char byte : heard.bytes) {
      bool ended = byte == '\r' || byte == '\n';
      if (!ended) {
        line += byte;
      }
      if (!line.empty() && (ended || line.size() >= longest)) {
        on_line(std::exchange(line, {}));
      }
    }
  }

 private:
  static constexpr std::size_t longest = 4096;

  std::map<std::tuple<std::size_t, unsigned, bool>, std::string> lines_;
};

}  // namespace attache::device
