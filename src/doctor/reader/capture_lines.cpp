#include "doctor/reader/capture_lines.hpp"

#include <fmt/format.h>

#include <chrono>

namespace attache::doctor {

namespace {

constexpr std::string_view section_header("\n\r\r\n", 4);
constexpr std::size_t most_lines_with_packets = 4'000'000;

// "[12:03:07.482]"
std::string clock_text(base::WallTime time) {
  using namespace std::chrono;
  auto of_day = time - floor<days>(time);
  hh_mm_ss<milliseconds> split(floor<milliseconds>(of_day));
  return fmt::format("[{:02}:{:02}:{:02}.{:03}]", split.hours().count(), split.minutes().count(),
                     split.seconds().count(), split.subseconds().count());
}

}  // namespace

void CaptureLines::take(std::string_view bytes) {
  if (is_decided_) {
    read(bytes);
    return;
  }
  beginning_ += bytes;
  decide(false);
}

void CaptureLines::finish() {
  if (!is_decided_) {
    decide(true);
  }
  if (timeline_ && fault_.empty() && timeline_->finish()) {
    fault_ = "the last block of the capture is not whole";
  }
}

void CaptureLines::decide(bool at_end) {
  bool may_become_one = section_header.starts_with(beginning_) && beginning_.size() < section_header.size();
  if (may_become_one && !at_end) {
    return;
  }
  is_decided_ = true;
  if (beginning_.starts_with(section_header)) {
    timeline_ = std::make_unique<trace::TimelineReader>(
        [this](const trace::TimelineEntry& entry) { write(entry); }, false);
  }
  read(std::exchange(beginning_, {}));
}

void CaptureLines::read(std::string_view bytes) {
  if (!timeline_) {
    output_(bytes);
    return;
  }
  if (!fault_.empty()) {
    return;
  }
  if (auto taken = timeline_->take(bytes); !taken) {
    fault_ = base::summary(taken.error());
  }
}

void CaptureLines::write(const trace::TimelineEntry& entry) {
  bool is_line = entry.layer == trace::Layer::at;
  if (!is_line && entry.layer != trace::Layer::modem) {
    return;
  }
  if (packets_.size() < most_lines_with_packets) {
    packets_.push_back(entry.packet);
  }
  std::string_view arrow = !is_line ? "" : entry.way == trace::TimelineEntry::Way::sent ? "> " : "< ";
  output_(fmt::format("{} {}{}\n", clock_text(entry.time), arrow, entry.text));
}

std::uint64_t CaptureLines::packet_of(std::size_t line) const {
  return line > 0 && line <= packets_.size() ? packets_[line - 1] : 0;
}

}  // namespace attache::doctor
