#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

namespace attache::doctor {

/// A piece of a log as it stands there.
struct Place {
  std::size_t file = 0;        ///< Index of the log, in the order in which logs were given.
  std::size_t line = 0;        ///< Counted from 1.
  std::size_t column = 1;      ///< Byte of the line at which the piece begins, counted from 1.
  std::size_t length = 0;      ///< Bytes of the piece in that line.
  std::size_t begin = 0;       ///< Offset of its first byte in the file …
  std::size_t end = 0;         ///< … and of the byte behind its last.
  std::string line_text;       ///< The line's own bytes without line end; cut at 400.
  std::uint64_t packet = 0;    ///< Of a capture: the packet that it stands in, from 1.
  bool ends_in_event = false;  ///< The event's text ends the line, and is left out of `line_text`.
};

/// What one line of a log is, or several that belong together (a certificate in quotes).
struct Event {
  enum class Kind {
    command,  ///< A line that the host sent.
    final,    ///< A line that ends a command: OK, ERROR, +CME ERROR: 11.
    line,     ///< Any other line of the device that begins with a name: "+CEREG: 2", "%XSIM: 0,9".
    log,      ///< What a program on either side logged.
    boot,     ///< The application is up: "Ready".
    mark,     ///< Where a new session begins, by the words of whoever took the log.
    noise,    ///< Bytes that are no text.
    text,     ///< All else.
  };

  Kind kind = Kind::text;
  Place place;
  std::string text;               ///< Without decoration: "AT+CFUN=1". Of a log line, its message.
  std::string module;             ///< Of a log line: who wrote it. May be empty.
  char level = 0;                 ///< Of a log line: 'e', 'w', 'i', 'd', or 0.
  std::optional<double> seconds;  ///< Time stamp, from midnight or from the start of something.
  std::optional<int> year;        ///< Of a time stamp with a date.
  std::string terminator;         ///< What ended it, where the log shows that: "\r", "\r\n", "\n", "\r\0".
  bool quoted_in_log = false;     ///< It stood within a sentence of a log line: its answer may not be shown.
  bool has_carriage_returns = false;  ///< CR LF within its quotes.
  bool was_redacted = false;          ///< Part of it was left out by who logged it.
  bool is_prompted = false;           ///< It stood behind a prompt or mark of the host's side.
  bool was_glued = false;             ///< It was cut out of a line with something else in it.

  /// The own bytes of the line in which it begins.
  [[nodiscard]] std::string line_text() const {
    return place.ends_in_event ? place.line_text + text : place.line_text;
  }
};

using EventRef = std::shared_ptr<const Event>;

}  // namespace attache::doctor
