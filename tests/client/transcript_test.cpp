#include "client/transcript.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sstream>
#include <string>
#include <vector>

#include "at/damaged_lines.hpp"

namespace attache::client {
namespace {

using namespace std::chrono_literals;
using ::testing::HasSubstr;
using ::testing::Not;

class TranscriptTest : public ::testing::Test {
 protected:
  asio::io_context context;
  base::ManualClock clock{context};
  std::ostringstream out;
  Transcript transcript{clock, {{&out, false}}};
};

TEST_F(TranscriptTest, ShowsLinesWithTimesAndArrows) {
  transcript.sent("AT+CFUN=1\r\n");
  clock.advance(1500ms);
  transcript.received("\r\nO");
  transcript.received("K\r\n\x01\t\r\n");
  EXPECT_EQ(out.str(), "    0.000 → AT+CFUN=1\n    1.500 ← OK\n    1.500 ← \\x01\\t\n");
}

TEST_F(TranscriptTest, ShowsDataWithoutALineEndWhenItIsQuiet) {
  transcript.received("hello");
  clock.advance(99ms);
  EXPECT_EQ(out.str(), "");
  clock.advance(1ms);
  EXPECT_EQ(out.str(), "    0.100 ← hello\n");
  transcript.received("\r\nOK\r\n");
  EXPECT_EQ(out.str(), "    0.100 ← hello\n    0.100 ← OK\n");
}

TEST_F(TranscriptTest, ShowsBareLineEnds) {
  transcript.sent("\r");
  EXPECT_EQ(out.str(), "    0.000 → \\r\n");
}

TEST_F(TranscriptTest, MasksSecretsAlsoOverSeveralLines) {
  transcript.sent("AT+CPIN=\"3349\"\r\n");
  transcript.sent("AT%CMNG=0,42,2,\"-----BEGIN\r\n");
  transcript.sent("MIIBtopsecretkeymaterial\r\n");
  transcript.sent("-----END\"\r\n");
  transcript.sent("AT\r\n");
  EXPECT_THAT(out.str(), Not(HasSubstr("3349")));
  EXPECT_THAT(out.str(), Not(HasSubstr("MIIB")));
  EXPECT_THAT(out.str(), Not(HasSubstr("END")));
  EXPECT_THAT(out.str(), HasSubstr("→ AT\n"));
}

TEST_F(TranscriptTest, ColoursForATerminalOnly) {
  std::ostringstream terminal;
  Transcript both(clock, {{&terminal, true}, {&out, false}});
  both.sent("AT\r\n");
  EXPECT_THAT(terminal.str(), HasSubstr("\033["));
  EXPECT_THAT(out.str(), Not(HasSubstr("\033[")));
}

TEST_F(TranscriptTest, SumsUpAFailure) {
  Script script;
  script.name = "s.at";
  RunResult result;
  result.exchanges = 3;
  result.passed = 1;
  result.failure = Failure{"s.at:4:3", "< OK", "OK", "ERROR\x07", "another line came", {"+CSCON: 1"}, 0};
  transcript.result(script, result);
  EXPECT_THAT(out.str(), HasSubstr("FAILED: s.at, 1 of 3 exchanges passed, 1 failed, 1 not run"));
  EXPECT_THAT(out.str(), HasSubstr("s.at:4:3"));
  EXPECT_THAT(out.str(), HasSubstr("ERROR\\x07"));
  EXPECT_THAT(out.str(), HasSubstr("+CSCON: 1"));
}

TEST_F(TranscriptTest, ShowsDataAsItIs) {
  transcript.sent("AT#XTCPSEND\r\n");
  transcript.sent("hello \"world\"\r\n");
  transcript.sent("+++");
  EXPECT_EQ(out.str(), "    0.000 → AT#XTCPSEND\n    0.000 → hello \"world\"\n    0.000 → +++\n");
}

TEST_F(TranscriptTest, MasksTheRestOfATornLineAndHeadersInData) {
  transcript.sent("AT+CGAUTH=0,1,\"u\",\r\n");
  transcript.sent("hunter\r\n");
  transcript.sent("AT\r\n");
  transcript.sent("Authorization: Bearer x\r\n");
  EXPECT_EQ(out.str(),
            "    0.000 → AT+CGAUTH=0,1,\"*\",\n    0.000 → ******\n    0.000 → AT\n    0.000 → ********\n");
}

TEST_F(TranscriptTest, MasksDataWhoseTellTaleWordIsDamaged) {
  auto shown = [this](std::string_view line) {
    std::ostringstream out;
    Transcript one(clock, {{&out, false}});
    one.sent(std::string(line) + "\r\n");
    return out.str();
  };
  for (std::string_view line : {"Authorizaton: Basic x", "Cokie: a=b", "Sercet: x", "Api_Key: x"}) {
    EXPECT_EQ(shown(line), "    0.000 → ********\n") << line;
  }
  for (std::string_view line : {"{\"pasword\":\"x\"}", "{\"passswd\":\"x\"}"}) {
    EXPECT_EQ(shown(line), "    0.000 → *\"*******\"*\"*\"*\n") << line;
  }
}

TEST_F(TranscriptTest, ShowsDataThatIsOnlyAlikeAShortWord) {
  transcript.sent("it has taken a while\r\n");
  EXPECT_EQ(out.str(), "    0.000 → it has taken a while\n");
}

TEST_F(TranscriptTest, NeverShowsAPlantedSecretOfADamagedLine) {
  at::DamagedLines lines(3);
  for (int round = 0; round < 100; ++round) {
    for (std::size_t kind = 0; kind < at::DamagedLines::kinds(); ++kind) {
      at::DamagedLines::Line line = lines.next(kind);
      std::ostringstream shown;
      Transcript one(clock, {{&shown, false}});
      for (const std::string& piece : line.pieces) {
        one.sent(piece + "\r\n");
      }
      ASSERT_EQ(at::DamagedLines::shown(shown.str(), line.secret), "") << shown.str();
    }
  }
}

}  // namespace
}  // namespace attache::client
