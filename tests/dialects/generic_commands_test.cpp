#include "slm_device.hpp"

namespace attache::dialects {
namespace {

using namespace std::chrono_literals;

std::string answer_1_5(std::string_view line) {
  return fmt::format("{}\r\n{}", line, ok);
}

const std::string baud_list =
    "#XSLMUART: (1200,2400,4800,9600,14400,19200,38400,57600,115200,230400,460800,921600,1000000)";

class GenericAnswers16 : public testing::TestWithParam<Exchange> {};

TEST_P(GenericAnswers16, AreExact) {
  for (bool strict : {false, true}) {
    SCOPED_TRACE(strict ? "strict" : "friendly");
    SlmDevice device(slm_1_6(strict));
    EXPECT_EQ(device.send(GetParam().line), GetParam().answer);
    bool explained = GetParam().swallowed || GetParam().answer == error;
    EXPECT_EQ(device.take_reasons().size(), explained ? 1U : 0U);
  }
}

INSTANTIATE_TEST_SUITE_P(
    Slm, GenericAnswers16,
    testing::Values(
        Exchange{"AT", ok}, Exchange{"at", ok}, Exchange{"", error}, Exchange{"ATI", error},
        Exchange{"ATE1", error}, Exchange{"AT&F", error}, Exchange{" AT", error}, Exchange{"AT ", error},
        Exchange{"AT+CFUN?x", error}, Exchange{"AT+=1", error}, Exchange{"AT#", error},
        Exchange{"AT+CFUN?;+CEREG?", error}, Exchange{"AT#XNOSUCH", error}, Exchange{"AT#XNOSUCH=1", error},
        Exchange{"AT#XSLMVER", answer("#XSLMVER: \"1.6.0\"")},
        Exchange{"at#xslmver", answer("#XSLMVER: \"1.6.0\"")},
        Exchange{"AT#XSLMVER=1,\"x\"", answer("#XSLMVER: \"1.6.0\""), true}, Exchange{"AT#XSLMVER=x", error},
        Exchange{"AT#XSLMVER=0,0,0,0,0,0,0,0", error}, Exchange{"AT#XSLMVER?", error},
        Exchange{"AT#XCLAC=all", error}, Exchange{"AT#XRESET=now", error}, Exchange{"AT#XSLMVER=?", error},
        Exchange{"AT#XCLAC?", error}, Exchange{"AT#XCLAC=?", error}, Exchange{"AT#XRESET?", error},
        Exchange{"AT#XRESET=?", error}, Exchange{"AT#XSLEEP?", error},
        Exchange{"AT#XSLEEP=?", answer("#XSLEEP: (0,1,2)")}, Exchange{"AT#XSLEEP=3", error},
        Exchange{"AT#XSLEEP=-1", error}, Exchange{"AT#XSLEEP=\"0\"", error}, Exchange{"AT#XSLEEP=,", error},
        Exchange{"AT#XSLMUART?", answer("#XSLMUART: 115200")}, Exchange{"AT#XSLMUART=?", answer(baud_list)},
        Exchange{"AT#XSLMUART", ok}, Exchange{"AT#XSLMUART=115200", ok}, Exchange{"AT#XSLMUART=12345", error},
        Exchange{"AT#XSLMUART=\"115200\"", error}, Exchange{"AT#XSLMUART=,", error},
        Exchange{"AT#XSLMUART=-9600", error}, Exchange{"AT#XDATACTRL?", answer("#XDATACTRL: 0,32")},
        Exchange{"AT#XDATACTRL=?", answer("#XDATACTRL=<time_limit>")}, Exchange{"AT#XDATACTRL", error},
        Exchange{"AT#XDATACTRL=0", ok}, Exchange{"AT#XDATACTRL=31", error}, Exchange{"AT#XDATACTRL=32", ok},
        Exchange{"AT#XDATACTRL=65535", ok}, Exchange{"AT#XDATACTRL=65536", error},
        Exchange{"AT#XDATACTRL=-5", error}, Exchange{"AT#XDATACTRL=\"32\"", error},
        Exchange{"AT#XDATACTRL=0,0,0,0,0,0,0", ok, true}, Exchange{"AT#XDATACTRL=0,0,0,0,0,0,0,0", error},
        Exchange{"AT#XDATACTRL=0:1", ok, true}, Exchange{"AT#XDATACTRL=(0)", error}));

class GenericAnswers15 : public testing::TestWithParam<Exchange> {};

TEST_P(GenericAnswers15, AreExact) {
  for (bool strict : {false, true}) {
    SCOPED_TRACE(strict ? "strict" : "friendly");
    SlmDevice device(slm_1_5(strict));
    EXPECT_EQ(device.send(GetParam().line), GetParam().answer);
    bool explained = GetParam().swallowed || GetParam().answer == error;
    EXPECT_EQ(device.take_reasons().size(), explained ? 1U : 0U);
  }
}

INSTANTIATE_TEST_SUITE_P(
    Slm, GenericAnswers15,
    testing::Values(Exchange{"AT", ok}, Exchange{"", error}, Exchange{"XY", error},
                    Exchange{"XY+CFUN?", error}, Exchange{"ATI", error},
                    Exchange{"AT#XSLMVER", answer_1_5("#XSLMVER: \"1.5\"")}, Exchange{"AT#XSLMVER?", error},
                    Exchange{"AT#XSLMVER=?", error}, Exchange{"AT#XCLAC?", error},
                    Exchange{"AT#XRESET?", error}, Exchange{"AT#XSLEEP=?", answer_1_5("#XSLEEP: (0,1)")},
                    Exchange{"AT#XSLEEP=1", error}, Exchange{"AT#XSLEEP=2", error},
                    Exchange{"AT#XSLMUART?", answer_1_5("#XSLMUART: 115200")},
                    Exchange{"AT#XSLMUART=?", answer_1_5(baud_list)}, Exchange{"AT#XSLMUART=12345", error},
                    Exchange{"AT#XDATACTRL=?", answer_1_5("#XDATACTRL=<size_limit>,<time_limit>")},
                    Exchange{"AT#XDATACTRL=1024,100", ok}, Exchange{"AT#XDATACTRL=1024", error},
                    Exchange{"AT#XDATACTRL=40000,1", error}));

TEST(Slm16, ListsItsCommandsWithoutALeadingLineEnd) {
  SlmDevice device;
  // All of the list: tests/conformance/slm-1.6/clac.at.
  EXPECT_THAT(device.send("AT#XCLAC"),
              testing::AllOf(testing::StartsWith("AT#XSLMVER\r\nAT#XSLEEP\r\nAT#XRESET\r\nAT#XCLAC\r\n"
                                                 "AT#XSLMUART\r\nAT#XDATACTRL\r\nAT#XTCPFILTER\r\n"),
                             testing::EndsWith("AT#XHTTPCCON\r\nAT#XHTTPCREQ\r\n\r\nOK\r\n")));
}

TEST(Slm16, ListsBuiltInServicesOnlyAndHandsCommandsOfOthersToTheModem) {
  DialectOptions options;
  options.services = std::vector<std::string>{};
  SlmDevice device(options);
  EXPECT_THAT(device.send("AT#XCLAC"), testing::Not(testing::HasSubstr("XHTTPC")));
  EXPECT_EQ(device.send("AT#XHTTPCCON?"), error);
  auto reasons = device.take_reasons();
  ASSERT_EQ(reasons.size(), 1U);
  EXPECT_THAT(reasons[0].advice, testing::HasSubstr("CONFIG_SLM_HTTPC=y"));
}

TEST(Slm16, KnowsTheDataModeLimitOfEachRate) {
  SlmDevice device;
  for (auto [baud, least] : {std::pair(9600, 276), std::pair(1200, 2143), std::pair(1000000, 12)}) {
    EXPECT_EQ(device.send(fmt::format("AT#XSLMUART={}", baud)), ok);
    device.clock.advance(50ms);
    EXPECT_EQ(device.send("AT#XDATACTRL?"), answer(fmt::format("#XDATACTRL: 0,{}", least)));
    EXPECT_EQ(device.send(fmt::format("AT#XDATACTRL={}", least - 1)), error);
  }
}

TEST(Slm16, ChangesTheRateFiftyMillisecondsAfterItsAnswer) {
  SlmDevice device;
  EXPECT_EQ(device.send("AT#XSLMUART=9600"), ok);
  device.clock.advance(49ms);
  EXPECT_EQ(device.port().baud(), 115200U);
  EXPECT_EQ(device.send("AT#XSLMUART?"), answer("#XSLMUART: 115200"));
  device.clock.advance(1ms);
  EXPECT_EQ(device.port().baud(), 9600U);
  EXPECT_EQ(device.send("AT#XSLMUART?"), answer("#XSLMUART: 9600"));
}

TEST(Slm16, RequiresExactNamesUnlessStrict) {
  SlmDevice device;
  EXPECT_EQ(device.send("AT#XSLMVERab"), error);
  EXPECT_EQ(device.send("AT#XDATACTRL1"), error);
}

TEST(Slm16, TakesTwoFurtherCharactersWhenStrict) {
  SlmDevice device(slm_1_6(true));
  EXPECT_EQ(device.send("AT#XSLMVERab"), answer("#XSLMVER: \"1.6.0\""));
  EXPECT_EQ(device.send("AT#XSLMVERabc"), error);
  EXPECT_EQ(device.send("AT#XSLMVERab=1"), error);
  EXPECT_EQ(device.send("AT#XSLMVER1"), error) << "a digit is no form";
  EXPECT_EQ(device.send("AT#XSLEEPX"), "") << "enters idle";
  device.clock.advance(1s);
  device.device->wake_up();
  device.clock.settle();
  EXPECT_EQ(device.take(), "Ready\r\n");
  EXPECT_EQ(device.send("AT#XDATACTRL1"), ok) << "but this handler ignores forms it does not know";
}

TEST(Slm16, TakesOneFurtherCharacterWhenStrictWithAOneByteTerminator) {
  DialectOptions options = slm_1_6(true);
  options.termination = at::Termination::cr;
  SlmDevice device(options);
  EXPECT_EQ(device.raw("AT#XSLMVERa\r"), answer("#XSLMVER: \"1.6.0\""));
  EXPECT_EQ(device.raw("AT#XSLMVERab\r"), error);
}

TEST(Slm16, EndsLinesAsConfigured) {
  DialectOptions options;
  options.termination = at::Termination::cr;
  SlmDevice cr(options);
  EXPECT_EQ(cr.raw("AT\r"), ok);
  EXPECT_EQ(cr.raw("AT\r\n"), ok);
  EXPECT_EQ(cr.raw("AT\r"), error) << "the LF precedes it";
  options.termination = at::Termination::lf;
  SlmDevice lf(options);
  EXPECT_EQ(lf.raw("AT\n"), ok);
  EXPECT_EQ(lf.raw("AT\r\n"), error);
  DialectOptions nul = slm_1_5();
  nul.termination = at::Termination::nul;
  SlmDevice device_1_5(nul);
  EXPECT_EQ(device_1_5.raw(std::string_view("AT\0", 3)), ok);
}

TEST(Slm16, AnswersALineThatIsTooLongOnceItIs) {
  SlmDevice device;
  EXPECT_EQ(device.raw(std::string(4095, 'A')), "");
  EXPECT_EQ(device.raw("A"), error);
  EXPECT_EQ(device.send("AT"), ok);
  EXPECT_EQ(device.send(std::string(5000, 'A')), error + error);
  EXPECT_EQ(device.take_reasons().size(), 3U);
}

TEST(Slm15, SaysThatItsBufferOverflowed) {
  SlmDevice device(slm_1_5());
  EXPECT_EQ(device.raw(std::string(4096, 'A')), "Buffer overflow\r\n" + error);
}

TEST(Slm16, WaitsForAQuoteAndThenRunsAllThatCameAsOneCommand) {
  SlmDevice device;
  EXPECT_EQ(device.send("AT#XSLMUART=\"115200"), "");
  EXPECT_EQ(device.send("AT"), "");
  device.clock.advance(2s);
  auto reasons = device.take_reasons();
  ASSERT_EQ(reasons.size(), 1U);
  EXPECT_THAT(reasons[0].why, testing::HasSubstr("1 quotes, an odd number"));
  EXPECT_EQ(device.send("\""), error);
  EXPECT_EQ(device.send("AT"), ok);
}

TEST(Slm16, TakesCharactersBack) {
  SlmDevice device;
  EXPECT_EQ(device.raw("ATX\b\r\n"), ok);
  EXPECT_EQ(device.raw("AT#XSLMVERx\x7F\r\n"), answer("#XSLMVER: \"1.6.0\""));
}

TEST(Slm16, AnswersLinesThatComeAtOnceInTheirOrder) {
  SlmDevice device;
  EXPECT_EQ(device.raw("AT\r\nAT+CFUN?\r\nAT#XSLEEP?\r\nAT\r\n"), ok + "\r\n+CFUN: 0\r\n" + ok + error + ok);
}

TEST(Slm16, KeepsLinesThatComeWhileACommandRuns) {
  SlmDevice device;
  std::string answers = device.raw("AT+CFUN=1\r\nAT+CFUN?\r\nAT#XSLMVER\r\n");
  EXPECT_THAT(answers, testing::StartsWith(ok));
  EXPECT_THAT(answers, testing::HasSubstr("\r\n+CFUN: 1\r\n" + ok));
  EXPECT_THAT(answers, testing::HasSubstr(answer("#XSLMVER: \"1.6.0\"")));
}

TEST(Slm16, PassesErrorsOfTheModemOn) {
  SlmDevice device;
  EXPECT_EQ(device.send("AT+CMEE=1"), ok);
  EXPECT_THAT(device.send("AT+CPIN?"), testing::MatchesRegex("\r\n\\+CME ERROR: [0-9]+\r\n"));
  EXPECT_EQ(device.take_reasons().size(), 1U);
}

// ---- #XRESET

TEST(Slm16, ResetsFiftyMillisecondsAfterItsAnswerAndBootsASecondLater) {
  SlmDevice device;
  device.send("AT+CFUN=4");
  device.send("AT#XSLMUART=9600");
  device.clock.advance(50ms);
  EXPECT_EQ(device.send("AT#XDATACTRL=1000"), ok);
  EXPECT_EQ(device.send("AT#XRESET"), ok);
  EXPECT_EQ(device.after(1049ms), "");
  EXPECT_EQ(device.after(1ms), "Ready\r\n");
  EXPECT_EQ(device.port().baud(), 115200U) << "the rate is not kept";
  EXPECT_EQ(device.send("AT+CFUN?"), answer("+CFUN: 0"));
  EXPECT_EQ(device.send("AT#XDATACTRL?"), answer("#XDATACTRL: 0,32"));
}

TEST(Slm16, IgnoresASecondResetWhileItResets) {
  SlmDevice device;
  EXPECT_EQ(device.send("AT#XRESET"), ok);
  EXPECT_EQ(device.send("AT#XRESET"), ok);
  EXPECT_EQ(device.after(5s), "Ready\r\n");
}

TEST(Slm16, BootsOnceWhenSentToSleepWhileItResets) {
  SlmDevice device;
  EXPECT_EQ(device.send("AT#XRESET"), ok);
  EXPECT_EQ(device.send("AT#XSLEEP=1"), "");
  EXPECT_EQ(device.after(5s), "Ready\r\n");
  EXPECT_EQ(device.send("AT"), ok);
}

TEST(Slm15, ForgetsDataControlAtAReset) {
  SlmDevice device(slm_1_5());
  EXPECT_EQ(device.send("AT#XDATACTRL=1024,100"), ok);
  EXPECT_EQ(device.send("AT#XDATACTRL?"), answer_1_5("#XDATACTRL: 1024,100"));
  device.send("AT#XRESET");
  device.after(2s);
  EXPECT_EQ(device.send("AT#XDATACTRL?"), answer_1_5("#XDATACTRL: 0,0"));
}

// ---- #XSLEEP

TEST(Slm16, SleepsIdleAfterAHundredMillisecondsUntilWokenUp) {
  SlmDevice device;
  EXPECT_EQ(device.send("AT#XSLEEP"), "");
  device.clock.advance(99ms);
  EXPECT_EQ(device.send("AT"), ok);
  device.clock.advance(1ms);
  EXPECT_EQ(device.send("AT"), "");
  device.device->wake_up();
  device.clock.settle();
  EXPECT_EQ(device.take(), "Ready\r\n");
  EXPECT_EQ(device.send("AT"), ok);
}

TEST(Slm16, WakesUpFromIdleBeforeTheUartIsOff) {
  SlmDevice device;
  EXPECT_EQ(device.send("AT#XSLEEP=0"), "");
  device.device->wake_up();
  EXPECT_EQ(device.after(1s), "Ready\r\n");
  EXPECT_EQ(device.send("AT"), ok);
}

TEST(Slm16, WakesUpFromSystemOffAsAfterAColdStart) {
  SlmDevice device;
  device.send("AT+CFUN=4");
  device.send("AT#XSLMUART=9600");
  device.clock.advance(50ms);
  device.send("AT#XDATACTRL=1000");
  EXPECT_EQ(device.send("AT#XSLEEP=1"), "");
  device.clock.advance(1s);
  EXPECT_EQ(device.send("AT"), "");
  device.device->wake_up();
  device.clock.settle();
  EXPECT_EQ(device.take(), "Ready\r\n");
  EXPECT_EQ(device.port().baud(), 115200U);
  EXPECT_EQ(device.send("AT#XDATACTRL?"), answer("#XDATACTRL: 0,32"));
  EXPECT_EQ(device.send("AT+CFUN?"), answer("+CFUN: 0"));
}

TEST(Slm16, WakesUpAtOnceWhenThePinIsLowBeforeItIsOff) {
  SlmDevice device;
  device.send("AT#XSLEEP=1");
  device.clock.advance(500ms);
  device.device->wake_up();
  EXPECT_EQ(device.after(499ms), "");
  EXPECT_EQ(device.after(1ms), "Ready\r\n");
  device.clock.advance(5s);
  EXPECT_EQ(device.send("AT"), ok);
}

TEST(Slm16, LosesWhatComesAndGoesWhileTheUartIsOffAndGoesOnAfterwards) {
  SlmDevice device;
  EXPECT_EQ(device.send("AT+CEREG=1"), ok);
  EXPECT_EQ(device.send("AT#XSLEEP=2"), "");
  EXPECT_EQ(device.send("AT+CFUN=4"), "");
  device.device->wake_up();
  device.clock.settle();
  EXPECT_EQ(device.take(), "Ready\r\n");
  EXPECT_EQ(device.send("AT+CFUN?"), answer("+CFUN: 0")) << "the lost command was not run";
}

TEST(Slm16, IgnoresTheWakeUpPinWhileAwake) {
  SlmDevice device;
  device.device->wake_up();
  EXPECT_EQ(device.after(2s), "");
}

}  // namespace
}  // namespace attache::dialects
