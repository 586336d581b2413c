#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.hpp"
#include "client/direction_writer.hpp"

namespace attache::client {

/// Writes what hosts and a device say to each other as a text that people read and, for one port,
/// parse_script() too (docs/transcript.md):
///
///     12:03:07.482 > AT+CFUN=1
///     12:03:07.489 < OK
///
/// The time is the local one, of the first byte. With several ports their names stand behind it.
class PortTranscript {
 public:
  /// Gets whole lines, each ended by LF.
  using Output = std::function<void(std::string_view lines)>;

  /// The names are those of the ports, in their order. The clock must outlive it.
  PortTranscript(base::Clock& clock, std::vector<std::string> ports, Output output);
  PortTranscript(const PortTranscript&) = delete;
  PortTranscript& operator=(const PortTranscript&) = delete;

  /// Writes who speaks and on which day. A script begins with it only if nothing stands before it: `dialect`
  /// is that of the device, which has just been switched on.
  void begin(std::string_view dialect, bool is_first);
  /// One more, which is heard of from now on (a channel of a multiplexer): its number.
  std::size_t add_port(std::string name);
  /// Bytes of a port, which is one of those named.
  void hear(std::size_t port, Speaker speaker, std::string_view bytes, bool data_mode);
  /// Writes what is left.
  void finish();

 private:
  struct Direction {
    DirectionWriter writer;
    base::Alarm alarm;
  };

  void add_directions(std::size_t port);
  Direction& direction(std::size_t port, Speaker speaker);
  void write(std::size_t port, base::WallTime when, std::string_view text);
  void wait(Direction& direction);

  base::Clock& clock_;
  std::vector<std::string> ports_;
  Output output_;
  std::vector<std::unique_ptr<Direction>> directions_;  ///< Host and device of each port.
  std::string day_;                                     ///< Of the last line.
};

}  // namespace attache::client
