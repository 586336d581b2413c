#include "client/direction_writer.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "base/text.hpp"
#include "client/placeholder_text.hpp"

namespace attache::client {

namespace {

constexpr std::size_t longest_line = 4096;
constexpr std::size_t shown_of_data = 1024;
constexpr std::size_t shown_of_answer = 64UL * 1024;
constexpr auto burst = std::chrono::seconds(1);
// Whoever types a command by hand stops between two keys.
constexpr auto pause_of_typist = std::chrono::seconds(1);
constexpr auto pause = std::chrono::milliseconds(100);
// Words of a secret that two pieces divide are found in this much of the first.
constexpr std::size_t context = 64;

// The text stands for itself behind `>` and `<`.
bool is_plain(std::string_view text) {
  const auto cut = PlaceholderText::parse_with_files(text);
  bool is_literal = std::all_of(cut.pieces().begin(), cut.pieces().end(), [](const auto& piece) {
    return piece.kind == PlaceholderText::Piece::Kind::literal;
  });
  return is_literal && base::escape_control(text) == text;
}

// The text behind `>>` and `<<`.
std::string escaped(std::string_view bytes) {
  std::string text;
  for (char byte : bytes) {
    text += byte == '\\' ? "\\\\" : std::string(1, byte);
  }
  text = base::escape_control(text);
  std::string result;
  std::size_t done = 0;
  const auto cut = PlaceholderText::parse(text);
  for (const auto& piece : cut.pieces()) {
    if (piece.kind == PlaceholderText::Piece::Kind::placeholder) {
      result += text.substr(done, piece.offset - done) + "\\x7B";
      done = piece.offset + 1;
    }
  }
  return result + text.substr(done);
}

std::string_view without_end(std::string_view line) {
  std::size_t end = line.find_last_not_of("\r\n");
  return end == std::string_view::npos ? std::string_view() : line.substr(0, end + 1);
}

}  // namespace

DirectionWriter::DirectionWriter(Speaker speaker, Entry entry)
    : speaker_(speaker), entry_(std::move(entry)) {}

void DirectionWriter::hear(std::string_view bytes, bool data_mode, base::Time now, base::WallTime wall) {
  now_ = wall;
  begin_burst(data_mode, now);
  last_byte_ = now;
  while (!bytes.empty()) {
    std::size_t room = limit() - std::min(limit(), shown_ + line_.size() - written_);
    if (room == 0) {
      leave_out(bytes);
      return;
    }
    for (char byte : bytes.substr(0, room)) {
      add(byte);
    }
    bytes.remove_prefix(std::min(room, bytes.size()));
  }
}

// Data has a new beginning each second, an answer after a pause; what was left out is told by then.
void DirectionWriter::begin_burst(bool data_mode, base::Time now) {
  bool is_other = data_mode != data_mode_;
  bool has_paused = now - last_byte_ >= burst;
  if (is_other) {
    flush();
    if (!data_mode) {  // What was data is no part of a command.
      line_.clear();
      written_ = 0;
    }
  }
  if (is_other || (has_paused && data_mode)) {
    rest_is_left_ = false;
  }
  if (is_other || has_paused || (data_mode && now - burst_began_ >= burst)) {
    tell_left_out();
    burst_began_ = now;
    shown_ = 0;
  }
  data_mode_ = data_mode;
}

void DirectionWriter::begin_answer() {
  if (!data_mode_) {
    shown_ = 0;
  }
}

std::size_t DirectionWriter::limit() const {
  bool is_command = speaker_ == Speaker::host && !data_mode_;
  return data_mode_ ? shown_of_data : is_command ? std::string::npos : shown_of_answer;
}

void DirectionWriter::add(char byte) {
  bool ended_before = line_.ends_with('\r') && byte != '\n' && speaker_ == Speaker::host;
  if (ended_before) {  // By CR alone.
    end_line();
  }
  if (line_.size() == written_) {
    began_ = now_;
  }
  line_ += byte;
  if (byte == '\n') {
    end_line();
  } else if (line_.size() > longest_line) {
    cut_line();
  }
}

// The line as it may be shown: as long as it is.
std::string DirectionWriter::masked_line() {
  if (speaker_ == Speaker::device) {
    return mask_received(line_);
  }
  SecretMask mask = mask_;
  return mask.mask(line_);
}

void DirectionWriter::end_line() {
  std::string masked = masked_line();
  std::string_view text = std::string_view(masked).substr(written_);
  if (speaker_ == Speaker::host) {
    (void)mask_.mask(line_);
  }
  if (rest_is_left_) {
    count_left_out(text.size(), began_);
  } else if (has_part()) {
    show_line(text);
  }
  line_.clear();
  written_ = 0;
  rest_is_left_ = false;
}

void DirectionWriter::show_line(std::string_view text) {
  bool is_whole = text.ends_with(speaker_ == Speaker::host ? "\r\n" : "\n");
  std::string content = shorten_masks(without_end(text));
  if (!is_whole || !is_plain(content)) {
    show(text);
    return;
  }
  char sign = speaker_ == Speaker::host ? '>' : '<';
  tell_left_out();
  entry_(began_, content.empty() ? std::string(1, sign) : fmt::format("{} {}", sign, content));
  shown_ += text.size();
}

// A line longer than any of a modem: its rest is only counted. A word that the cut divides is still found.
void DirectionWriter::cut_line() {
  flush();
  rest_is_left_ = true;
  if (speaker_ == Speaker::host) {
    (void)mask_.mask(line_.substr(0, line_.size() - context));
  }
  line_.erase(0, line_.size() - context);
  written_ = context;
}

// Between the lines of a device a CR or an empty line says nothing.
bool DirectionWriter::has_part() const {
  std::string_view part = std::string_view(line_).substr(written_);
  return !part.empty() && (speaker_ == Speaker::host || !without_end(part).empty());
}

void DirectionWriter::flush() {
  if (!has_part()) {
    return;
  }
  std::string masked = masked_line();
  std::string_view text = std::string_view(masked).substr(written_);
  if (rest_is_left_) {
    count_left_out(text.size(), began_);
  } else {
    show(text);
  }
  written_ = line_.size();
}

void DirectionWriter::pass_time(base::Time now) {
  flush();
  if (now - last_byte_ >= burst) {
    tell_left_out();
  }
}

void DirectionWriter::finish() {
  flush();
  tell_left_out();
}

void DirectionWriter::show(std::string_view text) {
  tell_left_out();
  entry_(began_, fmt::format("{} {}", speaker_ == Speaker::host ? ">>" : "<<", escaped(shorten_masks(text))));
  shown_ += text.size();
}

void DirectionWriter::leave_out(std::string_view bytes) {
  flush();
  count_left_out(bytes.size(), now_);
  line_.clear();
  written_ = 0;
  rest_is_left_ = !bytes.ends_with('\n');
}

void DirectionWriter::count_left_out(std::size_t count, base::WallTime since) {
  left_since_ = left_out_ == 0 ? since : left_since_;
  left_out_ += count;
}

void DirectionWriter::tell_left_out() {
  if (left_out_ > 0) {
    entry_(left_since_, fmt::format("# {} more bytes from the {}", std::exchange(left_out_, 0),
                                    speaker_ == Speaker::host ? "host" : "device"));
  }
}

base::Duration DirectionWriter::patience() const {
  if (has_part()) {
    bool may_be_typed = speaker_ == Speaker::host && !data_mode_;
    return may_be_typed ? base::Duration(pause_of_typist) : base::Duration(pause);
  }
  return left_out_ > 0 ? base::Duration(burst) : base::Duration::zero();
}

}  // namespace attache::client
