#include <fmt/format.h>
#include <gtest/gtest.h>

#include <iostream>
#include <map>

#include "doctor/support/diagnose.hpp"
#include "doctor/support/play.hpp"
#include "proof/proof.hpp"

namespace attache::doctor {
namespace {

std::string as_log(const std::vector<Spoken>& spoken) {
  return styles().front().write(spoken);
}

/// What became of the plays of one cause.
struct Tally {
  std::size_t plays = 0;
  std::size_t proven = 0;
};

// Why a play is not proven; empty if it is.
std::string unproven(const std::string& dialect, const Play& play) {
  using namespace std::chrono;
  PatientFile file;
  file.now = sys_days{2026y / November / 23};
  file.dialect = dialect;
  Doctor doctor(std::move(file));
  doctor.begin("session.log");
  doctor.take(as_log(perform(play)));
  doctor.end();
  Diagnosis diagnosis = doctor.diagnose();
  if (diagnosis.findings.empty()) {
    return "nothing is found";
  }
  proof::Proof proof = proof::prove(doctor.session(), diagnosis.findings.front());
  return proof.verdict == proof::Verdict::proven
             ? std::string()
             : fmt::format("{}, {}: {}", base::code_of(proof.cause), name_of(proof.verdict), proof.why);
}

class Prove : public testing::TestWithParam<std::string> {
 protected:
  void SetUp() override {
    if (too_many_sessions) {
      GTEST_SKIP() << "so many proofs take too long with a sanitizer; those of the proof's own tests do not";
    }
  }
};

// Nine of ten at least; what is not proven is printed with its reason.
TEST_P(Prove, ReproducesAndRepairsMostCausesThatTheEmulatorCanProduce) {
  std::map<std::string, Tally> tallies;
  for (const Play& play : plays(GetParam())) {
    std::string code(base::code_of(play.cause));
    std::string why = unproven(GetParam(), play);
    ++tallies[code].plays;
    tallies[code].proven += why.empty() ? 1 : 0;
    if (!why.empty()) {
      std::cout << fmt::format("not proven: {} \"{}\": {}", code, play.name, why) << std::endl;
    }
  }
  std::size_t proven = 0;
  for (const auto& [code, tally] : tallies) {
    bool all = tally.proven == tally.plays;
    proven += all ? 1 : 0;
    std::cout << fmt::format("{:30} {:2} of {:2}{}\n", code, tally.proven, tally.plays,
                             all ? " reproduced and repaired" : "");
  }
  std::cout << fmt::format("{} of {} causes\n", proven, tallies.size());
  EXPECT_GE(proven * 100, tallies.size() * 90);
}

INSTANTIATE_TEST_SUITE_P(Dialects, Prove,
                         testing::Values("slm-1.5", "slm-1.6", "slm-2.9", "slm-3.1", "serial-modem-2.0"),
                         [](const auto& info) {
                           std::string name = info.param;
                           std::ranges::replace_if(
                               name, [](char c) { return c == '.' || c == '-'; }, '_');
                           return name;
                         });

}  // namespace
}  // namespace attache::doctor
