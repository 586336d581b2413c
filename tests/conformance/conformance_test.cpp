#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <optional>
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

// The names that the lines of a list of this folder begin with; a reason may follow.
std::set<std::string> listed_in(const std::string& file) {
  std::set<std::string> names;
  std::ifstream list(folder / file);
  for (std::string line; std::getline(list, line);) {
    if (!line.empty() && line[0] != '#') {
      names.insert(line.substr(0, line.find(' ')));
    }
  }
  return names;
}

std::set<std::string> expected_to_come() {
  return listed_in("expected_to_come.txt");
}

std::set<std::string> not_of_slm_2_9() {
  return listed_in("not_of_slm_2_9.txt");
}

// Those of slm-3.1 that slm-2.9 answers in the same way.
std::vector<std::string> transcripts_of_both() {
  std::vector<std::string> names = transcripts();
  std::erase_if(names, [others = not_of_slm_2_9()](const std::string& name) {
    return !name.starts_with("slm-3.1/") || name.starts_with("slm-3.1/v29-") || others.contains(name);
  });
  return names;
}

client::Script as_slm_2_9(client::Script script) {
  for (client::Header& header : script.headers) {
    if (header.key == "dialect") {
      header.value = "slm-2.9";
    }
  }
  return script;
}

std::optional<std::string> missing_server(const client::Script& script) {
  auto requirement = script.header("requires");
  bool needs_ftp = requirement == "ftp" || requirement == "ftp-server";
  if (needs_ftp && !system_test::find_program("vsftpd")) {
    return "vsftpd is not installed";
  }
  return requirement == "tftp-server" ? system_test::Tftpd::obstacle() : std::nullopt;
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
  if (auto obstacle = missing_server(*script)) {
    GTEST_SKIP() << *obstacle;
  }
  // Those without counterparts have their replays in tests of their own.
  bool replays = !is_alone(*script);
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

class ConformanceOfSlm29 : public ::testing::TestWithParam<std::string> {};

TEST_P(ConformanceOfSlm29, AnswersAsTheDeviceOfSlm31) {
  auto script = client::read_script_file(folder / GetParam());
  ASSERT_TRUE(script) << base::to_block(script.error());
  ASSERT_EQ(script->dialect(), "slm-3.1");
  if (expected_to_come().contains(GetParam())) {
    GTEST_SKIP() << "commands of a later version";
  }
  if (auto obstacle = missing_server(*script)) {
    GTEST_SKIP() << *obstacle;
  }
  auto fault = play(as_slm_2_9(*script));
  EXPECT_FALSE(fault) << *fault;
}

INSTANTIATE_TEST_SUITE_P(Transcripts, ConformanceOfSlm29, ::testing::ValuesIn(transcripts_of_both()),
                         test_name);

// Nor may a transcript be kept from 2.9 that holds for it.
TEST(NotOfSlm29, NamesOnlyTranscriptsThatDoNotHoldForIt) {
  std::vector<std::string> all = transcripts();
  for (const std::string& name : not_of_slm_2_9()) {
    ASSERT_TRUE(std::find(all.begin(), all.end(), name) != all.end()) << name << " is no transcript";
    auto script = client::read_script_file(folder / name);
    ASSERT_TRUE(script);
    EXPECT_EQ(script->dialect(), "slm-3.1") << name;
    if (is_alone(*script)) {
      EXPECT_TRUE(play(as_slm_2_9(*script))) << name << " holds: take it off not_of_slm_2_9.txt";
    }
  }
  constexpr std::size_t least_played = 49;  // Raise it with every transcript that leaves the list.
  EXPECT_GE(transcripts_of_both().size(), least_played);
}

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
