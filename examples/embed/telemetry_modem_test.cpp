#include "telemetry_modem.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "attache_board.hpp"

namespace product {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::IsEmpty;
using State = TelemetryModem::State;

TEST(TelemetryModem, RegistersAndDeliversReports) {
  AttacheBoard board;
  TelemetryModem modem(board);
  board.start(modem);
  EXPECT_EQ(modem.state(), State::idle);

  modem.report("21.5 C");
  modem.report("21.6 C");
  board.advance(1s);
  EXPECT_THAT(board.reports, ElementsAre("21.5 C", "21.6 C"));
  EXPECT_EQ(modem.waiting(), 0U);
  EXPECT_EQ(modem.state(), State::idle);
}

TEST(TelemetryModem, KeepsReportsWhileThereIsNoCoverage) {
  AttacheBoard board;
  TelemetryModem modem(board);
  board.start(modem);

  board.steer("coverage off");
  EXPECT_EQ(modem.state(), State::searching);
  modem.report("21.5 C");
  board.advance(30min);
  EXPECT_THAT(board.reports, IsEmpty());
  EXPECT_EQ(modem.waiting(), 1U);

  board.steer("coverage on");
  board.advance(1h);  // The modem searches now and then.
  EXPECT_THAT(board.reports, ElementsAre("21.5 C"));
  EXPECT_EQ(modem.state(), State::idle);
}

TEST(TelemetryModem, TriesAgainAfterAReject) {
  constexpr int illegal_equipment = 6;
  AttacheBoard board;
  TelemetryModem modem(board);
  ASSERT_TRUE(board.network().reject_next_attach(illegal_equipment));
  board.start(modem);
  EXPECT_EQ(modem.state(), State::rejected);
  EXPECT_EQ(modem.reject_cause(), illegal_equipment);

  board.advance(14min);
  EXPECT_EQ(modem.state(), State::rejected);
  board.advance(2min);
  EXPECT_EQ(modem.state(), State::idle);
}

TEST(TelemetryModem, StaysRejectedWhereNoNetworkTakesIt) {
  AttacheBoard board("rejected-8");
  TelemetryModem modem(board);
  board.start(modem);
  board.advance(24h);
  EXPECT_EQ(modem.state(), State::rejected);
  EXPECT_EQ(modem.reject_cause(), 8);
}

TEST(TelemetryModem, SendsAReportAgainIfThePdnEndsBeforeItIsAcknowledged) {
  constexpr int regular_deactivation = 36;
  AttacheBoard board;
  TelemetryModem modem(board);
  board.start(modem);
  board.on_report = [&board] {
    board.server_answers = board.reports.size() > 1;
    if (!board.server_answers) {
      ASSERT_TRUE(board.network().deactivate_pdn(0, regular_deactivation));
    }
  };
  modem.report("21.5 C");
  board.advance(1min);  // The modem attaches anew, the driver connects again.
  EXPECT_THAT(board.reports, ElementsAre("21.5 C", "21.5 C"));
  EXPECT_EQ(modem.waiting(), 0U);
}

TEST(TelemetryModem, WaitsForASim) {
  AttacheBoard board;
  TelemetryModem modem(board);
  board.start(modem);
  ASSERT_TRUE(board.network().remove_sim());
  board.advance(10min);
  EXPECT_EQ(modem.state(), State::no_sim);
  modem.report("21.5 C");

  ASSERT_TRUE(board.network().insert_sim());
  board.advance(2min);
  EXPECT_THAT(board.reports, ElementsAre("21.5 C"));
}

TEST(TelemetryModem, GivesUpOnASlowServerAndDeliversLater) {
  AttacheBoard board;
  TelemetryModem modem(board);
  board.start(modem);
  board.bearer().link().change({.delay = 20s});  // The answer comes after 40 s: too late.
  modem.report("21.5 C");
  board.advance(3min);
  EXPECT_EQ(modem.waiting(), 1U);

  board.bearer().link().change({});
  board.advance(2min);
  EXPECT_EQ(modem.waiting(), 0U);
}

TEST(TelemetryModem, SurvivesNamesThatCannotBeResolved) {
  AttacheBoard board;
  TelemetryModem modem(board);
  board.start(modem);
  board.steer("dns no-such-name");
  modem.report("21.5 C");
  board.advance(1h);
  EXPECT_THAT(board.reports, IsEmpty());
  board.steer("dns ok");
  board.advance(1min);
  EXPECT_THAT(board.reports, ElementsAre("21.5 C"));
}

// A week on a train, in a fraction of a second.
TEST(TelemetryModem, LosesNoReportInAWeekOfBadCoverage) {
  AttacheBoard board("flaky-train");
  TelemetryModem modem(board);
  board.start(modem);
  for (int hour = 0; hour < 7 * 24; ++hour) {
    modem.report("report " + std::to_string(hour));
    board.advance(1h);
  }
  board.advance(1h);
  EXPECT_EQ(modem.waiting(), 0U);
  EXPECT_GE(board.reports.size(), 7U * 24U);  // Some twice: their acknowledgement was lost.
}

}  // namespace
}  // namespace product
