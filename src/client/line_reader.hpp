#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace attache::client {

/// The bytes that a modem has sent and nobody has taken yet, as lines or as they are. No I/O, no time.
///
/// A line ends at LF; CRs before it belong to the end. Empty lines are skipped. What follows the last line
/// end is the *tail*: data that the modem does not end, or a line that is still coming.
class LineReader {
 public:
  /// Takes bytes of the modem, cut anywhere. There is no limit: whoever reads bounds it.
  void feed(std::string_view bytes);

  /// The next complete line that is not empty, without its end.
  std::optional<std::string> take_line();

  /// The bytes after the last line end, without leading line ends; empty if complete lines come before it.
  [[nodiscard]] std::string_view tail();
  /// Takes the tail as a line. If a line end follows later it belongs to that line.
  std::string take_tail();

  /// All bytes not taken yet. A line end owed to a tail that was taken is not among them.
  [[nodiscard]] std::string_view raw() const { return buffer_; }
  /// Takes the first `count` of them.
  void take_raw(std::size_t count);

 private:
  void skip_owed_line_end();
  void skip_empty_lines();

  std::string buffer_;
  bool line_end_owed_ = false;
};

}  // namespace attache::client
