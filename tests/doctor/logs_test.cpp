#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <sstream>

#include "doctor/support/diagnose.hpp"

namespace attache::doctor {
namespace {

const std::filesystem::path log_folder = std::filesystem::path(ATTACHE_TEST_DATA) / "doctor" / "logs";

std::vector<std::string> log_names() {
  std::vector<std::string> all;
  for (const auto& entry : std::filesystem::directory_iterator(log_folder)) {
    all.push_back(entry.path().filename());
  }
  std::ranges::sort(all);
  return all;
}

// Written by hand, or recorded with `attache run --save`, its log and its transcript.
// "ca-mismatch.a.log": this code comes first. "not.ca-mismatch.a.log": it does not come above hint.
class DoctorLog : public testing::TestWithParam<std::string> {};

TEST_P(DoctorLog, IsExplainedAsItsNameSays) {
  std::ifstream file(log_folder / GetParam(), std::ios::binary);
  std::ostringstream log;
  log << file.rdbuf();
  std::vector<std::string> codes = codes_of(diagnose(log.str()));
  std::string name = GetParam();
  if (name.starts_with("not.")) {
    name = name.substr(4);
    std::string code = name.substr(0, name.find('.'));
    EXPECT_TRUE(std::ranges::find(codes, code) == codes.end()) << log.str();
  } else {
    ASSERT_FALSE(codes.empty()) << log.str();
    EXPECT_EQ(codes.front(), name.substr(0, name.find('.'))) << log.str();
  }
}

INSTANTIATE_TEST_SUITE_P(Logs, DoctorLog, testing::ValuesIn(log_names()), [](const auto& info) {
  std::string name = info.param;
  std::ranges::replace_if(
      name, [](char c) { return c == '.' || c == '-'; }, '_');
  return name;
});

}  // namespace
}  // namespace attache::doctor
