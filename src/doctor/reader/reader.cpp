#include "doctor/reader/reader.hpp"

#include <algorithm>
#include <array>
#include <functional>
#include <utility>

#include "base/text.hpp"
#include "doctor/reader/command_text.hpp"
#include "doctor/reader/log_modules.hpp"
#include "doctor/reader/words.hpp"

namespace attache::doctor {

namespace {

constexpr std::size_t most_quoted_lines = 200;
constexpr std::size_t most_quoted_bytes = 32 * 1024;

bool is_base64_line(std::string_view text) {
  return text.size() >= 4 && std::ranges::all_of(text, [](char c) {
           return is_alphanumeric(c) || c == '+' || c == '/' || c == '=';
         });
}

// A line that goes on with a certificate in quotes.
bool belongs_to_pem(std::string_view text) {
  std::string_view bare = base::trim(text);
  if (bare.ends_with("\"")) {
    bare.remove_suffix(1);
  }
  return bare.empty() || bare.starts_with("-----") || is_base64_line(bare) ||
         bare.find("-----END") != std::string_view::npos;
}

// A command, and not 64 characters of a certificate that happen to begin like one.
bool interrupts_pem(std::string_view text) {
  constexpr std::size_t whole_line = 64;
  return is_command(text) && !(text.size() == whole_line && is_base64_line(text));
}

// Bytes that a line of text cannot have: a share of an eighth makes it noise.
bool is_noise(std::string_view text) {
  std::size_t odd = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    auto byte = static_cast<unsigned char>(text[i]);
    if (byte < 0x20 && byte != '\t' && byte != 0x1a) {
      ++odd;
    } else if (byte >= 0x80) {
      std::size_t more = byte >= 0xF0 ? 3 : byte >= 0xE0 ? 2 : byte >= 0xC2 ? 1 : 0;
      bool whole = more > 0 && i + more < text.size() + 0;
      for (std::size_t k = 1; whole && k <= more; ++k) {
        whole = (static_cast<unsigned char>(text[i + k]) & 0xC0U) == 0x80;
      }
      bool replacement = whole && text.substr(i, 3) == "\uFFFD";
      odd += !whole || replacement ? 1 : 0;
      i += whole ? more : 0;
    }
  }
  return odd > 0 && odd * 8 >= text.size();
}

bool begins_session(std::string_view text) {
  return text.starts_with("# ") || text.starts_with("=====") || text.starts_with("-----  ");
}

// Log lines that are the application's word that it is up.
bool is_boot(std::string_view text) {
  return text == "Ready" || text == "READY" || text == "INIT ERROR" || text.starts_with("*** Booting");
}

}  // namespace

Reader::Reader(std::size_t file, Sink sink)
    : file_(file),
      sink_(std::move(sink)),
      lines_([this](const RawLine& line) { take_line(line); }),
      capture_([this](std::string_view text) { lines_.take(text); }) {}

void Reader::take(std::string_view bytes) {
  capture_.take(bytes);
}

Unread Reader::unread() const {
  Unread unread = lines_.unread();
  unread.capture_fault = capture_.fault();
  return unread;
}

void Reader::finish() {
  capture_.finish();
  lines_.finish();
  line_ = {};
  flush_hex(true);
  flush_quoted();
}

void Reader::take_line(const RawLine& line) {
  line_ = line.own_bytes;
  if (quoted_ && !is_quoted_in_dump_ && continue_quoted(line)) {
    return;
  }
  if (base::trim(line.text).empty()) {
    return;
  }
  if (is_noise(line.text)) {
    lines_.count_noise(line.number);
    Event event = event_at(line, line.text);
    event.kind = Event::Kind::noise;
    deliver(std::move(event));
    return;
  }
  take_bare(line, undecorate(line.text));
}

// A line within the quotes of a certificate. False = the quotes were never meant to stay open.
bool Reader::continue_quoted(const RawLine& line) {
  std::string_view text = line.text;
  BareLine bare = undecorate(text);
  if (belongs_to_pem(bare.text)) {
    text = bare.text;
  }
  bool ends = quotes_in(text) % 2 != 0;
  if ((!belongs_to_pem(text) && !ends) || ++quoted_lines_ > most_quoted_lines ||
      quoted_->text.size() > most_quoted_bytes || is_final(bare.text) || interrupts_pem(bare.text)) {
    flush_quoted();
    return false;
  }
  quoted_->text += '\n';
  quoted_->text += text;
  quoted_->place.end = line.end;
  quoted_->has_carriage_returns = quoted_->has_carriage_returns || line.ended_by_crlf;
  if (ends) {
    flush_quoted();
  }
  return true;
}

