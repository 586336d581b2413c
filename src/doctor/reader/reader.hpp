#pragma once

#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "doctor/reader/capture_lines.hpp"
#include "doctor/reader/decoration.hpp"
#include "doctor/reader/event.hpp"
#include "doctor/reader/hex_dump.hpp"
#include "doctor/reader/raw_lines.hpp"

namespace attache::doctor {

/// Makes events of the bytes of one log, whatever tool took it: bare terminals, arrows, time stamps, shells,
/// log lines with AT traffic in them, hex dumps, certificates over several lines, echo that runs into
/// answers. Sans-I/O; memory is bounded.
class Reader {
 public:
  using Sink = std::function<void(Event&&)>;

  /// `file`: index of the log, for the places of its events.
  Reader(std::size_t file, Sink sink);

  /// A file that begins as pcapng does is a capture: its AT lines and comments are the log.
  void take(std::string_view bytes);
  /// The log is over.
  void finish();

  /// Whole only after finish().
  [[nodiscard]] Unread unread() const;
  [[nodiscard]] std::size_t lines() const { return lines_.lines(); }

 private:
  void take_line(const RawLine& line);
  bool continue_quoted(const RawLine& line);
  void take_bare(const RawLine& line, const BareLine& bare);
  void take_at_text(Event event, std::string_view text);
  void take_log_message(Event event);
  void flush_hex(bool at_end);
  void take_dumped(Event&& event);
  void open_quotes(Event&& event);
  void flush_quoted();
  void deliver(Event&& event);
  [[nodiscard]] Event event_at(const RawLine& line, std::string_view part) const;

  std::size_t file_;
  Sink sink_;
  RawLines lines_;
  std::string_view line_;  // The own bytes of the line that is read.
  CaptureLines capture_;
  HexDump hex_;
  std::optional<Event> quoted_;  // An event whose quotes are still open.
  std::size_t quoted_lines_ = 0;
  bool is_quoted_in_dump_ = false;  // The quotes were opened by bytes of a hex dump, and go on there.
};

}  // namespace attache::doctor
