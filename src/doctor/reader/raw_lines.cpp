#include "doctor/reader/raw_lines.hpp"

#include <algorithm>
#include <utility>

#include "base/utf8.hpp"

namespace attache::doctor {

namespace {

// What tells the encoding: the first bytes to a line end or to the most of them, however the log is cut.
constexpr std::size_t least_that_tell = 8;
constexpr std::size_t most_that_tell = 64;
constexpr std::size_t most_own_bytes = 400;

constexpr bool is_of_terminal(char c) {
  return c == '\0' || c == '\x1b' || c == '\b';
}

// Up to the first CR or LF. (string_view::find_first_of takes several times as long.)
std::size_t length_of_line(std::string_view text) {
  auto end = std::ranges::find_if(text, [](char c) { return c == '\r' || c == '\n'; });
  return static_cast<std::size_t>(end - text.begin());
}

// Without colours and other sequences of a terminal, without NUL.
std::string plain(std::string_view line, std::size_t& nul_bytes) {
  std::string text;
  text.reserve(line.size());
  for (std::size_t i = 0; i < line.size(); ++i) {
    char c = line[i];
    if (c == '\0') {
      ++nul_bytes;
    } else if (c == '\x1b') {
      if (i + 1 < line.size() && line[i + 1] == '[') {
        i += 2;
        while (i < line.size() && (line[i] < '@' || line[i] > '~')) {
          ++i;
        }
      }
    } else if (c == '\b') {
      if (!text.empty()) {
        text.pop_back();
      }
    } else {
      text += c;
    }
  }
  return text;
}

}  // namespace

void RawLines::take(std::string_view bytes) {
  if (encoding_ == Encoding::unknown) {
    held_ += bytes;
    std::size_t line_end = held_.find('\n', least_that_tell);
    if (held_.size() < most_that_tell && line_end == std::string::npos) {
      return;
    }
    decide_encoding(std::min(line_end, most_that_tell));
    bytes = held_;
  }
  if (encoding_ == Encoding::utf8) {
    take_utf8(bytes);
  } else {
    take_utf16(bytes);
  }
  held_.clear();
}

void RawLines::finish() {
  if (encoding_ == Encoding::unknown) {
    decide_encoding(held_.size());
    std::string held = std::move(held_);
    held_.clear();
    if (encoding_ == Encoding::utf8) {
      take_utf8(held);
    } else {
      take_utf16(held);
    }
  }
  if (has_content_) {
    end_line(false);
  }
}

void RawLines::count_noise(std::size_t line) {
  if (unread_.noise_lines++ == 0) {
    unread_.first_noise_line = line;
  }
}

void RawLines::decide_encoding(std::size_t size) {
  encoding_ = Encoding::utf8;
  std::string_view bytes = std::string_view(held_).substr(0, size);
  if (bytes.starts_with("\xEF\xBB\xBF")) {
    offset_ = begin_ = 3;
    held_.erase(0, 3);
    return;
  }
  auto nul_at = [&](std::size_t first) {
    std::size_t nul = 0;
    for (std::size_t i = first; i < bytes.size(); i += 2) {
      nul += bytes[i] == '\0' ? 1 : 0;
    }
    return nul * 4 >= bytes.size();  // At least half of those at these places.
  };
  if (bytes.starts_with("\xFF\xFE") || (bytes.size() >= least_that_tell && nul_at(1) && !nul_at(0))) {
    encoding_ = Encoding::utf16_little;
  } else if (bytes.starts_with("\xFE\xFF") || (bytes.size() >= least_that_tell && nul_at(0) && !nul_at(1))) {
    encoding_ = Encoding::utf16_big;
  }
  unread_.is_utf16 = encoding_ != Encoding::utf8;
  if (bytes.starts_with("\xFF\xFE") || bytes.starts_with("\xFE\xFF")) {
    offset_ = begin_ = 2;
    held_.erase(0, 2);
  }
}

void RawLines::take_utf8(std::string_view bytes) {
  take_text(bytes, 1);
}

void RawLines::take_utf16(std::string_view bytes) {
  std::string all = half_unit_ + std::string(bytes);
  half_unit_.clear();
  for (std::size_t i = 0; i + 1 < all.size(); i += 2) {
    auto first = static_cast<unsigned char>(all[i]);
    auto second = static_cast<unsigned char>(all[i + 1]);
    unsigned unit = encoding_ == Encoding::utf16_little ? first | (unsigned{second} << 8U)
                                                        : second | (unsigned{first} << 8U);
    if (after_cr_ && unit != '\n') {
      end_line_at_cr();
    }
    if (unit >= 0xD800 && unit < 0xDC00) {
      high_surrogate_ = unit;
      offset_ += 2;
      continue;
    }
    if (unit >= 0xDC00 && unit < 0xE000 && high_surrogate_ != 0) {
      unit = 0x10000 + ((high_surrogate_ - 0xD800) << 10U) + (unit - 0xDC00);
    }
    bool alone = unit >= 0xDC00 && unit < 0xE000;
    high_surrogate_ = 0;
    std::string text;
    base::append_utf8(text, alone ? U'\uFFFD' : unit);
    if (text.size() == 1) {
      take_text(text, 2);
    } else {
      add_to_line(text, 2);
    }
  }
  if (all.size() % 2 != 0) {
    half_unit_ = all.back();
  }
}

void RawLines::take_text(std::string_view text, std::size_t bytes_each) {
  while (!text.empty()) {
    if (after_cr_ && text.front() != '\n') {
      end_line_at_cr();
    }
    std::size_t length = length_of_line(text);
    if (length > 0) {
      add_to_line(text.substr(0, length), length * bytes_each);
      text.remove_prefix(length);
      continue;
    }
    if (text.front() == '\r') {
      after_cr_ = true;
      has_content_ = true;
      offset_ += bytes_each;
    } else {
      end_line(std::exchange(after_cr_, false));
      offset_ += bytes_each;
      begin_ = offset_;
    }
    text.remove_prefix(1);
  }
}

void RawLines::add_to_line(std::string_view text, std::size_t file_bytes) {
  std::size_t room = longest_line - std::min(longest_line, line_.size());
  line_ += text.substr(0, room);
  too_long_ = too_long_ || text.size() > room;
  has_content_ = true;
  offset_ += file_bytes;
  end_ = offset_;
}

void RawLines::end_line_at_cr() {
  after_cr_ = false;
  end_line(false);
  begin_ = offset_;
}

void RawLines::end_line(bool by_crlf) {
  ++number_;
  if (too_long_ && unread_.long_lines++ == 0) {
    unread_.first_long_line = number_;
  }
  RawLine line;
  line.own_bytes = std::string_view(line_).substr(0, most_own_bytes);
  line.number = number_;
  line.begin = begin_;
  line.end = std::max(begin_, end_);
  line.ended_by_crlf = by_crlf;
  line.text = line_;
  if (std::ranges::any_of(line_, is_of_terminal)) {
    plain_ = plain(line_, unread_.nul_bytes);
    line.text = plain_;
  }
  has_content_ = false;
  too_long_ = false;
  sink_(line);
  line_.clear();
}

}  // namespace attache::doctor
