#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.hpp"

namespace attache::services {

/// One reply of an FTP server (RFC 959, 4.2).
struct FtpReply {
  unsigned code = 0;  ///< 0 for a line that is no reply.
  std::string text;   ///< As received, all lines with their line ends.

  /// 1yz: another reply follows.
  [[nodiscard]] bool is_preliminary() const { return code >= 100 && code < 200; }
  /// 4yz, 5yz.
  [[nodiscard]] bool is_refusal() const { return code >= 400 && code < 600; }
  /// The code and a blank appear anywhere: how the firmware recognises success (reference slm-1.6/ftp.md).
  [[nodiscard]] bool holds(unsigned expected) const;
  /// The first line without its end.
  [[nodiscard]] std::string_view first_line() const;
};

/// Cuts the bytes of a control connection into replies, multi-line ones whole. Sans-I/O: any split of the
/// input gives the same replies. Lenient: LF alone ends a line too, a line without a code is a reply of its
/// own, NULs are bytes like others.
class FtpReplyReader {
 public:
  static constexpr std::size_t longest_reply = 16 * 1024;

  /// Takes bytes in. Ask next() until it gives nothing before feeding more: that bounds the memory used.
  void feed(std::string_view bytes) { pending_ += bytes; }

  /// The next whole reply, or nothing if it has not come yet. Fails for good on one that is longer than
  /// longest_reply.
  base::Result<std::optional<FtpReply>> next();

 private:
  [[nodiscard]] bool is_last(std::string_view line);
  [[nodiscard]] base::Reason too_long() const;

  std::string pending_;
  std::size_t line_begin_ = 0;  // Of the line that has not ended; the lines before belong to the reply.
  std::size_t scanned_ = 0;     // Up to here there is no line end after line_begin_.
  unsigned code_ = 0;           // Of the reply's first line.
};

}  // namespace attache::services
