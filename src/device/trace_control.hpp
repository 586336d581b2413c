#pragma once

#include <cstdint>
#include <string>

#include "base/clock.hpp"
#include "base/result.hpp"

namespace attache::device {

/// `[trace]`: how the trace of a device is written.
struct TraceOptions {
  std::string file;               ///< Where, if nobody says otherwise; empty = nowhere.
  bool at_start = true;           ///< From the beginning; else once somebody asks for it.
  bool secrets = false;           ///< The secrets of TLS too.
  std::uint64_t rotate_size = 0;  ///< Bytes after which a new file is begun; 0 = never.
  base::Duration rotate_time{};   ///< The same by age; zero = never.
  std::uint32_t keep = 5;         ///< Older files that stay.
};

/// How a trace stands.
struct TraceState {
  bool is_on = false;
  std::string file;
  std::uint64_t packets = 0;
  std::uint64_t bytes = 0;
  std::uint64_t dropped = 0;
};

/// Begins and ends the trace of a device: for steering and for the commands of modem and application. What a
/// success says is a sentence. One thread only.
class TraceControl {
 public:
  virtual ~TraceControl() = default;

  /// `path` empty: the file of the options. `secrets`: those of TLS too, if the options do not say so
  /// already. Fails if a trace is being written, or the file cannot be.
  virtual base::Result<std::string> start(const std::string& path, bool secrets) = 0;
  /// Fails if none is being written.
  virtual base::Result<std::string> stop() = 0;
  /// As of now; off, empty and zero while no trace is being written.
  [[nodiscard]] virtual TraceState state() const = 0;
};

}  // namespace attache::device
