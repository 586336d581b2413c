#include "client/port_transcript.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <ctime>
#include <string>

#include "at/damaged_lines.hpp"
#include "client/script.hpp"

namespace attache::client {
namespace {

using namespace std::chrono_literals;
using ::testing::HasSubstr;
using ::testing::Not;

class PortTranscriptTest : public ::testing::Test {
 protected:
  PortTranscriptTest() {
    ::setenv("TZ", "UTC", 1);
    ::tzset();
  }

  void host(std::string_view bytes, bool data_mode = false) {
    transcript.hear(0, Speaker::host, bytes, data_mode);
  }
  void device(std::string_view bytes, bool data_mode = false) {
    transcript.hear(0, Speaker::device, bytes, data_mode);
  }
  void wait(base::Duration duration) { clock.advance(duration); }
  /// The lines without their times.
  std::string lines() {
    transcript.finish();
    std::string result;
    for (std::string_view rest = text; !rest.empty();) {
      std::size_t end = rest.find('\n') + 1;
      result += rest.substr(13, end - 13);
      rest.remove_prefix(end);
    }
    return result;
  }

  boost::asio::io_context context;
  // 2026-05-24 12:03:07.482
  base::ManualClock clock{context, base::WallTime{} + std::chrono::milliseconds(1779624187482)};
  std::string text;
  PortTranscript transcript{clock, {"pty:/tmp/modem"}, [this](std::string_view lines) { text += lines; }};
};

TEST_F(PortTranscriptTest, ShowsWhoSaysWhatAndWhen) {
  transcript.begin("slm-1.6", true);
  device("Ready\r\n");
  wait(1500ms);
  host("AT+CFUN=1\r\n");
  device("\r\nOK\r\n");
  transcript.finish();
  EXPECT_EQ(text,
            "# 2026-05-24 12:03:07.482 +0000: attache serve; > the host says, < the device says, secrets are "
            "masked\n"
            "# port pty:/tmp/modem\n@ dialect slm-1.6\n@ start boot\n"
            "12:03:07.482 < Ready\n12:03:08.982 > AT+CFUN=1\n12:03:08.982 < OK\n");
}

TEST_F(PortTranscriptTest, BeginsNoScriptBehindAnother) {
  transcript.begin("slm-1.6", false);
  EXPECT_THAT(text, Not(HasSubstr("@ ")));
}

TEST_F(PortTranscriptTest, IsAScript) {
  transcript.begin("slm-1.6", true);
  device("Ready\r\n");
  host("AT\r\n\r\nAT\rAT\nAT{X}\r\n\x01\\\"@file:x\"\r\n");
  device("\r\nOK\r\n{A}\r\n+CME\x02\r\n");
  host("tail");
  transcript.finish();
  auto script = parse_script(text, "t.at");
  ASSERT_TRUE(script) << base::to_block(script.error());
  std::string sent;
  std::string expected;
  for (const Step& step : script->steps) {
    bool is_line = step.directive == Directive::send || step.directive == Directive::line;
    bool is_sent = step.directive == Directive::send || step.directive == Directive::send_raw;
    (is_sent ? sent : expected) += step.text.fill({{"X", "wrong"}, {"A", "wrong"}}) + (is_line ? "\r\n" : "");
  }
  EXPECT_EQ(sent, "AT\r\n\r\nAT\rAT\nAT{X}\r\n\x01\\\"@file:x\"\r\ntail");
  EXPECT_EQ(expected, "Ready\r\nOK\r\n{A}\r\n+CME\x02\r\n");
  EXPECT_EQ(script->dialect(), "slm-1.6");
}

TEST_F(PortTranscriptTest, NamesThePortIfThereAreSeveral) {
  std::string both;
  PortTranscript of_two(clock, {"uart0", "uart2"}, [&](std::string_view lines) { both += lines; });
  of_two.begin("slm-1.6", true);
  of_two.hear(0, Speaker::host, "AT", false);
  of_two.hear(1, Speaker::device, "Ready\r\n", false);
  of_two.hear(0, Speaker::host, "I\r\n", false);
  of_two.finish();
  EXPECT_THAT(
      both, HasSubstr("# port uart0\n# port uart2\n12:03:07.482 uart2 < Ready\n12:03:07.482 uart0 > ATI\n"));
  auto script = parse_script(both, "t.at");
  ASSERT_FALSE(script);
  EXPECT_THAT(script.error().why, HasSubstr("several ports"));
  EXPECT_EQ(script.error().where, "t.at:4:14");
}

TEST_F(PortTranscriptTest, TakesFurtherPortsAndTellsThemApart) {
  host("AT");
  std::size_t channel = transcript.add_port("pty:/tmp/modem#2");
  transcript.hear(channel, Speaker::host, "AT+CSQ\r\n", false);
  host("I\r\n");
  transcript.finish();
  EXPECT_EQ(text,
            "# port pty:/tmp/modem#2\n12:03:07.482 pty:/tmp/modem#2 > AT+CSQ\n"
            "12:03:07.482 pty:/tmp/modem > ATI\n");
}

TEST_F(PortTranscriptTest, ShowsTheLineEndsThatAreWrong) {
  host("AT\n");
  host("AT\r");
  wait(999ms);
  EXPECT_THAT(text, Not(HasSubstr("\\r")));
  wait(1ms);
  EXPECT_EQ(lines(), ">> AT\\n\n>> AT\\r\n");
}

TEST_F(PortTranscriptTest, ShowsALineThatPausesAndItsRest) {
  host("AT+CF");
  wait(1s);
  host("UN?\r\n");
  device("\r\n+CFUN: ");
  wait(100ms);
  device("0\r\n\r\nOK\r\n");
  EXPECT_EQ(lines(), ">> AT+CF\n> UN?\n<< +CFUN: \n< 0\n< OK\n");
}

TEST_F(PortTranscriptTest, ShowsWhatWasBeforeTheOtherSideSpoke) {
  host("AT+CF");
  device("+CEREG: 1\r\n");
  host("UN?\r\n");
  EXPECT_EQ(lines(), ">> AT+CF\n< +CEREG: 1\n> UN?\n");
}

TEST_F(PortTranscriptTest, HasTheTimeOfTheFirstByte) {
  host("A");
  wait(20ms);
  host("T\r\n");
  EXPECT_EQ(text, "12:03:07.482 > AT\n");
}

TEST_F(PortTranscriptTest, SaysThatADayIsOver) {
  transcript.begin("slm-1.6", false);
  text.clear();
  clock.set_wall(clock.wall_now() + 12h);
  host("AT\r\n");
  EXPECT_EQ(text, "# 2026-05-25\n00:03:07.482 > AT\n");
}

TEST_F(PortTranscriptTest, ShowsTheBeginningOfMuchDataAndCountsTheRest) {
  std::string data(5000, '\xFF');
  host(data, true);
  host(data, true);
  wait(999ms);
  EXPECT_THAT(text, Not(HasSubstr("#")));
  wait(1ms);
  std::string shown;
  for (int i = 0; i < 1024; ++i) {
    shown += "\\xFF";
  }
  EXPECT_EQ(lines(), ">> " + shown + "\n# 8976 more bytes from the host\n");
}

TEST_F(PortTranscriptTest, ShowsSomeOfDataThatNeverPausesEachSecond) {
  for (int i = 0; i < 30; ++i) {
    device(fmt::format("{:x>100}\r\n{:y>2000}\r\n", "", ""), true);
    wait(100ms);
  }
  std::string all = lines();
  EXPECT_LT(all.size(), 4 * 1200U);
  EXPECT_GT(all.size(), 3 * 1000U);
  EXPECT_THAT(all, HasSubstr("more bytes from the device"));
}

TEST_F(PortTranscriptTest, ShowsACommandAfterMuchData) {
  host("AT#XTCPSEND\r\n");
  host(std::string(3000, 'x'), true);
  host("+++", true);
  device("\r\n#XDATAMODE: 0\r\n");
  host("AT+CFUN?\r\n");
  EXPECT_EQ(lines(), "> AT#XTCPSEND\n>> " + std::string(1024, 'x') +
                         "\n< #XDATAMODE: 0\n# 1979 more bytes from the host\n> AT+CFUN?\n");
}

TEST_F(PortTranscriptTest, ShowsTheBeginningOfALineThatNeverEnds) {
  host("AT#XSEND=\"" + std::string(10000, 'x') + "\"\r\n");
  host("AT\r\n");
  EXPECT_EQ(lines(), ">> AT#XSEND=\"" + std::string(4087, 'x') + "\n# 5916 more bytes from the host\n> AT\n");
}

TEST_F(PortTranscriptTest, MasksSecretsHoweverTheyAreCut) {
  for (std::string_view secret : {"AT+CPIN=\"3349\"\r\n", "AT%CMNG=0,42,3,\"C0FFEE00\"\r\n",
                                  "AT%CMNG=0,42,2,\"-----BEGIN EC PRIVATE "
                                  "KEY-----\nMIIBtopsecretkeymaterial\n-----END EC PRIVATE KEY-----\"\r\n",
                                  "AT+CGAUTH=0,1,\"user\",\"hunter\"\r\n"}) {
    for (std::size_t cut = 0; cut < secret.size(); ++cut) {
      host(secret.substr(0, cut));
      wait(2s);
      host(secret.substr(cut));
      device("\r\nOK\r\n");
    }
  }
  transcript.finish();
  for (const char* hidden : {"3349", "C0FFEE", "MIIB", "topsecret", "hunter"}) {
    EXPECT_THAT(text, Not(HasSubstr(hidden)));
  }
  EXPECT_THAT(text, HasSubstr("> AT+CPIN=\"****\"\n"));
}

TEST_F(PortTranscriptTest, MasksWhatDataAndAnswersSayOfSecrets) {
  host("AT#XTCPSEND\r\n");
  host("Authorization: Bearer abcdef\r\n", true);
  device("Set-Cookie: session=abcdef\r\n", true);
  device("{\"token\":\"abc", true);
  wait(5s);
  device("def\"}", true);
  transcript.finish();
  EXPECT_THAT(text, Not(HasSubstr("abc")));
  EXPECT_THAT(text, Not(HasSubstr("def")));
}

TEST_F(PortTranscriptTest, NeverShowsAPlantedSecretOfADamagedLine) {
  at::DamagedLines damaged(3);
  for (int round = 0; round < 100; ++round) {
    for (std::size_t kind = 0; kind < at::DamagedLines::kinds(); ++kind) {
      at::DamagedLines::Line line = damaged.next(kind);
      std::string shown;
      PortTranscript one(clock, {"p"}, [&](std::string_view lines) { shown += lines; });
      for (const std::string& piece : line.pieces) {
        one.hear(0, Speaker::host, piece + "\r\n", false);
      }
      one.finish();
      ASSERT_EQ(at::DamagedLines::shown(shown, line.secret), "") << shown;
    }
  }
}

TEST_F(PortTranscriptTest, TakesLittleMemoryForALineWithoutEnd) {
  for (int i = 0; i < 20000; ++i) {
    host(std::string(1000, 'x'));
  }
  host("\r\nAT\r\n");
  std::string all = lines();
  EXPECT_THAT(all, HasSubstr("more bytes from the host\n> AT\n"));
  EXPECT_LT(all.size(), 5000U);
}

}  // namespace
}  // namespace attache::client
