#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <set>
#include <string>
#include <vector>

#include "base/reason.hpp"
#include "client/script.hpp"
#include "conformance/replays.hpp"
#include "conformance/transcript_player.hpp"
#include "system/support/process.hpp"
#include "system/support/tftpd.hpp"

namespace attache::conformance {
namespace {

const std::filesystem::path folder = std::filesystem::path(ATTACHE_TEST_DATA) / "conformance";

std::vector<std::string> transcripts() {
  std::vector<std::string> names;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
    if (entry.path().extension() == ".at") {
      names.push_back(std::filesystem::relative(entry.path(), folder).string());
    }
  }
  std::sort(names.begin(), names.end());
  return names;
}

std::set<std::string> expected_to_come() {
  std::set<std::string> names;
  std::ifstream list(folder / "expected_to_come.txt");
  for (std::string line; std::getline(list, line);) {
    if (!line.empty() && line[0] != '#') {
      names.insert(line);
    }
  }
  return names;
}

// This log of a host waits for a URC four commands after the one that causes it: the modem needs its time.
cellular::Timing timing_of(const std::string& name) {
  return {name == "nrf91-modem/14-boot-poll.at" ? 60.0 : 0.0};
}

class Conformance : public ::testing::TestWithParam<std::string> {};

TEST_P(Conformance, AnswersAsTheDevice) {
  auto script = client::read_script_file(folder / GetParam());
  ASSERT_TRUE(script) << base::to_block(script.error());
  bool expected_to_fail = expected_to_come().contains(GetParam());
  if (expected_to_fail) {
    GTEST_SKIP() << "commands of a later version";
  }
  if (script->header("requires") == "ftp" && !system_test::find_program("vsftpd")) {
    GTEST_SKIP() << "vsftpd is not installed";
  }
  if (script->header("requires") == "tftp-server" && system_test::Tftpd::obstacle()) {
    GTEST_SKIP() << *system_test::Tftpd::obstacle();
  }
  // Those without counterparts have their replays in tests of their own.
  bool replays = is_replayable(GetParam(), *script) && !is_alone(*script);
  auto fault =
      replays ? play_and_replay(*script, timing_of(GetParam())) : play(*script, timing_of(GetParam()));
  EXPECT_FALSE(fault) << *fault;
}

std::string test_name(const ::testing::TestParamInfo<std::string>& info) {
  std::string name = info.param;
  std::replace_if(
      name.begin(), name.end(), [](char c) { return std::isalnum(static_cast<unsigned char>(c)) == 0; }, '_');
  return name;
}

INSTANTIATE_TEST_SUITE_P(Transcripts, Conformance, ::testing::ValuesIn(transcripts()), test_name);

// What passes must not be on the list, so that the number that passes can only grow.
TEST(ExpectedToCome, NamesOnlyTranscriptsThatDoNotPass) {
  std::set<std::string> waiting = expected_to_come();
  std::vector<std::string> all = transcripts();
  for (const std::string& name : waiting) {
    ASSERT_TRUE(std::find(all.begin(), all.end(), name) != all.end()) << name << " is no transcript";
    auto script = client::read_script_file(folder / name);
    ASSERT_TRUE(script);
    if (script->header("requires") == "none") {
      EXPECT_TRUE(play(*script)) << name << " passes: take it off expected_to_come.txt";
    }
  }
  std::size_t passing = all.size() - waiting.size();
  std::cout << "transcripts that pass: " << passing << " of " << all.size() << "\n";
  constexpr std::size_t least_passing = 219;  // Raise it with every transcript that leaves the list.
  EXPECT_GE(passing, least_passing);
}

}  // namespace
}  // namespace attache::conformance
