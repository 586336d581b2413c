#include "doctor/reader/hex_dump.hpp"

#include <algorithm>

#include "base/text.hpp"
#include "doctor/reader/decoration.hpp"
#include "doctor/reader/words.hpp"

namespace attache::doctor {

namespace {

bool ends_line(char c) {
  return c == '\r' || c == '\n' || c == '\0' || c == '\x1a';
}

}  // namespace

std::optional<std::string> HexDump::bytes_of(std::string_view text) {
  std::string bytes;
  std::size_t i = 0;
  std::size_t blanks = 0;
  while (i + 1 < text.size() && is_hex_digit(text[i]) && is_hex_digit(text[i + 1]) &&
         (i + 2 == text.size() || text[i + 2] == ' ' || text[i + 2] == '|')) {
    bytes += static_cast<char>((std::stoi(std::string(text.substr(i, 2)), nullptr, 16)));
    i += 2;
    blanks = 0;
    while (i < text.size() && text[i] == ' ' && blanks < 3) {
      ++i;
      ++blanks;
    }
  }
  std::string_view rest = base::trim(text.substr(std::min(i, text.size())));
  if (bytes.empty() || (!rest.empty() && rest.front() != '|')) {
    return std::nullopt;
  }
  if (rest.empty() && bytes.size() < 2) {
    return std::nullopt;
  }
  return bytes;
}

void HexDump::title(std::string_view message, bool by_device) {
  if (has_word(message, "send") || has_word(message, "tx") || has_word(message, "sent") ||
      has_word(message, "write")) {
    titled_ = by_device ? Side::modem : Side::host;
  } else if (has_word(message, "rx") || has_word(message, "recv") || has_word(message, "received") ||
             has_word(message, "read")) {
    titled_ = by_device ? Side::host : Side::modem;
  }
}

void HexDump::add(std::string_view bytes, const Place& place) {
  if (bytes_.size() > 64 * 1024) {
    bytes_.clear();
  }
  if (bytes_.empty()) {
    place_ = place;
    side_ = titled_;
  }
  place_.end = place.end;
  bytes_ += bytes;
}

std::vector<Event> HexDump::take(bool at_end) {
  std::vector<Event> events;
  std::size_t begin = 0;
  while (begin < bytes_.size()) {
    std::size_t end = begin;
    while (end < bytes_.size() && !ends_line(bytes_[end])) {
      ++end;
    }
    if (end == bytes_.size() && !at_end) {
      break;
    }
    std::size_t behind = end;
    while (behind < bytes_.size() && ends_line(bytes_[behind])) {
      ++behind;
    }
    std::string text = bytes_.substr(begin, end - begin);
    if (!base::trim(text).empty()) {
      Event event;
      event.place = place_;
      event.text = std::string(base::trim(text));
      event.terminator = bytes_.substr(end, behind - end);
      event.kind = is_command(event.text) ? Event::Kind::command : Event::Kind::text;
      event.is_prompted = side_ == Side::host;
      events.push_back(std::move(event));
    }
    begin = behind;
  }
  bytes_.erase(0, begin);
  return events;
}

}  // namespace attache::doctor