void Reader::take_bare(const RawLine& line, const BareLine& bare) {
  Event event = event_at(line, bare.text);
  event.module = std::string(bare.module);
  event.level = bare.level;
  event.seconds = bare.seconds;
  event.year = bare.year;
  event.terminator = bare.terminator;
  bool is_of_the_device = is_of_device(bare.module);
  auto from_host = is_of_the_device ? BareLine::Direction::from_modem : BareLine::Direction::to_modem;
  event.is_prompted = bare.has_prompt || bare.direction == from_host;
  event.has_carriage_returns = line.ended_by_crlf;
  std::size_t redacted = bare.text.find(" redacted");
  event.was_redacted =
      redacted != std::string_view::npos && (bare.text.substr(0, redacted).ends_with("bytes") ||
                                             (bare.text.substr(0, redacted).ends_with("B") &&
                                              bare.text.substr(redacted).starts_with(" redacted]")));
  if (auto bytes = HexDump::bytes_of(bare.text)) {
    event.place.line_text = line_;
    hex_.add(*bytes, event.place);
    flush_hex(false);
    return;
  }
  if (bare.is_log) {
    hex_.title(bare.text, is_of_the_device);
  } else if (hex_.has_bytes()) {
    flush_hex(false);
  }
  if (begins_session(line.text)) {
    event.kind = Event::Kind::mark;
    event.text = std::string(base::trim(line.text));
    deliver(std::move(event));
    return;
  }
  bool is_at = is_command(bare.text) || begins_with_name(bare.text) || is_final(bare.text);
  bool may_boot = !bare.is_log || bare.module.empty() || logs_traffic(bare.module);
  if (is_at || (may_boot && is_boot(bare.text))) {
    take_at_text(std::move(event), bare.text);
    return;
  }
  if (bare.is_log) {
    take_log_message(std::move(event));
    return;
  }
  event.kind = bare.has_prompt ? Event::Kind::log : Event::Kind::text;
  deliver(std::move(event));
}

// A command, an answer or a notification, perhaps several in one line.
void Reader::take_at_text(Event event, std::string_view text) {
  if (!is_command(text)) {
    event.kind = is_final(text) ? Event::Kind::final : is_boot(text) ? Event::Kind::boot : Event::Kind::line;
    event.text = std::string(text);
    if (quotes_in(text) % 2 != 0 && text.find("-----BEGIN") != std::string_view::npos) {
      open_quotes(std::move(event));
      return;
    }
    deliver(std::move(event));
    return;
  }
  event.kind = Event::Kind::command;
  std::string_view bare = without_comment(text);
  if (auto glued = cut_glued(bare)) {
    Event answer = event;
    event.text = std::string(glued->command);
    event.was_glued = true;
    deliver(std::move(event));
    answer.text = std::string(glued->answer);
    answer.was_glued = true;
    answer.kind = is_final(answer.text) ? Event::Kind::final : Event::Kind::line;
    deliver(std::move(answer));
    return;
  }
  event.text = std::string(bare);
  bool opens_content =
      quotes_in(bare) % 2 != 0 && (bare.find("-----BEGIN") != std::string_view::npos || bare.ends_with("\""));
  bool writes_credential = bare.size() > 8 && (base::equal_ignoring_case(bare.substr(0, 9), "AT%CMNG=0") ||
                                               base::equal_ignoring_case(bare.substr(0, 10), "AT#XCMNG=0"));
  if (opens_content && (writes_credential || bare.find("-----BEGIN") != std::string_view::npos)) {
    event.has_carriage_returns = false;
    open_quotes(std::move(event));
    return;
  }
  deliver(std::move(event));
}

