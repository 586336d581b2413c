#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <set>
#include <string>
#include <vector>

#include "client/script.hpp"
#include "conformance/replays.hpp"
#include "conformance/transcript_player.hpp"

namespace attache::conformance {
namespace {

const std::filesystem::path transcripts_folder = std::filesystem::path(ATTACHE_TEST_DATA) / "conformance";

std::set<std::string> names_still_to_come() {
  std::set<std::string> names;
  std::ifstream list(transcripts_folder / "expected_to_come.txt");
  for (std::string line; std::getline(list, line);) {
    names.insert(line);
  }
  return names;
}

// Those that need nothing beside the device; those with counterparts are replayed where they are played.
std::vector<std::string> replayable() {
  std::set<std::string> to_come = names_still_to_come();
  std::vector<std::string> names;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(transcripts_folder)) {
    std::string name = std::filesystem::relative(entry.path(), transcripts_folder).string();
    if (entry.path().extension() != ".at" || to_come.contains(name)) {
      continue;
    }
    auto script = client::read_script_file(entry.path());
    if (script && is_alone(*script)) {
      names.push_back(name);
    }
  }
  std::sort(names.begin(), names.end());
  return names;
}

cellular::Timing replay_timing(const std::string& name) {
  return {name == "nrf91-modem/14-boot-poll.at" ? 60.0 : 0.0};
}

class Cassettes : public ::testing::TestWithParam<std::string> {};

TEST_P(Cassettes, SayTheSameOfAFreshDevice) {
  auto script = client::read_script_file(transcripts_folder / GetParam());
  ASSERT_TRUE(script);
  auto fault = play_and_replay(*script, replay_timing(GetParam()));
  EXPECT_FALSE(fault) << *fault;
}

std::string cassette_name(const ::testing::TestParamInfo<std::string>& info) {
  std::string name = info.param;
  std::replace_if(
      name.begin(), name.end(), [](char c) { return std::isalnum(static_cast<unsigned char>(c)) == 0; }, '_');
  return name;
}

INSTANTIATE_TEST_SUITE_P(Transcripts, Cassettes, ::testing::ValuesIn(replayable()), cassette_name);

// Each place at which a cassette of the transcripts' own firmware differs from another one's.
std::set<std::string> places_that_differ(const std::string& firmware) {
  std::set<std::string> places;
  for (const std::string& name : replayable()) {
    auto script = client::read_script_file(transcripts_folder / name);
    EXPECT_TRUE(script);
    if (script->header("profile")) {
      continue;  // About a firmware of its own.
    }
    Replay replay = play_twice(*script, replay_timing(name), firmware);
    EXPECT_FALSE(replay.fault) << name << "\n" << *replay.fault;
    for (const cassette::Difference& difference : replay.comparison.differences) {
      places.insert(name + ": " + difference.said.substr(0, difference.said.find('\\')));
    }
  }
  return places;
}

// docs/fidelity.md, "differences of firmware".
TEST(CassettesOfAnotherFirmware, DifferWhereThatIsDocumentedAndNowhereElse) {
  EXPECT_EQ(places_that_differ("mfw_nrf9160_1.3.2"), std::set<std::string>{});
  EXPECT_EQ(places_that_differ("mfw_nrf9160_1.2.3"), (std::set<std::string>{
                                                         // The tail of +CEREG is longer.
                                                         "serial-modem-2.0/urc-filter-attach.at: AT+CEREG?",
                                                         "serial-modem-2.0/urc-filter-attach.at: AT+CFUN=1",
                                                         "serial-modem-2.0/urc-filter.at: AT+CEREG?",
                                                         // There is no %DEVICEUUID.
                                                         "slm-3.1/generic-forms.at: AT#XUUID=",
                                                         "slm-3.1/generic-forms.at: AT#XUUID=1",
                                                         "slm-3.1/generic.at: AT#XUUID",
                                                         // The tail of +CEREG again.
                                                         "steering/reject.at: AT+CFUN=1",
                                                         // %XSIM gives no cause.
                                                         "steering/sim.at: ",
                                                     }));
  EXPECT_EQ(places_that_differ("mfw_nrf91x1_2.0.2"), (std::set<std::string>{
                                                         // No ME PDN DEACT.
                                                         "serial-modem-2.0/urc-filter-attach.at: AT+CFUN=4",
                                                     }));
}

}  // namespace
}  // namespace attache::conformance
