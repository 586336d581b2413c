#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <map>
#include <sstream>

#include "doctor/support/diagnose.hpp"

namespace attache::doctor {
namespace {

const std::filesystem::path rule_folder = std::filesystem::path(ATTACHE_TEST_DATA) / "doctor" / "rules";

/// The four logs of a rule, by their headings: "fires", "must not", "facts missing" and, with what is
/// expected of it, "foreign dialect: fires" or "foreign dialect: silent".
std::map<std::string, std::string> logs_of(std::string_view rule) {
  std::ifstream file(rule_folder / (std::string(rule) + ".txt"), std::ios::binary);
  std::map<std::string, std::string> logs;
  std::string heading;
  for (std::string line; std::getline(file, line);) {
    if (line.starts_with("== ")) {
      heading = line.substr(3);
      logs[heading];
    } else {
      logs[heading] += line + "\n";
    }
  }
  return logs;
}

bool fires(const Rule& rule, const std::string& log) {
  using namespace std::chrono;
  PatientFile file;
  file.now = sys_days{2026y / November / 23};
  Doctor doctor(std::move(file));
  doctor.begin("session.log");
  doctor.take(log);
  doctor.end();
  Findings findings;
  rule.look(doctor.session(), findings);
  return !findings.all().empty();
}

class DoctorRule : public testing::TestWithParam<Rule> {};

TEST_P(DoctorRule, HasItsFourTests) {
  std::map<std::string, std::string> logs = logs_of(GetParam().name);
  bool silent_abroad = logs.contains("foreign dialect: silent");
  ASSERT_EQ(logs.size(), 4U) << "tests/doctor/rules/" << GetParam().name << ".txt lacks one";
  ASSERT_TRUE(logs.contains("fires") && logs.contains("must not") && logs.contains("facts missing"));
  ASSERT_TRUE(silent_abroad || logs.contains("foreign dialect: fires"));
  EXPECT_TRUE(fires(GetParam(), logs["fires"])) << logs["fires"];
  EXPECT_FALSE(fires(GetParam(), logs["must not"])) << logs["must not"];
  EXPECT_FALSE(fires(GetParam(), logs["facts missing"])) << logs["facts missing"];
  const std::string& foreign = logs[silent_abroad ? "foreign dialect: silent" : "foreign dialect: fires"];
  EXPECT_EQ(fires(GetParam(), foreign), !silent_abroad) << foreign;
}

INSTANTIATE_TEST_SUITE_P(Rules, DoctorRule, testing::ValuesIn(all_rules()), [](const auto& info) {
  std::string name(info.param.name);
  std::ranges::replace(name, '-', '_');
  return name;
});

// A file without a rule is one that was renamed or went.
TEST(DoctorRules, HaveNoFilesOfOthers) {
  const std::vector<Rule>& rules = all_rules();
  for (const auto& entry : std::filesystem::directory_iterator(rule_folder)) {
    std::string name = entry.path().stem();
    EXPECT_TRUE(std::ranges::find(rules, name, &Rule::name) != rules.end()) << name;
  }
}

}  // namespace
}  // namespace attache::doctor
