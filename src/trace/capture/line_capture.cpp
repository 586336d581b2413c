#include "trace/capture/line_capture.hpp"

#include <algorithm>
#include <utility>

namespace attache::trace {

namespace {

constexpr std::size_t longest_piece = 4096;

bool is_only_line_end(std::string_view text) {
  return text.find_first_not_of("\r\n") == std::string_view::npos;
}

}  // namespace

void LineCapture::hear(std::string_view bytes, bool data_mode, base::WallTime now) {
  if (data_mode) {
    flush();
    for (; !bytes.empty(); bytes.remove_prefix(std::min(longest_piece, bytes.size()))) {
      began_ = now;
      give(std::string(bytes.substr(0, longest_piece)), true);
    }
    return;
  }
  while (!bytes.empty()) {
    if (from_host_ && part_.ends_with('\r') && bytes.front() != '\n') {  // A line that CR alone ends.
      flush();
    }
    if (part_.empty()) {
      began_ = now;
    }
    std::size_t end = bytes.find(from_host_ ? '\r' : '\n');
    end = std::min(end, bytes.find('\n'));
    std::size_t size = std::min(end == std::string_view::npos ? bytes.size() : end + 1, longest_piece);
    part_ += bytes.substr(0, size);
    bytes.remove_prefix(size);
    // An answer begins with CR LF: what follows belongs to it.
    bool ended = part_.ends_with('\n') && (from_host_ || !is_only_line_end(part_));
    if (ended || part_.size() >= longest_piece) {
      flush();
    }
  }
}

void LineCapture::flush() {
  if (!part_.empty()) {
    give(std::exchange(part_, {}), false);
  }
}

void LineCapture::give(std::string bytes, bool is_data) {
  std::string masked = from_host_ ? mask_.mask(bytes) : client::mask_received(bytes);
  entry_({began_, std::move(masked), is_data});
}

}  // namespace attache::trace
