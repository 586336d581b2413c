#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <iostream>
#include <map>
#include <optional>
#include <regex>

#include "client/script.hpp"
#include "doctor/support/diagnose.hpp"
#include "doctor/support/play.hpp"

namespace attache::doctor {
namespace {

using client::Directive;

const std::filesystem::path transcript_folder = std::filesystem::path(ATTACHE_TEST_DATA) / "conformance";

const client::Values transcript_values{{"HOST", "example.com"}, {"PORT", "8080"}};

// What is answered with OK throughout and is a fault all the same: found, and so no healthy session.
const std::map<std::string_view, std::string_view> faults_answered_with_ok{
    {"nrf91-modem/06-no-sim.at", "there is no card"},
    {"reports/operations-that-do-not-exist.at", "an operation that does not exist"},
    {"reports/pem-line-ends.at", "a certificate under the type of a private key"},
    {"reports/uicc-off-while-lte-is-on-1.3.3.at", "the card is switched off"},
    {"slm-1.6/fota.at", "an operation that does not exist"},
    {"slm-1.6/grammar.at", "an operation that does not exist"},
    {"slm-1.6/quotes.at", "a quote that takes the next lines along"},
    {"slm-1.6/sms.at", "an operation that does not exist"},
    {"slm-3.1/cmng.at", "a text that is no certificate"},
    {"slm-3.1/socket-options.at", "an operation that does not exist"},
    {"slm-3.1/udp-errors.at", "an operation that does not exist"},
};

/// A command with its answers, as lines of a log.
struct SaidLines {
  std::vector<Spoken> lines;
  bool is_left_out = false;
};

bool tells_failure(const std::string& line) {
  static const std::regex negative("[:,] ?-[0-9]");
  return line.find("ERROR") != std::string::npos || line.find("NO CARRIER") != std::string::npos ||
         std::regex_search(line, negative);
}

bool is_filled(const client::PlaceholderText& text) {
  return std::ranges::all_of(text.pieces(), [](const client::PlaceholderText::Piece& piece) {
    return piece.kind == client::PlaceholderText::Piece::Kind::literal ||
           transcript_values.contains(piece.text);
  });
}

void add_step(const client::Step& step, double seconds, SaidLines& said) {
  bool is_sent = step.directive == Directive::send;
  switch (step.directive) {
    case Directive::send:
    case Directive::line:
    case Directive::anywhere: {
      std::string line = step.text.fill(transcript_values);
      said.is_left_out = said.is_left_out || !is_filled(step.text) || (!is_sent && tells_failure(line));
      said.lines.push_back({seconds, is_sent ? Spoken::Who::host : Spoken::Who::modem, std::move(line)});
      break;
    }
    case Directive::send_raw:
    case Directive::raw:
    case Directive::pattern:
    case Directive::anywhere_pattern:
      said.is_left_out = true;
      break;
    case Directive::repeat:  // May be nothing.
    case Directive::silence:
    case Directive::wait:
    case Directive::steer:
      break;
  }
}

// What goes well in a transcript, by its own lines. Left out is each command whose answer orders a failure
// (ERROR, NO CARRIER, a negative number), or is not told by its words (a pattern, bytes, a name that an
// earlier answer gave); and the whole transcript if it steers the device.
std::vector<Spoken> healthy_part(const client::Script& script) {
  std::vector<Spoken> spoken;
  if (client::first_steering_step(script) != nullptr) {
    return spoken;
  }
  std::vector<SaidLines> said(1);
  double seconds = 0;
  for (const client::Step& step : script.steps) {
    if (client::begins_command(step)) {
      said.emplace_back();
    }
    add_step(step, seconds, said.back());
    seconds += 0.05;
  }
  for (const SaidLines& each : said) {
    if (!each.is_left_out) {
      spoken.insert(spoken.end(), each.lines.begin(), each.lines.end());
    }
  }
  return spoken;
}

std::vector<std::string> transcript_names() {
  std::vector<std::string> names;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(transcript_folder)) {
    if (entry.path().extension() == ".at") {
      names.push_back(std::filesystem::relative(entry.path(), transcript_folder).string());
    }
  }
  std::ranges::sort(names);
  return names;
}

std::vector<std::string> codes_of_transcript(const client::Script& script, const std::string& log) {
  PatientFile file;
  file.dialect = script.dialect();
  return codes_of(diagnose(log, std::move(file)));
}

TEST(HealthyTranscripts, GiveNoFindingAboveHintInAnyStyle) {
  if (too_many_sessions) {
    GTEST_SKIP() << "so many sessions take too long with a sanitizer";
  }
  std::size_t sessions = 0;
  for (const std::string& name : transcript_names()) {
    auto script = client::read_script_file(transcript_folder / name);
    ASSERT_TRUE(script) << base::to_block(script.error());
    std::vector<Spoken> spoken = healthy_part(*script);
    auto fault = faults_answered_with_ok.find(name);
    if (spoken.empty() || fault != faults_answered_with_ok.end()) {
      std::cout << fmt::format(
          "left out: {}: {}\n", name,
          spoken.empty() ? "it steers, or all of it fails or has no words of its own" : fault->second);
    }
    for (const Style& style : styles()) {
      std::string log = style.write(spoken);
      std::vector<std::string> codes = codes_of_transcript(*script, log);
      if (fault != faults_answered_with_ok.end()) {
        EXPECT_FALSE(codes.empty()) << name << ", " << style.name << " has no fault: take it off the list";
      } else if (!spoken.empty()) {
        EXPECT_TRUE(codes.empty()) << name << ", " << style.name << ": " << codes.front() << "\n" << log;
        ++sessions;
      }
    }
  }
  std::cout << fmt::format("{} sessions of transcripts\n", sessions);
  EXPECT_GE(sessions, 1000U);
}

}  // namespace
}  // namespace attache::doctor
