#include "client/line_reader.hpp"

namespace attache::client {

void LineReader::feed(std::string_view bytes) {
  buffer_ += bytes;
  skip_owed_line_end();
}

// The end of a line that was taken early is CR LF, cut anywhere, or LF.
void LineReader::skip_owed_line_end() {
  while (line_end_owed_ && !buffer_.empty()) {
    bool is_cr = buffer_.front() == '\r';
    bool is_lf = buffer_.front() == '\n';
    line_end_owed_ = is_cr;
    if (is_cr || is_lf) {
      buffer_.erase(0, 1);
    }
  }
}

void LineReader::skip_empty_lines() {
  std::size_t start = 0;
  for (std::size_t i = 0; i < buffer_.size() && (buffer_[i] == '\r' || buffer_[i] == '\n'); ++i) {
    if (buffer_[i] == '\n') {
      start = i + 1;
    }
  }
  buffer_.erase(0, start);
}

std::optional<std::string> LineReader::take_line() {
  skip_empty_lines();
  std::size_t end = buffer_.find('\n');
  if (end == std::string::npos) {
    return std::nullopt;
  }
  std::size_t length = end;
  while (length > 0 && buffer_[length - 1] == '\r') {
    --length;
  }
  std::string line = buffer_.substr(0, length);
  buffer_.erase(0, end + 1);
  return line;
}

std::string_view LineReader::tail() {
  skip_empty_lines();
  if (buffer_.find('\n') != std::string::npos) {
    return {};
  }
  // CRs at the end may be the first half of the line's end.
  std::size_t length = buffer_.find_last_not_of('\r') + 1;
  return std::string_view(buffer_).substr(0, length);
}

std::string LineReader::take_tail() {
  std::string line(tail());
  buffer_.clear();
  line_end_owed_ = true;
  return line;
}

void LineReader::take_raw(std::size_t count) {
  buffer_.erase(0, count);
}

}  // namespace attache::client
