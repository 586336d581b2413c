#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <iostream>
#include <map>
#include <set>

#include "dialects/serial_modem_2_0/traffic_log.hpp"
#include "doctor/support/counterfactual.hpp"
#include "doctor/support/diagnose.hpp"
#include "doctor/support/play.hpp"

namespace attache::doctor {
namespace {

using dialects::serial_modem_2_0::TrafficLog;

// The log of Serial Modem on its UART: AT#XLOG=1, which leaves out what is secret.
std::string released_log(const std::vector<Spoken>& lines) {
  TrafficLog traffic;
  std::string log;
  bool is_inside = false;  // Of a command with line ends in it, which is one line of the log.
  for (const Spoken& line : lines) {
    bool is_host = line.who == Spoken::Who::host;
    if (is_host && is_inside && !begins_command(line)) {
      continue;
    }
    std::vector<std::string> texts{line.text};
    if (is_host) {
      texts = {TrafficLog::received(line.text)};
    } else if (line.who == Spoken::Who::modem) {
      texts = traffic.sent(dialects::UartLog::LineId{}, line.text);
    }
    is_inside = is_host && texts.front().find(line.text) == std::string::npos;
    auto whole = static_cast<long>(line.seconds);
    int micro = static_cast<int>((line.seconds - std::floor(line.seconds)) * 1'000'000);
    for (const std::string& text : texts) {
      log += fmt::format("[{:02}:{:02}:{:02}.{:03},{:03}] <inf> sm_at_host: {}\n", whole / 3600,
                         whole / 60 % 60, whole % 60, micro / 1000, micro % 1000, text);
    }
  }
  return log;
}

// What the redaction leaves nothing of: the cause may be hidden, but then the diagnosis must say so.
bool needs_secrets(const Play& play) {
  return std::any_of(play.steps.begin(), play.steps.end(), [](const std::string& step) {
    bool is_redacted = TrafficLog::received(step).ends_with(" B redacted]");
    return is_redacted && step.find("?") == std::string::npos;
  });
}

struct Counted {
  std::size_t sessions = 0;
  std::size_t found = 0;
  std::set<std::string_view> codes;
};

void count(const Play& play, const std::vector<Style>& written, Counted& counted) {
  std::vector<Spoken> spoken = perform(play);
  LineSet kept = lines_that_tell(spoken);
  counted.codes.insert(base::code_of(play.cause));
  for (const Style& style : written) {
    bool is_blind = style.name == "released log" && needs_secrets(play);
    for (const Noise& noise : noises()) {
      auto seed = static_cast<unsigned>(counted.sessions);
      Diagnosis diagnosis = diagnose(style.write(noise.make(spoken, kept, seed)));
      bool is_first = !diagnosis.findings.empty() && diagnosis.findings.front().cause == play.cause;
      is_first = is_first || (is_blind && std::ranges::find(diagnosis.findings, base::Cause::log_redacted,
                                                            &Finding::cause) != diagnosis.findings.end());
      ++counted.sessions;
      counted.found += is_first ? 1 : 0;
      if (!is_first) {
        std::cout << fmt::format(
            "{} \"{}\", {}, {}: wanted {}, got {}\n", play.conditions.at("dialect"), play.name, style.name,
            noise.name, base::code_of(play.cause),
            diagnosis.findings.empty() ? "nothing" : base::code_of(diagnosis.findings.front().cause));
      }
    }
  }
}

class LaterSelfPlay : public testing::TestWithParam<std::string> {
 protected:
  void SetUp() override {
    if (too_many_sessions) {
      GTEST_SKIP() << "so many sessions take too long with a sanitizer";
    }
  }
};
INSTANTIATE_TEST_SUITE_P(Dialects, LaterSelfPlay, testing::Values("slm-2.9", "slm-3.1", "serial-modem-2.0"),
                         [](const auto& one) {
                           std::string name = one.param;
                           std::erase_if(name, [](char c) { return c == '-' || c == '.'; });
                           return name;
                         });

TEST_P(LaterSelfPlay, FindsTheInjectedCauseFirst) {
  std::vector<Style> written = styles();
  if (GetParam() == "serial-modem-2.0") {
    written.push_back({"released log", released_log});
  }
  Counted counted;
  for (const Play& play : plays(GetParam())) {
    count(play, written, counted);
  }
  std::cout << fmt::format("{}: {} codes, {} sessions, injected cause first in {}\n", GetParam(),
                           counted.codes.size(), counted.sessions, counted.found);
  EXPECT_GE(counted.sessions, 2000U);
  EXPECT_GE(counted.found * 100, counted.sessions * 99);
}

TEST_P(LaterSelfPlay, FindingsRestOnTheLinesThatTheyCite) {
  std::set<std::string_view> codes;
  std::size_t findings = 0;
  for (const Play& play : plays(GetParam())) {
    std::string log = styles().front().write(perform(play));
    for (const Finding& finding : diagnose(log).findings) {
      codes.insert(base::code_of(finding.cause));
      ++findings;
      EXPECT_TRUE(rests_on_its_evidence(log, finding))
          << "\"" << play.name << "\" " << base::code_of(finding.cause) << " " << finding.score << "\n"
          << log;
    }
  }
  std::cout << fmt::format("{} findings of {} codes rest on the lines that they cite\n", findings,
                           codes.size());
}

TEST_P(LaterSelfPlay, FindsNothingInHealthySessions) {
  std::size_t sessions = 0;
  std::vector<std::pair<Play, std::vector<Spoken>>> played;
  for (const Play& play : healthy_plays(GetParam())) {
    played.emplace_back(play, perform(play));
  }
  while (sessions < 1000) {
    for (const auto& [play, spoken] : played) {
      for (const Noise& noise : noises()) {
        for (const Style& style : styles()) {
          auto seed = static_cast<unsigned>(sessions);
          std::string log = style.write(noise.make(spoken, {}, seed));
          std::vector<std::string> codes = codes_of(diagnose(log));
          EXPECT_TRUE(codes.empty()) << play.name << ", " << style.name << ", " << noise.name << ", seed "
                                     << seed << ": " << codes.front() << "\n"
                                     << log;
          ++sessions;
        }
      }
    }
  }
  std::cout << fmt::format("{}: {} healthy sessions\n", GetParam(), sessions);
}

}  // namespace
}  // namespace attache::doctor
