#include <algorithm>
#include <iterator>
#include <random>

#include "doctor/support/diagnose.hpp"
#include "doctor/support/play.hpp"

namespace attache::doctor {

namespace {

using Who = Spoken::Who;
using Lines = std::vector<Spoken>;

// The index behind the last line of what begins at `begin`: a command may have line ends in it.
std::size_t end_of(const Lines& lines, std::size_t begin) {
  std::size_t end = begin + 1;
  while (begins_command(lines[begin]) && end < lines.size() && lines[end].who == Who::host &&
         !begins_command(lines[end])) {
    ++end;
  }
  return end;
}

Lines as_it_was(const Lines& lines, const LineSet&, unsigned) {
  return lines;
}

// Notifications of others between the lines: measured signal, the radio connection, sleep.
Lines interleave(const Lines& lines, const LineSet&, unsigned seed) {
  std::mt19937 random(seed);
  static const std::vector<std::string> others{"%CESQ: 55,2,24,3", "+CSCON: 0", "%XMODEMSLEEP: 4,0",
                                               "+CSCON: 1", "%XSNRSQ: 30,2,40"};
  Lines noisy;
  for (const Spoken& line : lines) {
    noisy.push_back(line);
    if (line.who == Who::modem && line.text.find("-----") == std::string::npos && random() % 6 == 0) {
      noisy.push_back({line.seconds, Who::modem, others[random() % others.size()]});
    }
  }
  return noisy;
}

// Each command comes back as it was sent.
Lines echo(const Lines& lines, const LineSet&, unsigned) {
  Lines noisy;
  for (std::size_t i = 0; i < lines.size();) {
    std::size_t end = end_of(lines, i);
    auto part = std::ranges::subrange(lines.begin() + static_cast<std::ptrdiff_t>(i),
                                      lines.begin() + static_cast<std::ptrdiff_t>(end));
    noisy.insert(noisy.end(), part.begin(), part.end());
    if (begins_command(lines[i])) {
      std::ranges::transform(part, std::back_inserter(noisy), [](Spoken line) {
        line.who = Who::modem;
        return line;
      });
    }
    i = end;
  }
  return noisy;
}

// The log begins later, within a line.
Lines cut_start(const Lines& lines, const LineSet& kept, unsigned seed) {
  std::mt19937 random(seed);
  std::size_t first_kept = kept.empty() ? lines.size() / 2 : *kept.begin();
  std::size_t from = random() % (first_kept + 1);
  Lines rest(lines.begin() + static_cast<std::ptrdiff_t>(from), lines.end());
  if (from > 0 && from < first_kept) {
    std::string& text = rest.front().text;
    text.erase(0, random() % (text.size() + 1));
  }
  return rest;
}

// One line in eight is missing; of a certificate none, which would be another fault.
Lines lose_lines(const Lines& lines, const LineSet& kept, unsigned seed) {
  std::mt19937 random(seed);
  Lines rest;
  for (std::size_t i = 0; i < lines.size();) {
    std::size_t end = end_of(lines, i);
    bool is_lost = random() % 8 == 0 && end == i + 1 && !kept.contains(i) && lines[i].who != Who::log;
    for (; i < end; ++i) {
      if (!is_lost) {
        rest.push_back(lines[i]);
      }
    }
  }
  return rest;
}

Lines all_at_once(const Lines& lines, const LineSet& kept, unsigned seed) {
  return echo(interleave(lose_lines(lines, kept, seed), {}, seed), {}, seed);
}

}  // namespace

const std::vector<Noise>& noises() {
  static const std::vector<Noise> all{
      {"none", as_it_was},      {"interleaved", interleave}, {"echo", echo},
      {"cut start", cut_start}, {"lost lines", lose_lines},  {"several", all_at_once}};
  return all;
}

LineSet lines_that_tell(const std::vector<Spoken>& lines) {
  std::string log = styles().front().write(lines);
  LineSet kept;
  Diagnosis diagnosis = diagnose(log);
  if (diagnosis.findings.empty()) {
    return kept;
  }
  for (const Evidence& piece : diagnosis.findings.front().evidence) {
    if (piece.event == nullptr) {
      continue;
    }
    std::size_t begin = std::min(piece.event->place.line, lines.size()) - 1;
    while (begin > 0 && !begins_command(lines[begin])) {
      --begin;
    }
    std::size_t end = piece.event->place.line;  // Behind the result of that command.
    while (end < lines.size() && lines[end - 1].text != "OK" &&
           lines[end - 1].text.find("ERROR") == std::string::npos && !begins_command(lines[end])) {
      ++end;
    }
    for (std::size_t i = begin; i < end; ++i) {
      kept.insert(i);
    }
  }
  return kept;
}

}  // namespace attache::doctor
