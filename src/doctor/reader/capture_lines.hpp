#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "trace/reading/timeline_reader.hpp"

namespace attache::doctor {

/// Makes a log of a capture in pcapng: its AT lines with their times and directions, and its comments, one a
/// line. What does not begin as a capture does goes through as it is. Sans-I/O.
class CaptureLines {
 public:
  /// Gets pieces of the log.
  using Output = std::function<void(std::string_view text)>;

  explicit CaptureLines(Output output) : output_(std::move(output)) {}

  /// The next bytes, cut anywhere. The first four are held until it is known whether it is a capture.
  void take(std::string_view bytes);
  /// The file is over.
  void finish();

  /// The packet that the line of the log was made of, from 1; 0 if it is no capture, or a very long one.
  [[nodiscard]] std::uint64_t packet_of(std::size_t line) const;
  /// Why it could not be read any further; empty if it could.
  [[nodiscard]] const std::string& fault() const { return fault_; }

 private:
  void decide(bool at_end);
  void read(std::string_view bytes);
  void write(const trace::TimelineEntry& entry);

  Output output_;
  std::string beginning_;  ///< Until it is known what it is.
  bool is_decided_ = false;
  std::unique_ptr<trace::TimelineReader> timeline_;  ///< Of a capture.
  std::vector<std::uint64_t> packets_;               ///< By line.
  std::string fault_;
};

}  // namespace attache::doctor
