#include "device/steering/steering.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <iterator>

#include "net/bearer_control.hpp"
#include "steered_device.hpp"

namespace attache::device {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

TEST(SteeringWords, AreSeparatedByBlanksAndMayBeQuoted) {
  EXPECT_THAT(*steering_words("  sms in\t+491234 \"two words\" a\"b c\"d "),
              ElementsAre("sms", "in", "+491234", "two words", "ab cd"));
  EXPECT_THAT(*steering_words(R"("a \"quote\" and \\")"), ElementsAre(R"(a "quote" and \)"));
  EXPECT_THAT(*steering_words("\"\""), ElementsAre(""));
  EXPECT_TRUE(steering_words("")->empty());
  EXPECT_EQ(steering_words("a \"b").error().why, "a double quote is not closed");
}

TEST(Steering, NamesTheNearestCommand) {
  SteeredDevice device;
  EXPECT_EQ(device.steer("lonk"), "unknown command: there is no `lonk` | did you mean `link`?");
  EXPECT_THAT(device.steer("xyzzy"), HasSubstr("known: help, "));
  EXPECT_EQ(device.steer(" "), "there is no command: the line is empty | `help` lists the commands");
  EXPECT_THAT(device.steer(std::string(5000, 'x')), HasSubstr("5000 bytes; 4096 are the most"));
}

TEST(Steering, ListsItsCommandsWithTheirUsage) {
  SteeredDevice device;
  std::string help = device.steer("help");
  for (const SteeringCommand& command : steering_commands()) {
    EXPECT_THAT(help, HasSubstr(std::string(command.usage)));
  }
}

TEST(Steering, IsDocumentedInTheSameWords) {
  std::ifstream file(ATTACHE_TEST_DATA "/../docs/steering.md");
  std::string document{std::istreambuf_iterator<char>(file), {}};
  for (const SteeringCommand& command : steering_commands()) {
    EXPECT_THAT(document, HasSubstr(fmt::format("- `{}`\n  {}\n", command.usage, command.meaning)));
  }
}

TEST(Steering, ChangesTheLinkPieceByPiece) {
  SteeredDevice device;
  EXPECT_EQ(device.steer("link"), "link: delay 0 ms, up unlimited, down unlimited, loss 0%, outage off");
  device.steer("link delay=200ms rate=60k");
  EXPECT_EQ(device.steer("link up=1M loss=2.5% outage=on"),
            "link: delay 200 ms, up 1000000 bit/s, down 60000 bit/s, loss 2.5%, outage on");
  net::LinkOptions expected{.delay = std::chrono::milliseconds(200),
                            .up_rate = 1000000,
                            .down_rate = 60000,
                            .loss = 0.025,
                            .outage = true};
  EXPECT_EQ(device.device->bearer_control()->link().options(), expected);
  device.steer("link clear");
  EXPECT_EQ(device.device->bearer_control()->link().options(), net::LinkOptions{});
}

TEST(Steering, LeavesTheLinkAloneWhenAWordIsWrong) {
  SteeredDevice device;
  for (const char* line : {"link delay=1s loss=200%", "link delay=2h", "link outage=maybe", "link fast",
                           "link speed=1", "link delay=1s rate=x"}) {
    EXPECT_THAT(device.steer(line), HasSubstr("usage: link [clear]")) << line;
    EXPECT_EQ(device.device->bearer_control()->link().options(), net::LinkOptions{}) << line;
  }
}

TEST(Steering, ChangesRoutes) {
  SteeredDevice device;
  EXPECT_EQ(device.steer("route"), "no routes");
  device.steer("route add example.com:443 127.0.0.1:8443");
  device.steer("route add *.dead.test unreachable");
  EXPECT_EQ(device.steer("route"),
            "routes:\n  *.dead.test -> unreachable\n  example.com:443 -> 127.0.0.1:8443");
  EXPECT_EQ(device.steer("route remove example.com:443"), "routes:\n  *.dead.test -> unreachable");
  EXPECT_THAT(device.steer("route remove example.com:443"), HasSubstr("no such route"));
  EXPECT_THAT(device.steer("route add example.com nowhere"), HasSubstr("has no port"));
  EXPECT_THAT(device.steer("route ad x y"), HasSubstr("usage: route"));
  EXPECT_EQ(device.steer("route clear"), "no routes");
}

TEST(Steering, LetsNamesFail) {
  SteeredDevice device;
  EXPECT_EQ(device.steer("dns no-such-name"), "no name exists from now on");
  EXPECT_EQ(device.device->bearer_control()->name_failure(), net::Errno::no_entry);
  EXPECT_EQ(device.steer("dns no-answer"), "name servers give no answer from now on");
  EXPECT_EQ(device.steer("dns ok"), "names are resolved again");
  EXPECT_EQ(device.device->bearer_control()->name_failure(), std::nullopt);
  EXPECT_THAT(device.steer("dns maybe"), HasSubstr("usage: dns ok"));
}

TEST(Steering, PullsTheWakeUpPin) {
  SteeredDevice device;
  device.start();
  EXPECT_EQ(device.send("AT#XSLEEP=2"), "");
  EXPECT_EQ(device.steer("pin wake-up low"), "the wake-up pin was low for a moment");
  EXPECT_EQ(device.port->host_takes(), "Ready\r\n");
  EXPECT_THAT(device.steer("pin dtr low"), HasSubstr("usage: pin"));
  EXPECT_THAT(device.steer("pin dtr on"), HasSubstr("slm-1.6 has no such line"));
}

TEST(Steering, AdvancesTheManualClock) {
  SteeredDevice device;
  device.start();
  EXPECT_EQ(device.send("AT#XRESET"), "\r\nOK\r\n");
  EXPECT_EQ(device.steer("clock advance 2s"), "the clock is 2s further");
  EXPECT_EQ(device.port->host_takes(), "Ready\r\n");
  EXPECT_THAT(device.steer("clock advance soon"), HasSubstr("`soon` is no time"));
}

}  // namespace
}  // namespace attache::device
