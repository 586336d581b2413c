#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "device/steering/steering.hpp"
#include "dialects/serial_modem_device.hpp"

namespace attache::dialects {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;

const std::string sim_out = "\r\n%XSIM: 0,9\r\n";

/// Whose modem says "%XSIM: 0,9" when it is told to.
class TalkingDevice : public SerialModemDevice {
 public:
  explicit TalkingDevice(const DialectOptions& options = serial_modem()) : SerialModemDevice(options) {
    raw("AT+CFUN=41\r");
    clock.advance(2s);
    raw("AT%XSIM=1\r");
    clock.advance(2s);
    take();
  }
  std::string modem_speaks() {
    EXPECT_TRUE(device::steer(*device, "sim out"));
    clock.settle();
    return take();
  }
  void put_sim_in() {
    EXPECT_TRUE(device::steer(*device, "sim in"));
    clock.advance(2s);
  }
};

TEST(SerialModemNotifications, WaitAHundredMillisecondsAfterTheLastByteOfALine) {
  TalkingDevice device;
  device.raw("A");
  EXPECT_EQ(device.modem_speaks(), "");
  EXPECT_EQ(device.after(99ms), "");
  EXPECT_EQ(device.raw("T"), "");
  EXPECT_EQ(device.after(99ms), "") << "each byte begins the time anew";
  EXPECT_EQ(device.after(1ms), sim_out) << "in the middle of the line";
  EXPECT_EQ(device.raw("\r"), ok);
}

TEST(SerialModemNotifications, WaitASecondOnAChannelWithEcho) {
  TalkingDevice device;
  EXPECT_EQ(device.send("ATE1"), ok);
  EXPECT_EQ(device.raw("AT"), "AT");
  EXPECT_EQ(device.modem_speaks(), "");
  EXPECT_EQ(device.after(999ms), "");
  EXPECT_EQ(device.after(1ms), sim_out);
}

TEST(SerialModemNotifications, ComeAtOnceToAnIdleChannelAndAfterTheResultToOneThatIsBusy) {
  TalkingDevice device;
  EXPECT_EQ(device.modem_speaks(), sim_out);
  device.put_sim_in();
  device.take();
  device.raw("AT+CFUN=1\r");
  device.clock.advance(2s);
  device.take();
  device.connect();
  EXPECT_EQ(device.send("AT#XRECV=0,0,0,5"), "");
  EXPECT_EQ(device.modem_speaks(), "");
  EXPECT_THAT(device.server_sends("data"), testing::StartsWith("\r\n#XRECV: 0,0,4\r\ndata" + ok + sim_out));
}

TEST(SerialModemNotifications, FollowTheWholeBatchOfPipelinedCommands) {
  TalkingDevice device;
  device.connect();
  EXPECT_EQ(device.raw("AT#XRECV=0,0,0,5\rAT+CFUN?\rAT#XNO\rAT\r"), "");
  EXPECT_EQ(device.modem_speaks(), "");
  EXPECT_EQ(device.server_sends("data"),
            "\r\n#XRECV: 0,0,4\r\ndata" + ok + answer("+CFUN: 41") + error + ok + sim_out);
}

TEST(SerialModemNotifications, FollowTheEndOfDataMode) {
  TalkingDevice device;
  device.connect();
  EXPECT_EQ(device.send("AT#XSEND=0,2,0"), ok);
  EXPECT_EQ(device.modem_speaks(), "");
  EXPECT_EQ(device.after(1min), "");
  EXPECT_EQ(device.raw("x+++"), "\r\n#XDATAMODE: 0\r\n" + sim_out);
}

TEST(SerialModemNotifications, OfTheModemGoBeforeThoseOfServices) {
  TalkingDevice device;
  device.connect();
  EXPECT_EQ(device.send("AT#XAPOLL=0,1,1"), ok);
  device.raw("AT");
  device.server->send("data");
  device.clock.settle();
  EXPECT_EQ(device.modem_speaks(), "");
  EXPECT_EQ(device.after(100ms), sim_out + "\r\n#XAPOLL: 0,1\r\n");
}

TEST(SerialModemNotifications, AreAllLostWhenTheirStoreOverflows) {
  TalkingDevice device;
  device.connect();
  EXPECT_EQ(device.send("AT#XSEND=0,2,0"), ok);
  for (int i = 0; i < 400; ++i) {
    device.modem_speaks();
    device.put_sim_in();
  }
  EXPECT_THAT(device.take_journal(), HasSubstr("URCs lost"));
  std::string said = device.raw("+++");
  EXPECT_THAT(said, testing::StartsWith("\r\n#XDATAMODE: 0\r\n"));
  EXPECT_LE(said.size(), 4096U + 17U);
  EXPECT_LT(said.size(), 400 * sim_out.size()) << "what came before is lost";
  EXPECT_EQ(device.send("AT"), ok);
}

TEST(SerialModemHostRules, RefuseWhatIsNoCommandBeforeTheModemSeesIt) {
  SerialModemDevice device;
  for (std::string_view refused :
       {"ATI", "ATE", "ATE2", "ATE01", "ATD*99#", "AT&F", "ATZ", "ATV1", "AT+", "AT#", "AT%", "AT+CFUN?1",
        "AT+CFUN=?1", "AT +CFUN?", "AT+CGMM;+CGMR", "AT+CG MM", "ATX", "AT*X", "AT+C-X"}) {
    EXPECT_EQ(device.send(refused), error) << refused;
  }
  EXPECT_EQ(device.send("at+cfun?"), answer("+CFUN: 0"));
}

TEST(SerialModemHostRules, FrameWhatTheModemAnswers) {
  SerialModemDevice device;
  EXPECT_EQ(device.send("AT+CFUN?"), "\r\n+CFUN: 0\r\n\r\nOK\r\n");
  EXPECT_EQ(device.send("AT+CMEE=1"), ok);
  EXPECT_THAT(device.send("AT+CPIN?"), testing::MatchesRegex("\r\n\\+CME ERROR: [0-9]+\r\n"));
  std::string contexts = device.send("AT+CGDCONT=1,\"IP\",\"a\"");
  EXPECT_EQ(contexts, ok);
  EXPECT_THAT(device.send("AT+CGDCONT?"),
              testing::MatchesRegex("\r\n\\+CGDCONT: 0,[^\r]*\r\n\\+CGDCONT: 1,[^\r]*\r\n\r\nOK\r\n"))
      << "line breaks inside are the modem's";
}

TEST(SerialModemHostRules, HaveListsOfTheApplicationWithBlankLinesBetween) {
  SerialModemDevice device;
  device.send("AT#XSOCKET=1,1,0");
  device.send("AT#XSOCKET=1,2,0");
  EXPECT_EQ(device.send("AT#XSOCKET?"), "\r\n#XSOCKET: 0,1,0,1,0\r\n\r\n#XSOCKET: 1,1,0,2,0\r\n\r\nOK\r\n");
}

TEST(SerialModemHostRules, EndLinesAsTheBuildSays) {
  auto options = serial_modem();
  options.termination = at::Termination::lf;
  SerialModemDevice lf(options);
  EXPECT_EQ(lf.raw("AT\n"), ok);
  EXPECT_EQ(lf.raw("AT"), "");
  EXPECT_EQ(lf.raw("\n"), ok);
  options.termination = at::Termination::crlf;
  SerialModemDevice crlf(options);
  EXPECT_EQ(crlf.raw("AT\r"), "");
  EXPECT_EQ(crlf.raw("\n"), ok);
  EXPECT_EQ(crlf.raw("AT\r\nAT\r\n"), ok + ok);
}

TEST(SerialModemHostRules, TakeLineEndsInQuotesAndALineFeedInALine) {
  SerialModemDevice device;
  device.connect();
  EXPECT_EQ(device.raw("AT#XSEND=0,0,0,\"a\r\nb\r\"\r"), answer("#XSEND: 0,0,5"));
  EXPECT_EQ(device.server->take(), "a\r\nb\r");
  EXPECT_EQ(device.raw("AT+CFUN?\n\r"), error) << "stored, and no part of a command";
  EXPECT_EQ(device.raw("\r\n\r\nAT\r\n"), ok) << "blank lines are nothing";
}

TEST(SerialModemHostRules, TakeBackspaces) {
  SerialModemDevice device;
  EXPECT_EQ(device.raw("AT+CFUM\bN?\r"), answer("+CFUN: 0"));
  EXPECT_EQ(device.raw("AT+CFUX\x7FN?\r"), answer("+CFUN: 0"));
  EXPECT_EQ(device.raw("AT#XSMVER\"\b\r"), answer("#XSMVER: \"v2.0.0\",\"3.4.1\"")) << "with its quote";
  EXPECT_EQ(device.raw("A\bAT\r"), ok) << "the first A goes with the byte behind it";
  EXPECT_EQ(device.raw("A\bT\r"), "");
}

TEST(SerialModemHostRules, EchoWhatIsIgnoredTooAndNothingOfDataMode) {
  SerialModemDevice device;
  device.connect();
  EXPECT_EQ(device.send("ATE1"), ok);
  EXPECT_EQ(device.raw("xyz"), "xyz");
  EXPECT_EQ(device.raw("AT\r\n"), "AT\r" + ok + "\n");
  EXPECT_EQ(device.raw("AT#XSEND=0,2,0\r"), "AT#XSEND=0,2,0\r" + ok);
  EXPECT_EQ(device.raw("abc+++"), "\r\n#XDATAMODE: 0\r\n");
  EXPECT_EQ(device.server->take(), "abc");
}

TEST(SerialModemHostRules, DropTheRestOfALineThatIsTooLong) {
  SerialModemDevice device;
  EXPECT_EQ(device.raw("AT" + std::string(8188, 'x')), error);
  EXPECT_EQ(device.raw("xxx\r"), "") << "does not begin with AT";
  EXPECT_EQ(device.raw("AT" + std::string(9000, 'x') + "\rAT\r"), error + ok);
}

TEST(SerialModemSubscriptions, FilterTheThreeAndNothingElse) {
  SerialModemDevice device;
  EXPECT_EQ(device.send("AT+CSCON=1"), ok);
  EXPECT_EQ(device.send("AT%XSIM=1"), ok);
  std::string said = device.send_and_wait("AT+CFUN=1", 2s);
  EXPECT_THAT(said, HasSubstr("+CSCON: "));
  EXPECT_THAT(said, HasSubstr("%XSIM: 1"));
  EXPECT_THAT(said, testing::Not(HasSubstr("+CEREG")));
  EXPECT_THAT(said, testing::Not(HasSubstr("+CGEV")));
  EXPECT_THAT(said, testing::Not(HasSubstr("%XTIME")));
}

TEST(SerialModemSubscriptions, AreOneForAllChannels) {
  SerialModemDevice device(serial_modem(), 2);
  EXPECT_EQ(device.take(1), "Ready\r\n");
  EXPECT_EQ(device.send("AT+CGEREP=1", 1), ok);
  EXPECT_EQ(device.send("AT+CGEREP?", 0), answer("+CGEREP: 1,0"));
  EXPECT_EQ(device.send("AT+CGEREP=0,0", 0), ok);
  EXPECT_EQ(device.send("AT+CGEREP?", 1), answer("+CGEREP: 0,0"));
}

TEST(SerialModemSubscriptions, StayAsTheyAreWhereTheModemRefuses) {
  SerialModemDevice device;
  EXPECT_EQ(device.send("AT+CEREG=9"), error);
  EXPECT_EQ(device.send("AT+CEREG?"), answer("+CEREG: 0,4"));
  EXPECT_EQ(device.send("AT+CEREG=1"), ok);
  EXPECT_EQ(device.send("AT+CEREG=9"), error);
  EXPECT_EQ(device.send("AT+CEREG?"), answer("+CEREG: 1,4"));
}

TEST(SerialModemSubscriptions, ShowTheFurtherFieldsOfTheModemsMode) {
  SerialModemDevice device;
  EXPECT_EQ(device.send("AT+CFUN=1"), ok);
  device.after(2s);
  EXPECT_EQ(device.send("AT+CEREG=5"), ok);
  EXPECT_THAT(device.send("AT+CEREG?"), testing::StartsWith("\r\n+CEREG: 5,1,\""));
  EXPECT_EQ(device.send("AT+CEREG=0"), ok);
  EXPECT_THAT(device.send("AT+CEREG?"), testing::StartsWith("\r\n+CEREG: 0,1,\""));
  EXPECT_EQ(device.send("AT+CGEREP=2"), device.send("AT+CGEREP=2"));
}

TEST(SerialModemSubscriptions, OutliveFlightMode) {
  SerialModemDevice device;
  EXPECT_EQ(device.send("AT+CFUN=1"), ok);
  device.after(2s);
  EXPECT_EQ(device.send("AT+CEREG=1"), ok);
  EXPECT_EQ(device.send_and_wait("AT+CFUN=4", 1s), ok + "\r\n+CEREG: 0\r\n");
  EXPECT_THAT(device.send_and_wait("AT+CFUN=1", 2s), HasSubstr("\r\n+CEREG: 1\r\n"));
}

}  // namespace
}  // namespace attache::dialects
