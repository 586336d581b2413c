#include "services/ftp_reply_reader.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "base/text.hpp"

namespace attache::services {

namespace {

constexpr std::size_t code_length = 3;

// The code a line begins with, or 0.
unsigned code_of(std::string_view line) {
  if (line.size() < code_length) {
    return 0;
  }
  return base::parse_number<unsigned>(line.substr(0, code_length)).value_or(0);
}

// What follows the code; a line end for a line that ends there.
char mark_of(std::string_view line) {
  return line.size() > code_length ? line[code_length] : '\n';
}

}  // namespace

bool FtpReply::holds(unsigned expected) const {
  return text.find(fmt::format("{} ", expected)) != std::string::npos;
}

std::string_view FtpReply::first_line() const {
  return base::trim(std::string_view(text).substr(0, text.find('\n')));
}

// A reply of several lines begins with "ddd-" and ends with a line "ddd ", the same code (RFC 959, 4.2).
bool FtpReplyReader::is_last(std::string_view line) {
  unsigned code = code_of(line);
  if (line_begin_ == 0) {
    code_ = code;
    return code == 0 || mark_of(line) != '-';
  }
  char mark = mark_of(line);
  return code == code_ && (mark == ' ' || mark == '\r' || mark == '\n');
}

base::Result<std::optional<FtpReply>> FtpReplyReader::next() {
  std::size_t end = pending_.find('\n', scanned_);
  for (; end != std::string::npos; end = pending_.find('\n', scanned_)) {
    std::size_t length = end + 1;
    if (length > longest_reply) {
      return too_long();
    }
    bool last = is_last(std::string_view(pending_).substr(line_begin_, length - line_begin_));
    line_begin_ = scanned_ = length;
    if (last) {
      FtpReply reply{code_, pending_.substr(0, length)};
      pending_.erase(0, length);
      line_begin_ = scanned_ = 0;
      return std::optional(std::move(reply));
    }
  }
  scanned_ = pending_.size();
  if (pending_.size() >= longest_reply) {
    return too_long();
  }
  return std::optional<FtpReply>();
}

base::Reason FtpReplyReader::too_long() const {
  base::Reason reason =
      base::make_reason(base::Cause::bad_answer, "the server's reply is no FTP",
                        fmt::format("more than {} bytes came and it has no end", longest_reply),
                        "check that host and port are those of an FTP server");
  constexpr std::size_t shown = 100;
  reason.excerpt = pending_.substr(0, shown);
  return reason;
}

}  // namespace attache::services
