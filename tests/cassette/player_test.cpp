#include "cassette/player.hpp"

#include <gtest/gtest.h>

#include <string>

namespace attache::cassette {
namespace {

using namespace std::chrono_literals;

Cassette cassette_of(const std::string& lines) {
  auto read = parse_cassette("attache cassette 1\n" + lines, "a.cassette");
  EXPECT_TRUE(read) << (read ? "" : base::to_block(read.error()));
  return *read;
}

const std::string session =
    "0.000 < \\r\\nReady\\r\\n\n"
    "1.000 > AT+CPIN=\"{PIN}\"\\r\\n\n"
    "1.500 < \\r\\nOK\\r\\n\n"
    "9.000 < \\r\\n+CEREG: 1\\r\\n\n"
    "9.100 > AT+CFUN=0\\r\\n\n"
    "9.200 < \\r\\nOK\\r\\n\n";

class Host {
 public:
  explicit Host(const std::string& lines, Player::Options options = {})
      : cassette(cassette_of(lines)), player(cassette, std::move(options), now) {}

  /// What the modem says by now.
  std::string says(std::string_view bytes) {
    player.hear(bytes, now);
    return takes();
  }
  std::string takes() {
    std::string said;
    while (auto entry = player.take(now)) {
      said += player.bytes_of(*entry);
    }
    return said;
  }

  base::Time now{};
  Cassette cassette;
  Player player;
};

TEST(Player, AnswersAsTheModemDid) {
  Host host(session, {.values = {{"PIN", "4711"}}});
  EXPECT_EQ(host.takes(), "\r\nReady\r\n");
  EXPECT_EQ(host.says("AT+CPIN=\"4711\"\r\n"), "\r\nOK\r\n\r\n+CEREG: 1\r\n");
  EXPECT_FALSE(host.player.is_at_end());
  EXPECT_EQ(host.player.host_entries_left(), 1U);
  EXPECT_EQ(host.says("AT+CFUN=0\r\n"), "\r\nOK\r\n");
  EXPECT_TRUE(host.player.is_at_end());
  EXPECT_FALSE(host.player.fault());
}

TEST(Player, TakesBytesInOtherPieces) {
  Host host(session);
  std::string said = host.takes();
  for (char byte : std::string("AT+CPIN=\"0000\"\r\nAT+CFUN=0\r\n")) {
    said += host.says(std::string(1, byte));
  }
  EXPECT_EQ(said, "\r\nReady\r\n\r\nOK\r\n\r\n+CEREG: 1\r\n\r\nOK\r\n");
  EXPECT_TRUE(host.player.is_at_end());
  EXPECT_FALSE(host.player.fault());
}

TEST(Player, KeepsThePausesIfItShall) {
  Host host(session, {.values = {}, .keeps_times = true});
  EXPECT_EQ(host.takes(), "\r\nReady\r\n");
  EXPECT_EQ(host.says("AT+CPIN=\"1\"\r\n"), "");
  EXPECT_EQ(host.player.deadline(), host.now + 500ms);
  host.now += 500ms;
  EXPECT_EQ(host.takes(), "\r\nOK\r\n");
  host.now += 7499ms;
  EXPECT_EQ(host.takes(), "");
  host.now += 1ms;
  EXPECT_EQ(host.takes(), "\r\n+CEREG: 1\r\n");
  EXPECT_EQ(host.player.deadline(), std::nullopt);
}

TEST(Player, ReportsWhatIsNew) {
  Host host(session);
  host.takes();
  EXPECT_EQ(host.says("AT+CFUN=0\r\n"), "");
  ASSERT_TRUE(host.player.fault());
  const base::Reason& reason = *host.player.fault();
  EXPECT_EQ(reason.what, "the host says what a.cassette does not have here");
  EXPECT_EQ(reason.why, "it is something else than was recorded");
  EXPECT_EQ(reason.where, "a.cassette:3");
  EXPECT_EQ(reason.facts,
            (std::vector<std::pair<std::string, std::string>>{{"recorded", "AT+CPIN=\"{PIN}\"\\r\\n"},
                                                              {"now", "AT+CFUN=0\\r\\n"},
                                                              {"elsewhere", "a.cassette:6 has it"}}));
}

TEST(Player, ReportsWhatComesBehindTheEndAndNoSecretOfIt) {
  Host host("0.000 > AT\\r\\n\n0.010 < \\r\\nOK\\r\\n\n");
  EXPECT_EQ(host.says("AT\r\nAT+CPIN=\"4711\"\r\n"), "\r\nOK\r\n");
  ASSERT_TRUE(host.player.fault());
  EXPECT_EQ(host.player.fault()->why, "the cassette has been played to its end");
  EXPECT_EQ(host.player.fault()->facts,
            (std::vector<std::pair<std::string, std::string>>{{"now", "AT+CPIN=\"****\"\\r\\n"}}));
}

TEST(Player, WaitsForTheEndOfALineThatIsNewBeforeItReports) {
  Host host("0.000 > AT\\r\\n\n");
  EXPECT_EQ(host.says("ATI"), "");
  EXPECT_FALSE(host.player.fault());
  EXPECT_EQ(host.player.deadline(), host.now + 200ms);
  host.now += 200ms;
  host.player.pass_time(host.now);
  ASSERT_TRUE(host.player.fault());
}

TEST(Player, HoldsAHostBackThatSpeaksWhileTheModemHasTheWord) {
  Host host("0.000 > AT\\r\\n\n1.000 < \\r\\nOK\\r\\n\n1.100 > ATI\\r\\n\n1.200 < \\r\\nX\\r\\n\n",
            {.values = {}, .keeps_times = true});
  EXPECT_EQ(host.says("AT\r\nATI\r\n"), "");
  EXPECT_FALSE(host.player.fault());
  host.now += 1000ms;
  EXPECT_EQ(host.takes(), "\r\nOK\r\n");
  host.now += 100ms;
  EXPECT_EQ(host.takes(), "\r\nX\r\n");
}

TEST(Player, GivesChangesOfTheModemsLinesAndPassesOverTheHosts) {
  Host host("0.000 = dtr off\n0.000 = cts off\n0.000 = baud 9600\n0.100 > AT\\r\\n\n");
  auto first = host.player.take(host.now);
  ASSERT_TRUE(first);
  EXPECT_EQ(line_of(*first), "0.000 = cts off\n");
  auto second = host.player.take(host.now);
  ASSERT_TRUE(second);
  EXPECT_EQ(second->baud, 9600U);
  EXPECT_FALSE(host.player.take(host.now));
}

TEST(Player, WritesStarsForASecretOfTheModemWithoutAValue) {
  Host host("0.000 < token {SECRET}\\r\\n\n");
  EXPECT_EQ(host.takes(), "token ********\r\n");
}

}  // namespace
}  // namespace attache::cassette
