#include "device/steering/scenario.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "net/bearer_control.hpp"
#include "steered_device.hpp"

namespace attache::device {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;

class Playing : public SteeredDevice {
 public:
  explicit Playing(std::string_view text, std::uint64_t seed = 1)
      : player(std::make_unique<ScenarioPlayer>(*device, *read_scenario(text, "test.toml"), seed)) {
    start();
  }

  [[nodiscard]] base::Duration delay() { return device->bearer_control()->link().options().delay; }
  /// When the commands of the scenario ran, in milliseconds.
  std::string times(base::Duration duration) {
    std::string text;
    for (base::Duration passed{}; passed < duration; passed += 10ms) {
      clock.advance(10ms);
      for (const base::JournalEntry& entry : std::exchange(journal, {})) {
        if (entry.module == "scenario") {
          text += std::to_string((passed + 10ms) / 1ms) + " ";
        }
      }
    }
    return text;
  }

  std::unique_ptr<ScenarioPlayer> player;
};

TEST(Scenario, RunsCommandsAtTheirTimes) {
  Playing device(R"(
    [[step]]
    at = "12.5s"
    do = "link delay=1s"
    [[step]]
    at = 20
    do = ["link delay=2s", "link loss=1%"]
  )");
  device.clock.advance(12499ms);
  EXPECT_EQ(device.delay(), 0s);
  device.clock.advance(1ms);
  EXPECT_EQ(device.delay(), 1s);
  device.clock.advance(7500ms);
  EXPECT_EQ(device.delay(), 2s);
  EXPECT_EQ(device.device->bearer_control()->link().options().loss, 0.01);
}

TEST(Scenario, RunsCommandsSomeTimeAfterAnEvent) {
  Playing device(R"(
    [[step]]
    on = "pdn-up"
    after = "3s"
    do = "link delay=1s"
    [[step]]
    on = "pdn-down"
    do = "link clear"
  )");
  device.clock.advance(1h);
  EXPECT_EQ(device.delay(), 0s);
  device.send("AT+CFUN=1");
  device.clock.advance(3s);
  EXPECT_EQ(device.delay(), 1s);
  device.send("AT+CFUN=4");
  device.clock.advance(1s);
  EXPECT_EQ(device.delay(), 0s);
}

TEST(Scenario, HearsTheLinesOfHostAndDevice) {
  Playing device(R"(
    [[step]]
    on = "input AT#XSLMVER"
    do = "link delay=1s"
    [[step]]
    on = "output #XSLMVER"
    do = "link loss=50%"
  )");
  device.send("AT");
  device.clock.advance(1s);
  EXPECT_EQ(device.delay(), 0s);
  device.send("AT#XSLMVER");
  device.clock.settle();
  EXPECT_EQ(device.delay(), 1s);
  EXPECT_EQ(device.device->bearer_control()->link().options().loss, 0.5);
}

TEST(Scenario, RepeatsAsOftenAsItIsTold) {
  Playing device(R"(
    [[step]]
    at = "1s"
    every = "2s"
    times = 3
    do = "dns ok"
  )");
  EXPECT_EQ(device.times(20s), "1000 3000 5000 ");
}

TEST(Scenario, PlaysTheSameWithTheSameSeed) {
  constexpr std::string_view text = R"(
    [[step]]
    at = "1s"
    jitter = "5s"
    every = "1s"
    chance = "50%"
    times = 20
    do = "dns ok"
  )";
  std::string first = Playing(text, 1).times(2min);
  EXPECT_EQ(Playing(text, 1).times(2min), first);
  EXPECT_NE(Playing(text, 2).times(2min), first);
  auto runs = std::count(first.begin(), first.end(), ' ');
  EXPECT_GT(runs, 3);
  EXPECT_LT(runs, 17);
}

TEST(Scenario, ReportsACommandThatFails) {
  Playing device("[[step]]\nat = 1\ndo = \"link fast\"\n");
  device.clock.advance(1s);
  ASSERT_FALSE(device.journal.empty());
  ASSERT_TRUE(device.journal.back().reason.has_value());
  EXPECT_EQ(device.journal.back().reason->where, "test.toml:1:1");
  EXPECT_EQ(device.journal.back().reason->why, "`fast` is not understood");
}

std::string refusal(std::string_view text) {
  auto read = read_scenario(text, "s.toml");
  return read ? "" : read.error().where + " " + read.error().why + " | " + read.error().advice;
}

TEST(ScenarioFile, NamesThePlaceOfEveryFault) {
  EXPECT_EQ(refusal("[[step]]\nat = 1\n"), "s.toml:1:1 `do` is missing: the commands of the step | ");
  EXPECT_EQ(refusal("[[step]]\ndo = \"link\"\n"), "s.toml:1:1 a step has either `at` or `on` | ");
  EXPECT_EQ(refusal("[[step]]\nat = 1\non = \"pdn-up\"\ndo = \"link\"\n"),
            "s.toml:1:1 a step has either `at` or `on` | ");
  EXPECT_EQ(refusal("[[step]]\nat = \"soon\"\ndo = \"link\"\n"),
            "s.toml:2:6 `at` is a time such as \"12.5s\", or seconds | ");
  EXPECT_EQ(refusal("[[step]]\nat = 1\ndo = \"lonk\"\n"),
            "s.toml:3:6 unknown command: there is no `lonk` | did you mean `link`?");
  EXPECT_EQ(refusal("[[step]]\nat = 1\ndo = \"link\"\neverry = 1\n"),
            "s.toml:4:1 `everry` is no key of a step | did you mean `every`?");
  EXPECT_EQ(refusal("[[step]]\nat = 1\ndo = \"link\"\ntimes = 2\n"),
            "s.toml:4:9 `times` is a whole number from 1 on, beside `every` | ");
  EXPECT_EQ(refusal("[[step]]\nat = 1\ndo = \"link\"\nevery = 0\n"),
            "s.toml:4:9 `every` is at least 100 ms | ");
  EXPECT_EQ(refusal("[[step]]\nat = 1\ndo = \"link\"\nevery = \"99ms\"\n"),
            "s.toml:4:9 `every` is at least 100 ms | ");
  EXPECT_TRUE(read_scenario("[[step]]\nat = 1\ndo = \"link\"\nevery = \"100ms\"\n", "s.toml"));
  EXPECT_EQ(refusal("[[step]]\nat = 1\ndo = \"link\"\nchance = 3\n"),
            "s.toml:4:10 `chance` is a percentage such as \"25%\" | ");
  EXPECT_THAT(refusal("[[step]]\non = \"noon\"\ndo = \"link\"\n"), HasSubstr("`on` names no event"));
  EXPECT_EQ(refusal("seed = -1\n"), "s.toml:1:8 `seed` is a whole number from 0 on | ");
  EXPECT_EQ(refusal("steps = 1\n"),
            "s.toml:1:1 `steps` is no key of a scenario | known: `seed` and [[step]]");
  EXPECT_EQ(refusal(""), " it has no [[step]] | ");
  EXPECT_THAT(refusal("[[step"), HasSubstr("s.toml:1:"));
}

TEST(ScenarioFile, NamesAFileThatCannotBeRead) {
  auto read = read_scenario_file("/nonexistent/s.toml");
  ASSERT_FALSE(read);
  EXPECT_EQ(read.error().what, "the scenario file cannot be read");
  EXPECT_EQ(read.error().where, "/nonexistent/s.toml");
}

}  // namespace
}  // namespace attache::device
