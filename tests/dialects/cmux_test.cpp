#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "dialects/multiplexed_device.hpp"
#include "dialects/multiplexing.hpp"

namespace attache::dialects {
namespace {

using namespace std::chrono_literals;

TEST(Cmux, CarriesCommandsOnEachChannelThatIsOpened) {
  MultiplexedDevice device;
  device.start();
  device.open(1);
  device.open(3);
  EXPECT_EQ(device.on(1, "AT"), ok);
  EXPECT_EQ(device.on(3, "AT+CFUN?"), answer("+CFUN: 0"));
  EXPECT_EQ(device.said(1), "");
}

TEST(Cmux, KeepsAnswersOfManyLinesTogether) {
  MultiplexedDevice device;
  EXPECT_EQ(device.send("AT%CMNG=0,7,4,\"one\""), ok);
  EXPECT_EQ(device.send("AT%CMNG=0,8,4,\"two\""), ok);
  device.start();
  device.open(1);
  device.open(2);
  std::string list = device.on(2, "AT%CMNG=1");
  std::string commands = device.on(1, "AT#XCLAC");
  EXPECT_EQ(device.on(1, "AT+CEREG=1"), ok);
  EXPECT_THAT(device.on(1, "AT+CFUN=1"), testing::StartsWith(ok));
  device.pass(1s);
  device.said(1);
  using serial::cmux::encode;
  using serial::cmux::FrameType;
  auto line = [](std::uint8_t dlci, std::string_view text) {
    return encode({dlci, true, FrameType::uih, false, fmt::format("{}\r", text)});
  };
  // All at one instant, and a notification is on its way.
  std::string at_once = line(1, "AT#XCLAC") + line(2, "AT%CMNG=1") + line(1, "AT+CFUN=4") + line(2, "AT") +
                        line(1, "AT%CMNG=1") + line(2, "AT#XCLAC") + line(2, "AT+CFUN?");
  device.give_octets(at_once);
  device.pass(1s);
  EXPECT_EQ(device.said(1), commands + ok + list + "\r\n+CEREG: 0\r\n");
  EXPECT_EQ(device.said(2), list + ok + commands + answer("+CFUN: 4"));
}

TEST(Cmux, TakesTheFramesThatComeWithTheCommand) {
  MultiplexedDevice device;
  using serial::cmux::encode;
  using serial::cmux::FrameType;
  std::string control = encode({0, true, FrameType::sabm, true});
  std::string first = encode({1, true, FrameType::sabm, true});
  EXPECT_EQ(device.raw("AT+CMUX=0\r" + control + first + encode({1, true, FrameType::uih, false, "AT\r"})),
            ok + encode({0, true, FrameType::ua, true}) + encode({1, true, FrameType::ua, true}) +
                encode({1, false, FrameType::uih, false, ok}));
}

TEST(Cmux, MovesTheContextThatHasStartedIt) {
  MultiplexedDevice device;
  EXPECT_EQ(device.send("ATE1"), ok);
  EXPECT_EQ(device.raw("AT+CMUX=0\r"), "AT+CMUX=0\r" + ok);
  device.open(0);
  device.open(1);
  device.open(2);
  EXPECT_EQ(device.on(1, "AT"), "AT\r" + ok);
  EXPECT_EQ(device.on(2, "AT"), ok);
}

TEST(Cmux, RefusesToStartTwice) {
  MultiplexedDevice device;
  device.start();
  device.open(1);
  EXPECT_EQ(device.on(1, "AT+CMUX=0"), error);
  EXPECT_EQ(device.on(1, "AT#XCMUX"), error);
  EXPECT_EQ(device.on(1, "AT+CMUX?"), answer("+CMUX: 0,0"));
}

TEST(Cmux, LeavesTheRateAlone) {
  MultiplexedDevice device;
  device.start();
  device.open(1);
  EXPECT_EQ(device.on(1, "AT+IPR=921600"), error);
}

TEST(Cmux, EndsByCommandWithTheContextOfNotifications) {
  MultiplexedDevice device;
  device.start();
  device.open(1);
  device.open(2);
  EXPECT_EQ(device.on(2, "ATE1"), ok);
  EXPECT_EQ(device.on(1, "AT#XCMUXURC=2"), ok);
  EXPECT_EQ(device.on(1, "AT#XCMUXCLD"), ok);
  EXPECT_EQ(device.after(10ms), "");
  EXPECT_EQ(device.raw("AT\r"), "AT\r" + ok);
  EXPECT_EQ(device.raw("AT#XCMUXURC?\r"), "AT#XCMUXURC?\r" + answer("#XCMUXURC: 2"));
}

TEST(Cmux, EndsByCloseDownOfTheHostAndStartsAgain) {
  MultiplexedDevice device;
  for (int round = 0; round < 3; ++round) {
    device.start();
    device.open(1);
    EXPECT_EQ(device.on(1, "AT"), ok);
    device.control(serial::cmux::MessageType::close_down);
    device.pass(340ms);
    EXPECT_EQ(device.send("AT"), ok);
  }
}

TEST(Cmux, EndsByDiscOfTheControlChannel) {
  MultiplexedDevice device;
  device.start();
  device.close(0);
  device.pass(10ms);
  EXPECT_EQ(device.send("AT"), ok);
}

TEST(Cmux, EndsWhenTheHostIsGone) {
  MultiplexedDevice device;
  device.start();
  device.open(1);
  device.port().host_presence(false);
  device.clock.settle();
  EXPECT_EQ(device.send("AT"), ok);
}

TEST(Cmux, TakesTheFirstCommandOfTheHostThatComesNext) {
  MultiplexedDevice device;
  device.start();
  device.open(1);
  device.port().host_presence(false);
  device.port().host_presence(true);
  EXPECT_EQ(device.send("AT"), ok);
}

TEST(Cmux, GoesOnWhenAHostThatHasOnlyStartedItIsGone) {
  MultiplexedDevice device;
  EXPECT_EQ(device.send("AT+CMUX=0"), ok);
  device.port().host_presence(false);
  device.clock.settle();
  device.open(0);
}

TEST(Cmux, GoesOnWithoutItsHostIfItIsBuiltSo) {
  DialectOptions options = with_cmux();
  options.cmux_outlives_host = true;
  MultiplexedDevice device(options);
  device.start();
  device.open(1);
  device.port().host_presence(false);
  device.clock.settle();
  EXPECT_EQ(device.on(1, "AT"), ok);
}

TEST(Cmux, EndsWithAReset) {
  MultiplexedDevice device;
  device.start();
  device.open(1);
  device.open(2);
  EXPECT_EQ(device.on(2, "AT#XRESET"), ok);
  EXPECT_EQ(device.after(2s), "Ready\r\n");
  EXPECT_EQ(device.send("AT#XCMUX?"), answer("#XCMUX: 1,4"));
}

TEST(Cmux, KeepsTheLastContextWhenItsChannelIsClosed) {
  MultiplexedDevice device;
  device.start();
  device.open(1);
  EXPECT_EQ(device.on(1, "ATE1"), ok);
  device.close(1);
  device.open(1);
  EXPECT_EQ(device.on(1, "AT"), "AT\r" + ok);
}

TEST(Cmux, ForgetsAContextWhoseChannelIsClosed) {
  MultiplexedDevice device;
  device.start();
  device.open(1);
  device.open(2);
  EXPECT_EQ(device.on(2, "ATE1"), ok);
  device.close(2);
  device.open(2);
  EXPECT_EQ(device.on(2, "AT"), ok);
}

TEST(Cmux, SaysNotificationsOnTheFirstChannelInCommandMode) {
  MultiplexedDevice device;
  device.start();
  device.open(2);
  device.open(1);
  EXPECT_EQ(device.on(2, "AT+CEREG=1"), ok);
  device.on(2, "AT+CFUN=1");
  device.pass(1s);
  EXPECT_NE(device.said(1).find("\r\n+CEREG: 1\r\n"), std::string::npos);
  EXPECT_EQ(device.said(2).find("+CEREG: 1"), std::string::npos);
}

TEST(Cmux, SaysNotificationsOnTheChannelThatIsChosen) {
  MultiplexedDevice device;
  EXPECT_EQ(device.send("AT#XCMUXURC=2"), ok);
  device.start();
  device.open(1);
  device.open(2);
  EXPECT_EQ(device.on(1, "AT+CEREG=1"), ok);
  std::string said = device.on(1, "AT+CFUN=1");
  device.pass(1s);
  EXPECT_EQ((said + device.said(1)).find("+CEREG: 1"), std::string::npos);
  EXPECT_NE(device.said(2).find("\r\n+CEREG: 1\r\n"), std::string::npos);
}

TEST(Cmux, LosesNotificationsOfAChannelThatIsNotOpen) {
  MultiplexedDevice device;
  EXPECT_EQ(device.send("AT#XCMUXURC=3"), ok);
  device.start();
  device.open(1);
  EXPECT_EQ(device.on(1, "AT+CEREG=1"), ok);
  std::string said = device.on(1, "AT+CFUN=1");
  device.pass(1s);
  device.open(3);
  device.pass(1s);
  EXPECT_EQ((said + device.said(1)).find("+CEREG: 1"), std::string::npos);
  EXPECT_EQ(device.said(3), "");
}

TEST(Cmux, SaysNotificationsOnAllChannels) {
  MultiplexedDevice device;
  EXPECT_EQ(device.send("AT#XCMUXURC=99"), ok);
  device.start();
  device.open(1);
  device.open(2);
  EXPECT_EQ(device.on(1, "AT+CEREG=1"), ok);
  std::string said = device.on(1, "AT+CFUN=1");
  device.pass(1s);
  EXPECT_NE((said + device.said(1)).find("\r\n+CEREG: 1\r\n"), std::string::npos);
  EXPECT_NE(device.said(2).find("\r\n+CEREG: 1\r\n"), std::string::npos);
}

TEST(Cmux, HasNoChannelForAllInThePreview) {
  MultiplexedDevice device(with_cmux("serial-modem-1.99"));
  EXPECT_EQ(device.send("AT#XCMUXURC=99"), error);
  EXPECT_EQ(device.send("AT#XCMUXURC=4"), ok);
}

TEST(Cmux, HasAsManyChannelsAsItIsBuiltWith) {
  DialectOptions options = with_cmux();
  options.cmux_channels = 6;
  MultiplexedDevice device(options);
  EXPECT_EQ(device.send("AT#XCMUX?"), answer("#XCMUX: 1,6"));
  device.start();
  device.open(6);
  EXPECT_EQ(device.on(6, "AT"), ok);
}

TEST(Cmux, LetsAHostThatIsSlowHoldOneChannelBackAlone) {
  MultiplexedDevice device;
  device.start();
  device.open(1);
  device.open(2);
  device.control(serial::cmux::MessageType::modem_status, "\x07\x8F");
  EXPECT_EQ(device.on(1, "AT"), "");
  EXPECT_EQ(device.on(2, "AT"), ok);
  device.control(serial::cmux::MessageType::modem_status, "\x07\x8D");
  EXPECT_EQ(device.said(1), ok);
}

// Its answers are not kept without bound: the device stops reading until they are taken.
TEST(Cmux, ReadsNoFurtherWhileAHostAsksAndTakesNoAnswers) {
  MultiplexedDevice device;
  device.start();
  std::size_t read = 0;
  auto tap = device.device->taps().add_for_frames(
      [&](const device::PortBytes& bytes) { read += bytes.from_device ? 0 : bytes.bytes.size(); });
  std::string asked = serial::cmux::encode({1, true, serial::cmux::FrameType::sabm, true});
  std::string answered = serial::cmux::encode({1, true, serial::cmux::FrameType::ua, true});
  constexpr std::size_t times = 30'000;
  std::string all_asked;
  std::string all_answered;
  for (std::size_t i = 0; i < times; ++i) {
    all_asked += asked;
    all_answered += answered;
  }
  device.port().stall(true);
  device.port().host_sends(all_asked);
  device.clock.settle();
  EXPECT_LT(read, 100'000U);
  device.port().stall(false);
  device.clock.settle();
  EXPECT_EQ(read, all_asked.size());
  EXPECT_TRUE(device.port().host_takes() == all_answered);
}

TEST(Cmux, IsHeardByTapsChannelByChannel) {
  MultiplexedDevice device;
  device.start();
  device.open(2);
  std::string heard;
  std::string frames;
  auto tap = device.device->taps().add([&](const device::PortBytes& bytes) {
    heard += fmt::format("{}.{}{}{}|", bytes.port, bytes.channel, bytes.from_device ? "<" : ">", bytes.bytes);
  });
  auto frame_tap = device.device->taps().add_for_frames([&](const device::PortBytes& bytes) {
    frames += fmt::format("{}{}|", bytes.from_device ? "<" : ">", bytes.bytes.size());
  });
  device.on(2, "AT");
  EXPECT_EQ(heard, "0.2>AT\r|0.2<\r\nOK\r\n|");
  EXPECT_EQ(frames, ">9|<12|");
}

TEST(Cmux, LeavesOtherPortsAlone) {
  MultiplexedDevice device(with_cmux(), 2);
  device.take(1);
  device.start();
  EXPECT_EQ(device.send("AT", 1), ok);
  EXPECT_EQ(device.send("AT+CMUX=0", 1), error);
}

TEST(Cmux, RingsForAHostThatHasLetGoOfDtr) {
  MultiplexedDevice device;
  device.start();
  device.open(1);
  EXPECT_EQ(device.on(1, "AT+CEREG=1"), ok);
  ASSERT_TRUE(device.device->set_dtr(false));
  EXPECT_EQ(device.after(10ms), "");
  device.device->radio().modem.execute("AT+CFUN=1", [](const modem::ModemReply&) {});
  EXPECT_EQ(device.after(1s), "");
  EXPECT_TRUE(device.port().device_lines().ri);
  ASSERT_TRUE(device.device->set_dtr(true));
  device.pass(10ms);
  EXPECT_NE(device.said(1).find("+CEREG: "), std::string::npos);
  EXPECT_FALSE(device.port().device_lines().ri);
}

// A port that fails ends the line, and nothing holds the device.
TEST(Cmux, StandsAPortThatFailsAtAnyOperation) {
  using serial::cmux::encode;
  using serial::cmux::FrameType;
  std::size_t operation = 0;
  for (bool has_failed = true; has_failed; ++operation) {
    MultiplexedDevice device;
    device.port().fail_at(operation + 1);
    device.port().cut_reads([] { return 5; });
    device.raw("AT+CMUX=0\r" + encode({0, true, FrameType::sabm, true}) +
               encode({1, true, FrameType::sabm, true}) +
               encode({1, true, FrameType::uih, false, "AT+CFUN=1\rAT+CEREG?\r"}) +
               encode({0, true, FrameType::disc, true}) + "AT\r");
    device.after(1s);
    has_failed = device.port().has_failed();
  }
  EXPECT_GT(operation, 10U);
}

TEST(Cmux, GivesAChannelBackWhatItsUserHasNotUsed) {
  MultiplexedDevice device;
  device.start();
  device.open(1);
  device.open(2);
  EXPECT_EQ(device.on(2, "ATE1"), ok);
  device.give({2, true, MultiplexedDevice::Type::uih, false, "AT\rAT"});
  EXPECT_EQ(device.said(2), "AT\r" + ok + "AT");
  device.give({2, true, MultiplexedDevice::Type::uih, false, "\r"});
  EXPECT_EQ(device.said(2), "\r" + ok);
}

// The trace of the modem has a channel, and there is no such trace.

DialectOptions with_cmux_trace() {
  DialectOptions options = with_cmux();
  options.services->emplace_back("trace_cmux");
  return options;
}

TEST(CmuxTrace, IsOfABuildForIt) {
  MultiplexedDevice device;
  device.start();
  device.open(1);
  EXPECT_EQ(device.on(1, "AT#XCMUXTRACE=2"), error);
}

TEST(CmuxTrace, TakesAChannelThatThenAnswersNoCommands) {
  MultiplexedDevice device(with_cmux_trace());
  EXPECT_EQ(device.send("AT#XCMUXTRACE=3"), error);
  EXPECT_EQ(device.send("AT#XCMUXTRACE=?"), answer("#XCMUXTRACE: (1 ... 4)"));
  device.start();
  for (int dlci : {1, 2, 3}) {
    device.open(static_cast<std::uint8_t>(dlci));
  }
  EXPECT_EQ(device.on(3, "AT"), ok);
  EXPECT_EQ(device.on(1, "AT#XCMUXTRACE"), ok);
  EXPECT_EQ(device.on(3, "AT"), "");
  EXPECT_EQ(device.on(1, "AT#XCMUXTRACE=2"), ok);
  EXPECT_EQ(device.on(2, "AT"), "");
  EXPECT_EQ(device.on(3, "AT"), ok);
  EXPECT_EQ(device.on(1, "AT#XCMUXTRACE?"), error);
}

TEST(CmuxTrace, RefusesChannelsThatAreInUseOrNotThere) {
  MultiplexedDevice device(with_cmux_trace());
  device.start();
  device.open(1);
  device.open(2);
  for (std::string_view line :
       {"AT#XCMUXTRACE=1", "AT#XCMUXTRACE=5", "AT#XCMUXTRACE=2,1", "AT#XCMUXTRACE=\"2\""}) {
    EXPECT_EQ(device.on(1, line), error) << line;
  }
  EXPECT_EQ(device.on(2, "AT#XCMUXTRACE=2"), error);
  EXPECT_EQ(device.on(1, "AT#XCMUXTRACE=4"), ok);
}

TEST(CmuxTrace, RefusesTheLastChannelAsTheFirmwareDoesIfStrict) {
  DialectOptions options = with_cmux_trace();
  options.strict = true;
  MultiplexedDevice device(options);
  device.start();
  device.open(1);
  EXPECT_EQ(device.on(1, "AT#XCMUXTRACE=4"), error);
  EXPECT_EQ(device.on(1, "AT#XCMUXTRACE=3"), ok);
}

TEST(CmuxTrace, HasChannel3FromTheStartAfterTheOldCommand) {
  MultiplexedDevice device(with_cmux_trace());
  EXPECT_EQ(device.send("AT#XCMUX=1"), ok);
  for (int dlci : {0, 1, 2, 3}) {
    device.open(static_cast<std::uint8_t>(dlci));
  }
  EXPECT_EQ(device.on(3, "AT"), "");
  EXPECT_EQ(device.on(2, "AT"), ok);
}

// SLM 3.1.

class SlmCmux : public testing::Test {
 protected:
  static DialectOptions options() {
    DialectOptions made = with_cmux("slm-3.1");
    made.termination = at::Termination::cr;
    return made;
  }
};

TEST_F(SlmCmux, StartsAMomentAfterItsAnswerAndDoesNotEndByCloseDown) {
  MultiplexedDevice device(options());
  EXPECT_EQ(device.send("AT#XCMUX"), ok);
  EXPECT_EQ(device.send("AT"), ok);
  EXPECT_EQ(device.after(50ms), "");
  device.open(0);
  device.open(1);
  EXPECT_EQ(device.on(1, "AT#XCMUX?"), answer("#XCMUX: 1,1"));
  EXPECT_EQ(device.on(1, "AT#XCMUX"), error);
  EXPECT_EQ(device.on(1, "AT#XCMUX=1"), ok);
  device.control(serial::cmux::MessageType::close_down);
  device.pass(1s);
  EXPECT_EQ(device.send("AT"), "");
  device.open(0);
  device.open(1);
  EXPECT_EQ(device.on(1, "AT"), ok);
}

}  // namespace
}  // namespace attache::dialects
