#include "client/transcript.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <ostream>
#include <utility>

#include "at/redaction.hpp"
#include "base/text.hpp"

namespace attache::client {

namespace {

constexpr auto tail_silence = std::chrono::milliseconds(100);
constexpr std::size_t lines_on_terminal = 6;  ///< Of one text sent; more are shortened.

std::string_view without_line_end(std::string_view text) {
  if (text.size() > 1 && text.ends_with('\n')) {
    text.remove_suffix(1);
  }
  if (text.size() > 1 && text.ends_with('\r')) {
    text.remove_suffix(1);
  }
  return text;
}

}  // namespace

Transcript::Transcript(base::Clock& clock, std::vector<Sink> sinks)
    : clock_(clock), start_(clock.now()), sinks_(std::move(sinks)) {}

void Transcript::sent(std::string_view bytes) {
  flush();
  std::string masked = shorten_masks(mask_.mask(bytes));
  std::string_view text = without_line_end(masked);
  if (text.find_first_not_of("\r\n") == std::string_view::npos) {
    print_sent_lines({base::escape_control(text)});
    return;
  }
  std::vector<std::string> lines;
  for (std::string_view line : base::split(text, '\n')) {
    lines.push_back(base::escape_control(without_line_end(line)));
  }
  print_sent_lines(lines);
}

void Transcript::print_sent_lines(const std::vector<std::string>& lines) {
  for (const Sink& sink : sinks_) {
    bool shorten = sink.shorten && lines.size() > lines_on_terminal;
    for (std::size_t i = 0; i < lines.size(); ++i) {
      if (!shorten || i < 2 || i + 1 == lines.size()) {
        print_to(sink, Kind::sent, lines[i]);
      } else if (i == 2) {
        print_to(sink, Kind::note, fmt::format("… {} more lines", lines.size() - 3));
      }
    }
  }
}

void Transcript::received(std::string_view bytes) {
  reader_.feed(bytes);
  while (auto line = reader_.take_line()) {
    print(Kind::received, base::escape_control(shorten_masks(at::redact(*line))));
  }
  tail_alarm_ = clock_.call_after(tail_silence, [this] { flush(); });
}

void Transcript::flush() {
  if (!reader_.tail().empty()) {
    print(Kind::received, base::escape_control(shorten_masks(at::redact(reader_.take_tail()))));
  }
}

void Transcript::note(std::string_view text) {
  flush();
  print(Kind::note, text);
}

void Transcript::fault(const base::Reason& reason) {
  flush();
  for (const Sink& sink : sinks_) {
    *sink.stream << base::to_block(reason) << std::flush;
  }
}

void Transcript::result(const Script& script, const RunResult& result) {
  flush();
  if (result.ok()) {
    print(Kind::good, fmt::format("passed: {}, all {} exchanges", script.name, result.exchanges));
    return;
  }
  print(Kind::bad, fmt::format("{}: {}, {} of {} exchanges passed, 1 failed, {} not run",
                               result.failure->timed_out ? "TIMED OUT" : "FAILED", script.name, result.passed,
                               result.exchanges, result.not_run()));
  fault(to_reason(*result.failure));
}

void Transcript::print(Kind kind, std::string_view text) {
  for (const Sink& sink : sinks_) {
    print_to(sink, kind, text);
  }
}

void Transcript::print_to(const Sink& sink, Kind kind, std::string_view text) {
  if (sink.failures_only && kind != Kind::bad) {
    return;
  }
  struct Look {
    std::string_view arrow;
    std::string_view colour;
  };
  constexpr Look looks[] = {
      {"→", "\033[36m"}, {"←", ""}, {"·", "\033[2m"}, {"✓", "\033[32m"}, {"✗", "\033[31m"}};
  const Look& look = looks[static_cast<std::size_t>(kind)];
  double seconds = std::chrono::duration<double>(clock_.now() - start_).count();
  bool coloured = sink.colour && !look.colour.empty();
  *sink.stream << fmt::format("{:9.3f} {}{} {}{}\n", seconds, coloured ? look.colour : "", look.arrow, text,
                              coloured ? "\033[0m" : "")
               << std::flush;
}

}  // namespace attache::client