// What a program logged; commands and notifications within the sentence are events of their own.
void Reader::take_log_message(Event event) {
  // What is waited for has not come.
  bool is_awaited =
      has_text(event.text, "wait") || has_text(event.text, "expect") || has_text(event.text, "timeout");
  std::string_view text = event.text;
  for (std::size_t at = 0; at + 3 < text.size(); ++at) {
    if (at > 0 && (is_alphanumeric(text[at - 1]) || text[at - 1] == '_')) {
      continue;
    }
    std::string_view rest = text.substr(at);
    bool command = rest.size() > 4 &&
                   (rest.starts_with("AT+") || rest.starts_with("AT%") || rest.starts_with("AT#")) &&
                   is_command(rest);
    bool name = at > 0 && !is_awaited && begins_with_name(rest) && rest.find(": ") != std::string_view::npos;
    if (!command && !name) {
      continue;
    }
    Event inner = event;
    inner.quoted_in_log = true;
    inner.kind = command ? Event::Kind::command : is_final(rest) ? Event::Kind::final : Event::Kind::line;
    std::size_t end = command ? std::min(rest.find_first_of(" '`"), rest.size()) : rest.size();
    if (command && (rest.substr(0, end).ends_with(",") || rest.substr(0, end).ends_with(":") ||
                    rest.substr(0, end).ends_with("."))) {
      --end;
    }
    inner.text = std::string(base::trim(rest.substr(0, end)));
    inner.place.column = event.place.column + at;
    inner.place.length = inner.text.size();
    deliver(std::move(inner));
    break;
  }
  event.kind = Event::Kind::log;
  deliver(std::move(event));
}

void Reader::flush_hex(bool at_end) {
  for (Event& event : hex_.take(at_end)) {
    take_dumped(std::move(event));
  }
}

// A line out of a hex dump, perhaps within the quotes of a certificate that began there.
void Reader::take_dumped(Event&& event) {
  if (quoted_ && is_quoted_in_dump_) {
    bool ends = quotes_in(event.text) % 2 != 0;
    bool goes_on = (belongs_to_pem(event.text) || ends) && !interrupts_pem(event.text) &&
                   !is_final(event.text) && ++quoted_lines_ <= most_quoted_lines &&
                   quoted_->text.size() <= most_quoted_bytes;
    if (goes_on) {
      quoted_->text += '\n' + event.text;
      quoted_->place.end = event.place.end;
      quoted_->has_carriage_returns =
          quoted_->has_carriage_returns || quoted_->terminator.find('\r') != std::string::npos;
      quoted_->terminator = event.terminator;
    }
    if (ends || !goes_on) {
      flush_quoted();
    }
    if (goes_on) {
      return;
    }
  }
  bool is_at =
      is_command(event.text) || begins_with_name(event.text) || is_final(event.text) || is_boot(event.text);
  if (!is_at) {
    deliver(std::move(event));
    return;
  }
  std::string text = std::move(event.text);
  bool was_open = quoted_.has_value();
  take_at_text(std::move(event), text);
  is_quoted_in_dump_ = !was_open && quoted_.has_value();
}

// What follows up to the quote that closes is its text as well.
void Reader::open_quotes(Event&& event) {
  if (!event.place.ends_in_event && event.place.line_text.empty()) {
    event.place.line_text = line_;
  }
  quoted_ = std::move(event);
  quoted_lines_ = 0;
}

void Reader::flush_quoted() {
  if (quoted_) {
    Event event = std::move(*quoted_);
    quoted_.reset();
    is_quoted_in_dump_ = false;
    deliver(std::move(event));
  }
}

// Most lines end in what the event has as text already.
void Reader::deliver(Event&& event) {
  if (event.place.line_text.empty()) {
    std::size_t before = event.place.column - 1;
    event.place.ends_in_event = line_.size() == before + event.text.size() && line_.ends_with(event.text);
    event.place.line_text = event.place.ends_in_event ? line_.substr(0, before) : line_;
  }
  sink_(std::move(event));
}

Event Reader::event_at(const RawLine& line, std::string_view part) const {
  Event event;
  event.text = std::string(part);
  event.place.file = file_;
  event.place.line = line.number;
  event.place.packet = capture_.packet_of(line.number);
  // Mostly a part of the line as it stands there; else the line has colours or NUL bytes between.
  const char* begin = line.own_bytes.data();
  bool is_part =
      std::less_equal<>()(begin, part.data()) && std::less<>()(part.data(), begin + line.own_bytes.size());
  std::size_t at =
      is_part ? static_cast<std::size_t>(part.data() - begin) : line.own_bytes.find(part.substr(0, 64));
  event.place.column = at == std::string_view::npos ? 1 : at + 1;
  event.place.length = std::min(part.size(), line.own_bytes.size() - (event.place.column - 1));
  event.place.begin = line.begin + (event.place.column - 1);
  event.place.end = std::min(line.end, event.place.begin + part.size());
  if (event.place.end < event.place.begin) {
    event.place.end = event.place.begin;
  }
  return event;
}

}  // namespace attache::doctor
