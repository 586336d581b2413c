#include "cassette/splice.hpp"

#include <gtest/gtest.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <optional>
#include <string>

#include "serial/memory_port.hpp"

namespace attache::cassette {
namespace {

using namespace std::chrono_literals;

class SpliceTest : public ::testing::Test {
 protected:
  void begin_joining() { begin(join(host, modem, clock, recorder)); }
  void begin(asio::awaitable<End> work) {
    asio::co_spawn(context, std::move(work), [this](std::exception_ptr error, End end) {
      EXPECT_FALSE(error);
      ended = end;
    });
    clock.settle();
  }
  void host_says(std::string_view bytes) {
    host.host_sends(bytes);
    clock.settle();
  }
  void modem_says(std::string_view bytes) {
    modem.host_sends(bytes);
    clock.settle();
  }
  void TearDown() override {
    host.close();
    modem.close();
    clock.advance(1s);
  }

  asio::io_context context;
  base::ManualClock clock{context};
  serial::MemoryPort host;
  serial::MemoryPort modem;
  std::string written;
  Recorder recorder{clock.now(), SecretNames(), [this](const Entry& entry) { written += line_of(entry); }};
  std::optional<End> ended;
};

TEST_F(SpliceTest, CarriesEachSidesBytesToTheOtherAndRecordsThem) {
  begin_joining();
  modem_says("\r\nReady\r\n");
  EXPECT_EQ(host.host_takes(), "\r\nReady\r\n");
  clock.advance(40ms);
  host_says("AT+CPIN=\"4711\"\r\n");
  EXPECT_EQ(modem.host_takes(), "AT+CPIN=\"4711\"\r\n");
  modem_says("\r\nOK\r\n");
  EXPECT_EQ(host.host_takes(), "\r\nOK\r\n");
  EXPECT_EQ(written, "0.000 < \\r\\nReady\\r\\n\n0.040 > AT+CPIN=\"{PIN}\"\\r\\n\n0.040 < \\r\\nOK\\r\\n\n");
}

TEST_F(SpliceTest, WritesDataOnceNothingHasFollowed) {
  begin_joining();
  host_says("data");
  EXPECT_EQ(modem.host_takes(), "data");
  clock.advance(999ms);
  EXPECT_EQ(written, "");
  clock.advance(1ms);
  EXPECT_EQ(written, "0.000 > data\n");
}

TEST_F(SpliceTest, CarriesControlLinesOver) {
  begin_joining();
  ASSERT_TRUE(host.drive_host_lines({.dtr = false, .rts = true}));
  EXPECT_EQ(modem.device_lines(), (base::DeviceLines{.dsr = false, .cts = true, .dcd = false, .ri = false}));
  ASSERT_TRUE(modem.drive_host_lines({.dtr = true, .rts = false}));
  clock.advance(20ms);
  EXPECT_EQ(host.device_lines(), (base::DeviceLines{.dsr = true, .cts = false, .dcd = true, .ri = false}));
  EXPECT_EQ(written, "0.000 = dtr off\n0.020 = cts off\n");
}

TEST_F(SpliceTest, GivesBothPortsTheRateThatTheModemHasTaken) {
  begin_joining();
  host_says("AT#XSLMUART=921600\r\n");
  EXPECT_EQ(modem.baud(), 115200U);
  modem_says("\r\nOK\r\n");
  EXPECT_EQ(host.baud(), 921600U);
  EXPECT_EQ(modem.baud(), 921600U);
  EXPECT_EQ(written, "0.000 > AT#XSLMUART=921600\\r\\n\n0.000 < \\r\\nOK\\r\\n\n0.000 = baud 921600\n");
}

TEST_F(SpliceTest, ReadsNoMoreWhileTheOtherSideTakesNothing) {
  begin_joining();
  modem.stall(true);
  std::string much(1024UL * 1024, 'x');
  host_says(much);
  EXPECT_LT(modem.queued(), 128UL * 1024);
  modem.stall(false);
  clock.settle();
  EXPECT_EQ(modem.host_takes().size(), much.size());
}

TEST_F(SpliceTest, EndsWhenEitherSideHasEnded) {
  begin_joining();
  host_says("AT");
  modem.host_closes();
  clock.advance(1s);
  EXPECT_EQ(ended, End::modem_closed);
  EXPECT_EQ(written, "0.000 > AT\n");
}

TEST_F(SpliceTest, EndsWhenTheHostHasEnded) {
  begin_joining();
  host.host_closes();
  clock.advance(1s);
  EXPECT_EQ(ended, End::host_closed);
}

TEST_F(SpliceTest, EndsWhenAPortFails) {
  modem.fail_at(1);
  begin_joining();
  modem_says("OK");
  clock.advance(1s);
  EXPECT_EQ(ended, End::modem_closed);
}

class PerformanceTest : public SpliceTest {
 protected:
  void play(const std::string& lines, Player::Options options = {}) {
    auto read = parse_cassette("attache cassette 1\n" + lines, "a.cassette");
    ASSERT_TRUE(read);
    cassette = std::move(*read);
    player.emplace(cassette, std::move(options), clock.now());
    begin(perform(host, clock, *player));
  }

  Cassette cassette;
  std::optional<Player> player;
};

TEST_F(PerformanceTest, AnswersInTheModemsPlace) {
  play("0.000 < \\r\\nReady\\r\\n\n0.010 > AT\\r\\n\n0.500 < \\r\\nOK\\r\\n\n0.500 = cts off\n",
       {.values = {}, .keeps_times = true});
  EXPECT_EQ(host.host_takes(), "\r\nReady\r\n");
  host_says("AT\r\n");
  EXPECT_EQ(host.host_takes(), "");
  clock.advance(490ms);
  EXPECT_EQ(host.host_takes(), "\r\nOK\r\n");
  EXPECT_FALSE(host.device_lines().cts);
  EXPECT_FALSE(ended);
  host.host_closes();
  clock.settle();
  EXPECT_EQ(ended, End::played);
}

TEST_F(PerformanceTest, EndsWithWhatIsNew) {
  play("0.000 > AT\\r\\n\n");
  host_says("ATI");
  EXPECT_FALSE(ended);
  clock.advance(200ms);
  EXPECT_EQ(ended, End::strange);
  EXPECT_TRUE(player->fault());
}

TEST_F(PerformanceTest, TellsAHostThatLeavesBeforeTheEnd) {
  play("0.000 > AT\\r\\n\n");
  host.host_closes();
  clock.settle();
  EXPECT_EQ(ended, End::host_closed);
  EXPECT_EQ(player->host_entries_left(), 1U);
}

}  // namespace
}  // namespace attache::cassette
