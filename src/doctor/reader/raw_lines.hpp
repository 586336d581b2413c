#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>

namespace attache::doctor {

/// A line of a log as UTF-8 text without colours, and where it was. Its texts last as long as the call that
/// gives it.
struct RawLine {
  std::string_view text;       ///< Without line end, NUL bytes, terminal sequences.
  std::string_view own_bytes;  ///< The same as it stood there, cut at 400 bytes.
  std::size_t number = 0;      ///< Counted from 1.
  std::size_t begin = 0;       ///< Offset of its first byte in the file.
  std::size_t end = 0;         ///< Offset behind its last byte, line end not counted.
  bool ended_by_crlf = false;
};

/// What of a log could not be read.
struct Unread {
  std::size_t long_lines = 0;  ///< Lines that were cut.
  std::size_t first_long_line = 0;
  std::size_t noise_lines = 0;  ///< Lines that are no text.
  std::size_t first_noise_line = 0;
  std::size_t nul_bytes = 0;
  bool is_utf16 = false;        ///< It was, and was read as such.
  std::string capture_fault{};  ///< Why a capture could not be read any further.
};

/// Cuts the bytes of a log into lines: LF, CR LF and lone CR end one. UTF-16 is found by its byte order mark
/// or its pattern of NUL bytes. A line is cut after `longest_line` bytes, the rest of it is passed over:
/// memory stays bounded whatever comes. Sans-I/O.
class RawLines {
 public:
  using Sink = std::function<void(const RawLine&)>;
  static constexpr std::size_t longest_line = 64 * 1024;

  explicit RawLines(Sink sink) : sink_(std::move(sink)) {}

  /// The next bytes, cut anywhere. The first are held until the encoding is known; lines come within the
  /// call.
  void take(std::string_view bytes);
  /// The log is over: what is left is its last line.
  void finish();
  /// The reader has found that the line is no text.
  void count_noise(std::size_t line);

  [[nodiscard]] const Unread& unread() const { return unread_; }
  /// How many have ended.
  [[nodiscard]] std::size_t lines() const { return number_; }

 private:
  enum class Encoding { unknown, utf8, utf16_little, utf16_big };

  void decide_encoding(std::size_t size);
  void take_utf8(std::string_view bytes);
  void take_utf16(std::string_view bytes);
  void take_text(std::string_view text, std::size_t bytes_each);
  void add_to_line(std::string_view text, std::size_t file_bytes);
  void end_line_at_cr();
  void end_line(bool by_crlf);

  Sink sink_;
  Unread unread_;
  Encoding encoding_ = Encoding::unknown;
  std::string held_;       // Until the encoding is known.
  std::string half_unit_;  // Of UTF-16.
  unsigned high_surrogate_ = 0;
  std::string line_;
  std::string plain_;  // The line without colours and the like, if it has such.
  std::size_t number_ = 0;
  std::size_t offset_ = 0;
  std::size_t begin_ = 0;  // Of the line …
  std::size_t end_ = 0;    // … and behind its last byte.
  bool after_cr_ = false;
  bool has_content_ = false;
  bool too_long_ = false;
};

}  // namespace attache::doctor
