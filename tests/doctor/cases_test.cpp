#include <gtest/gtest.h>

#include <algorithm>
#include <boost/json/parse.hpp>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <set>
#include <sstream>

#include "doctor/support/counterfactual.hpp"
#include "doctor/support/diagnose.hpp"

namespace attache::doctor {
namespace {

namespace json = boost::json;

const std::filesystem::path folder = std::filesystem::path(ATTACHE_TEST_DATA) / "doctor" / "cases";

std::string text_of(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

struct Case {
  std::string name;
  std::set<std::string> accepted;
  std::vector<std::string> others;
  std::string diagnosable;
  Diagnosis diagnosis;
};

std::vector<Case> cases() {
  std::vector<Case> all;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    if (!entry.is_directory()) {
      continue;
    }
    json::value expected = json::parse(text_of(entry.path() / "expected.json"));
    Case one;
    one.name = entry.path().filename();
    one.accepted.insert(expected.at("cause_code").as_string().c_str());
    for (std::string_view key : {"accept", "other_causes"}) {
      if (const json::value* list = expected.as_object().if_contains(key)) {
        for (const json::value& code : list->as_array()) {
          if (key == "accept") {
            one.accepted.insert(code.as_string().c_str());
          } else {
            one.others.emplace_back(code.as_string().c_str());
          }
        }
      }
    }
    one.diagnosable = expected.at("diagnosable").as_string().c_str();
    PatientFile file;
    if (std::filesystem::exists(entry.path() / "prj.conf")) {
      file.build = read_build_settings(text_of(entry.path() / "prj.conf"), 1);
    }
    one.diagnosis = diagnose(text_of(entry.path() / "session.log"), std::move(file));
    all.push_back(std::move(one));
  }
  std::ranges::sort(all, {}, &Case::name);
  return all;
}

TEST(DoctorCases, AreExplainedFirstInAllButOneAndAmongTheFirstThreeInAll) {
  std::size_t first = 0;
  std::vector<Case> all = cases();
  for (const Case& one : all) {
    std::vector<std::string> codes = codes_of(one.diagnosis);
    ASSERT_FALSE(codes.empty()) << one.name;
    bool is_first = one.accepted.contains(codes.front());
    first += is_first ? 1 : 0;
    codes.resize(std::min<std::size_t>(codes.size(), 3));
    bool is_near =
        std::ranges::any_of(codes, [&](const std::string& code) { return one.accepted.contains(code); });
    EXPECT_TRUE(is_near) << one.name << " has " << codes.front();
    std::cout << (is_first ? "first " : "later ") << one.name << ": " << codes.front() << "\n";
  }
  std::cout << "expected cause first in " << first << " of " << all.size() << "\n";
  EXPECT_GE(first + 1, all.size());
}

TEST(DoctorCases, HaveTheirFurtherCausesAmongTheFindings) {
  for (const Case& one : cases()) {
    std::vector<std::string> codes = codes_of(one.diagnosis);
    for (const std::string& other : one.others) {
      EXPECT_TRUE(std::ranges::find(codes, other) != codes.end()) << one.name << " lacks " << other;
    }
  }
}

TEST(DoctorCases, AreNeverExplainedWronglyWithCertainty) {
  for (const Case& one : cases()) {
    for (const Finding& finding : one.diagnosis.findings) {
      std::string code(base::code_of(finding.cause));
      bool expected = one.accepted.contains(code) || std::ranges::find(one.others, code) != one.others.end();
      EXPECT_TRUE(expected || finding.confidence() != Confidence::certain) << one.name << ": " << code;
    }
  }
}

// The lines that a finding cites taken out of the log: it must go or be less sure.
TEST(DoctorCases, RestOnTheLinesThatTheyCite) {
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    if (!entry.is_directory()) {
      continue;
    }
    std::string log = text_of(entry.path() / "session.log");
    Diagnosis whole = diagnose(log);
    for (const Finding& finding : whole.findings) {
      EXPECT_TRUE(
          std::ranges::any_of(finding.evidence, [](const Evidence& piece) { return piece.event != nullptr; }))
          << entry.path().filename() << " " << base::code_of(finding.cause);
      EXPECT_TRUE(rests_on_its_evidence(log, finding))
          << entry.path().filename() << " " << base::code_of(finding.cause);
    }
  }
}

}  // namespace
}  // namespace attache::doctor
