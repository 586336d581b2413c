#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/clock.hpp"
#include "trace/format/blocks.hpp"

namespace attache::trace {

/// The blocks of a capture on their way to where it is written. Packets wait here for a moment, so that what
/// is learned a little later (the reason of an ERROR) still becomes a comment of the packet where it shows.
/// What the output does not take is counted, and stands in the file when it takes something again.
class CaptureQueue {
 public:
  /// Takes the bytes of a block in full, or not at all.
  using Output = std::function<bool(std::string_view block)>;

  /// `section` describes whoever writes the capture.
  CaptureQueue(block::Section section, Output output);

  /// Describes an interface and returns its number.
  std::uint32_t add_interface(block::Interface interface);
  /// Takes a packet of an interface that was added. It waits until a flush, whatever its size.
  void packet(block::Packet packet);
  /// Names for addresses, once each.
  void name(const std::string& address, const std::string& name);
  /// A line as NSS writes them, without its end. The last 256 stand in the preamble too.
  void secret(std::string_view line);
  /// Adds a comment to the last packet of the interface that goes this way and still waits. False: there is
  /// none.
  bool annotate(std::uint32_t interface, PacketDirection direction, const std::string& comment);

  /// Gives to the output what waits.
  void flush();
  /// Gives to the output what has waited since the call before, at least. False: nothing waits any more.
  bool flush_settled();
  /// The same, and says how many packets each interface had and how many were dropped.
  void finish(base::WallTime now);

  /// Bytes that wait.
  [[nodiscard]] std::size_t waiting() const { return waiting_; }
  /// All that came, those that wait and those that were dropped too.
  [[nodiscard]] std::uint64_t packets() const { return packets_; }
  /// Those that the output refused.
  [[nodiscard]] std::uint64_t dropped() const { return dropped_; }
  /// What a new file has to begin with to be read by itself.
  [[nodiscard]] std::string preamble() const;

 private:
  struct InterfaceCount {
    std::uint64_t received = 0;
    std::uint64_t dropped = 0;
    std::uint64_t dropped_since = 0;  ///< Since the last packet that was written.
  };

  void give_first(std::size_t blocks);
  void give(block::Packet packet);

  block::Section section_;
  Output output_;
  std::vector<block::Interface> interfaces_;
  std::vector<InterfaceCount> counts_;
  std::vector<block::Names::Entry> names_;
  std::deque<std::string> secrets_;
  std::deque<Block> queue_;
  std::size_t settled_ = 0;  ///< Of the queue: what was there at the last `flush_settled`.
  std::size_t waiting_ = 0;
  std::uint64_t packets_ = 0;
  std::uint64_t dropped_ = 0;
};

}  // namespace attache::trace
