#include "trace/capture/line_capture.hpp"

#include <algorithm>
#include <chrono>
#include <utility>

namespace attache::trace {

namespace {

constexpr std::size_t longest_piece = 4096;
constexpr std::size_t shown_in_full = 64UL * 1024;
constexpr std::size_t shown_of_more = 16;
constexpr auto pause_between_answers = std::chrono::seconds(1);

bool is_only_line_end(std::string_view text) {
  return text.find_first_not_of("\r\n") == std::string_view::npos;
}

}  // namespace

void LineCapture::hear(std::string_view bytes, bool data_mode, base::WallTime now) {
  if (now - last_ >= pause_between_answers) {
    shown_ = 0;
  }
  last_ = now;
  if (data_mode) {
    flush();
    for (; !bytes.empty(); bytes.remove_prefix(std::min(longest_piece, bytes.size()))) {
      began_ = now;
      give(bytes.substr(0, longest_piece), true);
    }
    return;
  }
  while (!bytes.empty()) {
    bool is_flood = !from_host_ && shown_ >= shown_in_full && bytes.size() >= longest_piece;
    if (is_flood) {
      flush();
      began_ = now;
      give(bytes, false);
      return;
    }
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
    std::string part = std::exchange(part_, {});
    give(part, false);
  }
}

void LineCapture::give(std::string_view bytes, bool is_data) {
  shown_ += bytes.size();
  bool is_command = from_host_ && !is_data;
  std::size_t left_out = 0;
  if (!is_command && shown_ > shown_in_full && bytes.size() > shown_of_more) {
    left_out = bytes.size() - shown_of_more;
    bytes = bytes.substr(0, shown_of_more);
  }
  std::string masked = from_host_ ? mask_.mask(bytes) : client::mask_received(bytes);
  entry_({began_, std::move(masked), is_data, left_out});
}

}  // namespace attache::trace
