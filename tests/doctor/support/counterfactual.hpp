#pragma once

#include <algorithm>
#include <string>
#include <utility>

#include "doctor/support/diagnose.hpp"

namespace attache::doctor {

/// The log without the lines that a finding cites: they stay, empty, so that places of others hold.
inline std::string without_evidence(const std::string& log, const Finding& finding) {
  std::string without = log;
  for (const Evidence& piece : finding.evidence) {
    if (piece.event == nullptr || piece.event->place.file != 0) {
      continue;
    }
    const Place& place = piece.event->place;
    std::size_t begin = place.begin == 0 ? 0 : log.rfind('\n', place.begin - 1) + 1;
    std::size_t end = std::min(log.find('\n', place.end), log.size());
    std::replace_if(
        without.begin() + static_cast<std::ptrdiff_t>(begin),
        without.begin() + static_cast<std::ptrdiff_t>(end), [](char c) { return c != '\n'; }, ' ');
  }
  return without;
}

/// Whether a finding goes, or is less sure, when the lines that it cites are taken out of the log; if the log
/// says the same more than once, those that it cites then too, and so on.
inline bool rests_on_its_evidence(const std::string& log, const Finding& finding) {
  std::string rest = log;
  Finding cited = finding;
  for (std::string without = without_evidence(rest, cited); without != rest;
       without = without_evidence(rest, cited)) {
    rest = std::move(without);
    Diagnosis diagnosis = diagnose(rest);
    auto same = std::ranges::find(diagnosis.findings, finding.cause, &Finding::cause);
    if (same == diagnosis.findings.end() || same->score < finding.score) {
      return true;
    }
    cited = *same;
  }
  return false;
}

}  // namespace attache::doctor
