#pragma once

#include <cstddef>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/clock.hpp"
#include "device/device.hpp"
#include "services/ppp/hdlc.hpp"
#include "trace/capture/capture_queue.hpp"
#include "trace/capture/line_capture.hpp"
#include "trace/capture/multiplexer_capture.hpp"
#include "trace/capture/network_capture.hpp"
#include "trace/capture/state_notes.hpp"

namespace attache::trace {

/// The capture of a running device: an interface for each AT port, each channel of a multiplexer and each
/// PDN context, and one for what happens to the modem. Reasons of failures and what happens become comments.
/// It does not keep the device alive, and must end before it is closed.
class Capture {
 public:
  struct Options {
    bool secrets = false;     ///< TLS secrets too.
    std::string application;  ///< Who writes it: "Attaché 1.0".
  };
  /// Called when a batch of blocks was given to the output.
  using Drain = std::function<void()>;

  /// `timer` is for the moments that packets wait; it must outlive the capture, as must `device`.
  Capture(device::Device& device, base::Clock& timer, const Options& options, CaptureQueue::Output output,
          Drain drain);
  Capture(const Capture&) = delete;
  Capture& operator=(const Capture&) = delete;

  /// Gives all that is left to the output.
  void finish();
  /// To read its counts, and the preamble of a further file.
  [[nodiscard]] const CaptureQueue& queue() const { return queue_; }

  /// A packet waits once to twice as long for what is learned about it.
  static constexpr base::Duration patience = std::chrono::milliseconds(10);

 private:
  using PortKey = std::pair<std::size_t, unsigned>;  ///< With the channel of a multiplexer, or 0.
  struct Port {
    std::uint32_t interface = 0;
    std::unique_ptr<LineCapture> host;
    std::unique_ptr<LineCapture> device;
    /// PPP in both directions, from its first byte on.
    std::unique_ptr<services::ppp::HdlcDecoder> host_ppp{};
    std::unique_ptr<services::ppp::HdlcDecoder> device_ppp{};
  };
  /// What controls the multiplexer on a port.
  struct Multiplexer {
    std::unique_ptr<MultiplexerCapture> host;
    std::unique_ptr<MultiplexerCapture> device;
  };
  Port& port(PortKey key);
  struct Context {
    std::uint32_t interface = 0;
    std::unique_ptr<NetworkCapture> network;
  };
  [[nodiscard]] std::string port_address(std::size_t number) const;
  Multiplexer& multiplexer(std::size_t number);
  Context& context(int cid);
  void hear(const device::PortBytes& heard);
  void hear_ppp(Port& at, const device::PortBytes& heard);
  void hear(int cid, const net::TrafficEvent& event);
  void packet(std::uint32_t interface, net::Direction direction, std::string bytes,
              std::vector<std::string> comments);
  void line(std::uint32_t interface, bool from_device, LineCapture::Piece piece);
  void upper_pdu(std::uint32_t interface, bool from_device, std::string_view dissector, std::string bytes,
                 std::vector<std::string> comments);
  void hear(const device::Event& event);
  void note(const std::string& text);
  void note_changes();
  void await_flush();
  void flush();
  void flush_settled();

  device::Device& device_;
  base::Clock& timer_;
  Drain drain_;
  CaptureQueue queue_;
  StateNotes notes_;
  std::map<PortKey, Port> ports_;
  std::map<std::size_t, Multiplexer> multiplexers_;
  std::map<int, Context> contexts_;
  std::uint32_t modem_;
  std::optional<std::uint32_t> last_interface_;  ///< Of the port that the device has spoken on.
  base::Alarm flush_;
  base::Alarm parts_;
  std::shared_ptr<void> traffic_;
  std::shared_ptr<void> packets_;
  std::shared_ptr<void> bytes_;
  std::shared_ptr<void> frames_;
  std::shared_ptr<void> events_;
  modem::Subscription registration_;
};

}  // namespace attache::trace
