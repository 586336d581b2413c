#include "client/script_runner.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>

#include <algorithm>
#include <functional>

#include "client/conversation_fixture.hpp"

namespace attache::client {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

using ScriptRunner = ConversationTest;

TEST_F(ScriptRunner, SendsWithTheLineEndAndTakesTheAnswer) {
  run("> AT\n< OK\n");
  EXPECT_EQ(sent(), "AT\r\n");
  EXPECT_FALSE(result);
  modem("\r\nOK\r\n");
  ASSERT_TRUE(result);
  EXPECT_TRUE(result->ok());
  EXPECT_EQ(result->exchanges, 1U);
  EXPECT_EQ(result->passed, 1U);
}

TEST_F(ScriptRunner, EndsLinesWithCrForSerialModem) {
  run("@ dialect serial-modem-2.0\n> AT\n");
  EXPECT_EQ(sent(), "AT\r");
}

TEST_F(ScriptRunner, FailsAtOnceOnAnotherLine) {
  run("< Ready\n> AT\n< OK\n> ATI\n");
  modem("Ready\r\n");
  modem("\r\nERROR\r\n");
  ASSERT_TRUE(result && result->failure);
  EXPECT_EQ(result->failure->place, "test.at:3:3");
  EXPECT_EQ(result->failure->expected, "OK");
  EXPECT_EQ(result->failure->got, "ERROR");
  EXPECT_EQ(result->exchanges, 3U);
  EXPECT_EQ(result->passed, 1U);
  EXPECT_EQ(result->not_run(), 1U);
  EXPECT_EQ(sent(), "AT\r\n");
}

TEST_F(ScriptRunner, FailsWhenNothingComesInTime) {
  run("@ timeout 3\n> AT\n< OK\n");
  clock.advance(2999ms);
  EXPECT_FALSE(result);
  clock.advance(1ms);
  ASSERT_TRUE(result && result->failure);
  EXPECT_EQ(result->failure->why, "nothing came within 3 s");
  EXPECT_EQ(result->failure->got, "");
}

TEST_F(ScriptRunner, TheTimeoutGivenWins) {
  RunOptions options;
  options.timeout = 1s;
  run("@ timeout 3\n> AT\n< OK\n", options);
  clock.advance(1s);
  EXPECT_TRUE(result);
}

TEST_F(ScriptRunner, PassesOverUrcsIntoTheAside) {
  run("> AT+CFUN=1\n< OK\n!/ \\+CEREG: 1.*\n! +CSCON: 1\n");
  modem("\r\n+CSCON: 1\r\n\r\nOK\r\n\r\n%XSIM: 1\r\n+CEREG: 1,\"0001\"\r\n");
  ASSERT_TRUE(result);
  EXPECT_TRUE(result->ok());
}

TEST_F(ScriptRunner, PassesOverTheTextOfAMessageWithItsUrc) {
  run("> AT\n< OK\n");
  modem("\r\n+CMT: \"\",20\r\n0791\r\n\r\nOK\r\n");
  ASSERT_TRUE(result);
  EXPECT_TRUE(result->ok());
}

TEST_F(ScriptRunner, AnAnswerWithTheNameOfAUrcIsNotPassedOver) {
  run("> AT+CEREG?\n< +CEREG: 5,1\n< OK\n");
  modem("\r\n+CEREG: 0,4\r\n\r\nOK\r\n");
  ASSERT_TRUE(result && result->failure);
  EXPECT_EQ(result->failure->got, "+CEREG: 0,4");
}

TEST_F(ScriptRunner, AfterItsResultTheCommandsNameIsAUrcAgain) {
  run("> AT+CEREG?\n< +CEREG: 5,1\n< OK\n< +CSCON: 0\n");
  modem("\r\n+CEREG: 5,1\r\n\r\nOK\r\n\r\n+CEREG: 2\r\n\r\n+CSCON: 0\r\n");
  ASSERT_TRUE(result);
  EXPECT_TRUE(result->ok());
}

TEST_F(ScriptRunner, WhatCameBeforeACommandIsNotItsAnswer) {
  run("> AT\n< OK\n~ 100\n> AT+CGSN\n</ [0-9]+\n< OK\n");
  modem("\r\nOK\r\n\r\nOK\r\nnoise\r\n");
  clock.advance(100ms);
  modem("\r\n123\r\n\r\nOK\r\n");
  ASSERT_TRUE(result);
  EXPECT_TRUE(result->ok());
}

TEST_F(ScriptRunner, ExclamationLooksBackToTheLastCommandOnly) {
  run("> AT\n< OK\n~ 10\n> AT\n< OK\n! +CEREG: 1\n");
  modem("\r\nOK\r\n+CEREG: 1\r\n");
  clock.advance(10ms);
  modem("\r\nOK\r\n");
  EXPECT_FALSE(result);
  modem("+CEREG: 2\r\n+CEREG: 1\r\n");
  ASSERT_TRUE(result);
  EXPECT_TRUE(result->ok());
}

TEST_F(ScriptRunner, ALineWithoutEndCountsOnceItIsQuiet) {
  run("> AT#XUDPSEND=1,\"a\"\n< #XUDPDATA: 1,8\n< Test UDP\n> AT\n< OK\n");
  sent();
  modem("\r\n#XUDPDATA: 1,8\r\nTest");
  clock.advance(500ms);
  modem(" UDP");
  clock.advance(99ms);
  EXPECT_EQ(sent(), "");
  clock.advance(1ms);
  EXPECT_EQ(sent(), "AT\r\n");
  modem("\r\nOK\r\n");
  ASSERT_TRUE(result);
  EXPECT_TRUE(result->ok());
}

TEST_F(ScriptRunner, ALineThatGrowsIsNotTakenEarly) {
  run("> AT\n< +CEREG: 0\n");
  modem("\r\n+CEREG: 0");
  clock.advance(50ms);
  modem(",4\r\n");
  EXPECT_FALSE(result);
}

TEST_F(ScriptRunner, DataBeforeACommandIsCompletedByItsAnswer) {
  run("> AT#A\n! #XTCPDATA: 4\n> AT#XTCPCLI?\n< data\n< #XTCPCLI: 1\n< OK\n");
  modem("\r\n#XTCPDATA: 4\r\ndata");
  modem("\r\n#XTCPCLI: 1\r\n\r\nOK\r\n");
  ASSERT_TRUE(result);
  EXPECT_TRUE(result->ok());
}

TEST_F(ScriptRunner, ReadsAnHttpResponseWhoseBodyHasNoLineEnd) {
  run("> AT#XHTTPCREQ=\"GET\",\"/hello\",\"\"\n< OK\n< #XHTTPCREQ: 0\n</ #XHTTPCRSP:[0-9]+,0\n"
      "< HTTP/1.1 200 OK\n< Content-Length: 5\n< #XHTTPCRSP:5,0\n< hello\n< #XHTTPCRSP:0,1\n");
  modem(
      "\r\nOK\r\n\r\n#XHTTPCREQ: 0\r\n\r\n#XHTTPCRSP:40,0\r\nHTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n"
      "\r\n#XHTTPCRSP:5,0\r\nhello\r\n#XHTTPCRSP:0,1\r\n");
  ASSERT_TRUE(result);
  EXPECT_TRUE(result->ok());
}

TEST_F(ScriptRunner, NamedGroupsBecomePlaceholders) {
  run("> AT#XSOCKET=1,1,0\n</ #XSOCKET: (?<S>\\d+),1,0,6\n< OK\n> AT#XSOCKETSELECT={S}\n");
  sent();
  modem("\r\n#XSOCKET: 3,1,0,6\r\n\r\nOK\r\n");
  EXPECT_EQ(sent(), "AT#XSOCKETSELECT=3\r\n");
  EXPECT_EQ(result->values.at("S"), "3");
}

TEST_F(ScriptRunner, SendsAMultiLineValueAsOneCommand) {
  run("> AT%CMNG=0,1,0,\"BEGIN\n> data\n> END\"\n< OK\n");
  EXPECT_EQ(sent(), "AT%CMNG=0,1,0,\"BEGIN\r\ndata\r\nEND\"\r\n");
  modem("\r\nOK\r\n");
  ASSERT_TRUE(result);
  EXPECT_EQ(result->exchanges, 1U);
}

TEST_F(ScriptRunner, SendsRawBytesAndCountsEveryByteThatComes) {
  run(">> \\x01abc\n<< \\r\\nxyz\n!< 100\n");
  EXPECT_EQ(sent(),
            "\x01"
            "abc");
  modem("\r\nx");
  modem("yz");
  EXPECT_FALSE(result);
  clock.advance(100ms);
  ASSERT_TRUE(result);
  EXPECT_TRUE(result->ok());
}

TEST_F(ScriptRunner, RawBytesThatDifferFailAtTheFirst) {
  run("<< abc\n");
  modem("ax");
  ASSERT_TRUE(result && result->failure);
  EXPECT_EQ(result->failure->got, "ax");
}

TEST_F(ScriptRunner, SilenceFailsOnAnyByte) {
  run("> AT\"\n!< 1000\n");
  clock.advance(999ms);
  modem("\r");
  ASSERT_TRUE(result && result->failure);
  EXPECT_EQ(result->failure->expected, "nothing for 1000 ms");
  EXPECT_EQ(result->failure->got, "\r");
}

TEST_F(ScriptRunner, RepeatedLinesEndAtTheNextExpectation) {
  run("> AT+CLAC\n<* AT.*\n< OK\n> AT+COPS=?\n<* x.*\n~ 5\n> AT\n< OK\n");
  modem("\r\nAT+A\r\nAT+B\r\n\r\nOK\r\n");
  modem("\r\nx1\r\n");
  clock.advance(105ms);
  modem("\r\nOK\r\n");
  ASSERT_TRUE(result);
  EXPECT_TRUE(result->ok());
}

TEST_F(ScriptRunner, SendsTheCleanupLinesAfterAFailure) {
  run("@ cleanup AT#XHTTPCCON=0\n> AT\n< OK\n");
  sent();
  modem("\r\nERROR\r\n");
  EXPECT_EQ(sent(), "AT#XHTTPCCON=0\r\n");
  EXPECT_FALSE(result);
  modem("\r\nOK\r\n");
  ASSERT_TRUE(result && result->failure);
}

TEST_F(ScriptRunner, TellsThatTheLineWasClosed) {
  run("> AT\n< OK\n");
  port.close();
  clock.settle();
  ASSERT_TRUE(result && result->failure);
  EXPECT_THAT(result->failure->why, HasSubstr("closed"));
}

TEST_F(ScriptRunner, GivesTheSameResultHoweverTheAnswerIsCut) {
  std::string answer = "\r\n+CSCON: 1\r\n\r\n#XSLMVER: \"1.6.0\"\r\n\r\nOK\r\n";
  for (std::size_t cut = 0; cut <= answer.size(); ++cut) {
    result.reset();
    run("> AT#XSLMVER\n< #XSLMVER: \"1.6.0\"\n< OK\n! +CSCON: 1\n");
    modem(answer.substr(0, cut));
    modem(answer.substr(cut));
    ASSERT_TRUE(result) << cut;
    EXPECT_TRUE(result->ok()) << cut;
  }
}

TEST_F(ScriptRunner, AFailureNamesEverythingButSecrets) {
  run("> ATE1\n< AT+CPIN=\"9999\"\n");
  modem("+CSCON: 1\r\nAT+CPIN=\"1234\"\r\n");
  ASSERT_TRUE(result && result->failure);
  std::string block = base::to_block(to_reason(*result->failure));
  EXPECT_THAT(block, HasSubstr("test.at:2:3"));
  EXPECT_THAT(block, HasSubstr("+CSCON: 1"));
  EXPECT_THAT(block, ::testing::Not(HasSubstr("1234")));
  EXPECT_THAT(block, ::testing::Not(HasSubstr("9999")));
}

TEST_F(ScriptRunner, SteersBetweenTheLines) {
  RunOptions options;
  std::vector<std::string> steered;
  options.values = {{"STATE", "off"}};
  options.steer = [&](const std::string& command) -> base::Result<std::string> {
    steered.push_back(command + " after " + sent());
    return {boost::system::in_place_value, "done"};
  };
  run("> AT\n< OK\n$ coverage {STATE}\n> ATI\n", options);
  EXPECT_TRUE(steered.empty());
  modem("\r\nOK\r\n");
  EXPECT_THAT(steered, ElementsAre("coverage off after AT\r\n"));
  ASSERT_TRUE(result);
  EXPECT_TRUE(result->ok());
  EXPECT_EQ(result->exchanges, 2U);
}

TEST_F(ScriptRunner, SaysWhySteeringFailed) {
  RunOptions options;
  options.steer = [](const std::string&) -> base::Result<std::string> {
    return base::make_reason("the command cannot be carried out", "no such cell", "usage: cell ID");
  };
  run("$ cell X\n", options);
  ASSERT_TRUE(result && result->failure);
  EXPECT_EQ(result->failure->place, "test.at:1:3");
  EXPECT_EQ(result->failure->why, "the command cannot be carried out: no such cell (usage: cell ID)");
}

TEST_F(ScriptRunner, FailsALineThatSteersAModemWhichCannotBeSteered) {
  run("$ coverage off\n");
  ASSERT_TRUE(result && result->failure);
  EXPECT_EQ(result->failure->why, "this modem cannot be steered");
}

// A steering command that always succeeds; `during` happens while it is at work.
RunOptions steered(std::function<void(const std::string& command)> during = nullptr) {
  RunOptions options;
  options.steer = [during](const std::string& command) -> base::Result<std::string> {
    if (during) {
      during(command);
    }
    return {boost::system::in_place_value, "done"};
  };
  return options;
}

TEST_F(ScriptRunner, WhatCameBeforeASteeringCommandLiesBehindIt) {
  for (const char* expectation : {"! +CEREG: 2", "!/ \\+CEREG: .*", "< +CEREG: 2", "</ \\+CEREG: .*"}) {
    result.reset();
    run(fmt::format("> AT\n< OK\n~ 10\n$ coverage off\n{}\n", expectation), steered());
    modem("\r\nOK\r\n\r\n+CEREG: 2\r\n");
    clock.advance(10ms);
    EXPECT_FALSE(result) << expectation;
    modem("\r\n+CEREG: 2\r\n");
    ASSERT_TRUE(result) << expectation;
    EXPECT_TRUE(result->ok()) << expectation;
  }
}

TEST_F(ScriptRunner, WhatAnExclamationPassedOverLiesBehindASteeringCommand) {
  run("> AT+CFUN=1\n< OK\n! +CEREG: 1\n$ coverage off\n! +CEREG: 2\n", steered());
  modem("\r\nOK\r\n\r\n+CEREG: 2\r\n\r\n+CEREG: 1\r\n");
  EXPECT_FALSE(result);
  modem("\r\n+CEREG: 2\r\n");
  ASSERT_TRUE(result);
  EXPECT_TRUE(result->ok());
}

// The first steering command is the moment at which a line gets into the port and is not read yet.
TEST_F(ScriptRunner, WhatLiesInThePortStillLiesBehindASteeringCommand) {
  run("$ signal rsrp=-120\n$ coverage off\n! +CEREG: 2\n", steered([this](const std::string& command) {
        if (command.starts_with("signal")) {
          port.host_sends("\r\n+CEREG: 2\r\n");
        }
      }));
  EXPECT_FALSE(result);
  modem("\r\n+CEREG: 2\r\n");
  ASSERT_TRUE(result);
  EXPECT_TRUE(result->ok());
}

TEST_F(ScriptRunner, WhatLiesInThePortStillLiesBehindACommand) {
  run("$ coverage off\n> AT\n< OK\n! +CEREG: 2\n",
      steered([this](const std::string&) { port.host_sends("\r\n+CEREG: 2\r\n"); }));
  modem("\r\nOK\r\n");
  EXPECT_FALSE(result);
  modem("\r\n+CEREG: 2\r\n");
  ASSERT_TRUE(result);
  EXPECT_TRUE(result->ok());
}

TEST_F(ScriptRunner, ALineOnItsWayLiesBehindASteeringCommand) {
  bool is_steered = false;
  run("> AT\n< OK\n$ coverage off\n! +CEREG: 2\n", steered([&](const std::string&) { is_steered = true; }));
  modem("\r\nOK\r\n\r\n+CER");
  clock.advance(99ms);
  EXPECT_FALSE(is_steered);
  modem("EG: 2\r\n");
  EXPECT_TRUE(is_steered);
  EXPECT_FALSE(result);
  modem("\r\n+CEREG: 2\r\n");
  ASSERT_TRUE(result);
  EXPECT_TRUE(result->ok());
}

TEST_F(ScriptRunner, DataWithoutALineEndDelaysASteeringCommandUntilItIsQuietAndStays) {
  bool is_steered = false;
  run("> AT\n< OK\n$ link outage=on\n< data\n", steered([&](const std::string&) { is_steered = true; }));
  modem("\r\nOK\r\ndata");
  clock.advance(99ms);
  EXPECT_FALSE(is_steered);
  clock.advance(1ms);
  EXPECT_TRUE(is_steered);
  modem("\r\n+CSCON: 0\r\n");
  ASSERT_TRUE(result);
  EXPECT_TRUE(result->ok());
}

TEST_F(ScriptRunner, WhatSteeringCausesCountsAlsoBeforeItsAnswer) {
  for (const char* expectation : {"! +CEREG: 2", "< +CEREG: 2"}) {
    result.reset();
    run(fmt::format("$ coverage off\n{}\n", expectation),
        steered([this](const std::string&) { port.host_sends("\r\n+CEREG: 2\r\n"); }));
    ASSERT_TRUE(result) << expectation;
    EXPECT_TRUE(result->ok()) << expectation;
  }
}

/// A script whose lines of the modem are known, into which a URC is put at every place.
class UrcAtEveryPlace : public ConversationTest {
 protected:
  struct Turn {
    std::string command;
    std::vector<std::string> lines;
  };

  // Before each command, after it, between all lines, and with every cut of the bytes. The script is each
  // command with the next one, which may be sent before the rest of the bytes has come.
  void expect_no_difference(const std::vector<Turn>& turns, const std::string& urc) {
    for (std::size_t i = 0; i < turns.size(); ++i) {
      const std::vector<Turn> pair{turns[i], turns[(i + 1) % turns.size()]};
      for (std::size_t place = 0; place <= pair[0].lines.size(); ++place) {
        std::vector<std::string> lines = pair[0].lines;
        lines.insert(lines.begin() + static_cast<std::ptrdiff_t>(place), urc);
        std::string bytes = framed(lines);
        for (std::size_t cut = 0; cut <= bytes.size(); ++cut) {
          play(pair, bytes, cut);
          ASSERT_TRUE(result) << bytes << " cut at " << cut;
          ASSERT_TRUE(result->ok()) << bytes << " cut at " << cut << ": got " << result->failure->got;
        }
      }
    }
  }

 private:
  static std::string framed(const std::vector<std::string>& lines) {
    std::string bytes;
    for (const std::string& line : lines) {
      bytes += fmt::format("\r\n{}\r\n", line);
    }
    return bytes;
  }

  void play(const std::vector<Turn>& pair, const std::string& bytes, std::size_t cut) {
    result.reset();
    std::string text;
    for (const Turn& turn : pair) {
      text += fmt::format("> {}\n", turn.command);
      for (const std::string& line : turn.lines) {
        text += fmt::format("< {}\n", line);
      }
    }
    run(text);
    modem(bytes.substr(0, cut));
    modem(bytes.substr(cut));
    modem(framed(pair[1].lines));
    sent();
  }
};

TEST_F(UrcAtEveryPlace, ChangesNothing) {
  std::vector<Turn> turns{
      {"AT+CFUN=4", {"OK"}},
      {"AT+CEREG=1", {"OK"}},
      {"AT+CEREG?", {"+CEREG: 1,4", "OK"}},
      {"AT+CEREG=?", {"+CEREG: (0-5)", "OK"}},
      {"AT+CSCON=2", {"OK"}},
      {"AT+CSCON?", {"+CSCON: 2,1,7", "OK"}},
      {"AT%XSIM=1", {"OK"}},
      {"AT%XSIM?", {"%XSIM: 1", "OK"}},
      {"AT%XTEMP?", {"%XTEMP: 50", "OK"}},
      {"AT%XSNRSQ?", {"%XSNRSQ: 39,168,0", "OK"}},
      {"AT+CIND?", {"+CIND: 1,0,1", "OK"}},
      {"AT#XTCPCLI=0", {"OK"}},
      {"AT#XSLMVER", {"#XSLMVER: \"1.6.0\"", "OK"}},
      {"AT", {"OK"}},
  };
  for (const char* urc :
       {"+CEREG: 0", "+CEREG: 1,\"0A1B\",\"0112F301\",7", "+CEREG: 4,,,,,,\"11100000\",\"11100000\"",
        "+CSCON: 1", "+CSCON: 1,7", "%XSIM: 0,9", "%XTEMP: 2,56", "%XSNRSQ: 39,3,130,1", "+CIND: \"roam\",1",
        "+CGEV: ME DETACH", "#XTCPCLI: 0,\"disconnected\"", "+CMT: \"\",20\r\n0791"}) {
    expect_no_difference(turns, urc);
  }
}

TEST_F(ScriptRunner, ALineThatMayBeAUrcButIsTheAnswerFailsAtTheResult) {
  run("> AT%XSIM?\n< OK\n");
  modem("\r\n%XSIM: 1\r\n");
  EXPECT_FALSE(result);  // It may be a URC until the result has come.
  modem("\r\nOK\r\n");
  ASSERT_TRUE(result && result->failure);
  EXPECT_EQ(result->failure->got, "%XSIM: 1");
  EXPECT_EQ(result->failure->why, "another line came");
  EXPECT_TRUE(result->failure->aside.empty());
}

TEST_F(ScriptRunner, ACommandOfTheModemThatFailsHasNoAnswerOfItsName) {
  run("> AT%XSIM?\n< ERROR\n! %XSIM: 0,9\n");
  modem("\r\n%XSIM: 0,9\r\n\r\nERROR\r\n");
  ASSERT_TRUE(result);
  EXPECT_TRUE(result->ok());
}

TEST_F(ScriptRunner, AnErrorCodeOfTheApplicationIsNoUrc) {
  run("> AT#XTCPCLI=1,\"host\",80\n< #XTCPCLI: 1,\"connected\"\n< OK\n");
  modem("\r\n#XTCPCLI: -22\r\n\r\nERROR\r\n");
  ASSERT_TRUE(result && result->failure);
  EXPECT_EQ(result->failure->got, "#XTCPCLI: -22");
}

TEST_F(ScriptRunner, ThePayloadOfAUrcIsPassedOverAcrossACommand) {
  run("> AT\n< OK\n! +CMT: \"\",20\n> AT+CGSN\n< 123\n< OK\n");
  modem("\r\nOK\r\n\r\n+CMT: \"\",20\r\n");
  EXPECT_EQ(sent(), "AT\r\nAT+CGSN\r\n");
  modem("0791\r\n\r\n123\r\n\r\nOK\r\n");
  ASSERT_TRUE(result);
  EXPECT_TRUE(result->ok());
}

TEST_F(ScriptRunner, ThePayloadOfAUrcThatTheScriptReadsIsNotPassedOver) {
  run("> AT\n< OK\n! +CMT: \"\",20\n< 0791AA\n");
  modem("\r\nOK\r\n\r\n+CMT: \"\",20\r\n0791\r\n");
  ASSERT_TRUE(result && result->failure);
  EXPECT_EQ(result->failure->got, "0791");
}

TEST_F(ScriptRunner, SaysThatAPatternMustMatchTheWholeLine) {
  run("> AT+CESQ\n</ \\+CESQ: 99\n");
  modem("\r\n+CESQ: 99,99,255\r\n\r\nOK\r\n");
  ASSERT_TRUE(result && result->failure);
  EXPECT_EQ(result->failure->why, "another line came; a pattern must match the whole line");
  EXPECT_EQ(result->failure->advice, "The pattern matches a part of the line: write .* for the rest of it.");
  EXPECT_EQ(to_reason(*result->failure).advice, result->failure->advice);
}

TEST_F(ScriptRunner, SaysThatAPatternMustMatchTheWholeLineAlsoOfOneThatMayComeLater) {
  run("> AT\n!/ CEREG: 1\n");
  modem("\r\nOK\r\n+CEREG: 1\r\n");
  clock.advance(10s);
  ASSERT_TRUE(result && result->failure);
  EXPECT_TRUE(result->failure->timed_out);
  EXPECT_EQ(result->failure->why, "the line did not come within 10 s; a pattern must match the whole line");
  EXPECT_EQ(result->failure->advice, "The pattern matches a part of the line: write .* for the rest of it.");
}

TEST_F(ScriptRunner, TellsWhatDidNotComeInTimeFromWhatWasWrong) {
  RunOptions options;
  options.usual_timeout = 20s;
  run("> AT\n< OK\n", options);
  clock.advance(19s);
  EXPECT_FALSE(result);
  clock.advance(1s);
  ASSERT_TRUE(result && result->failure);
  EXPECT_TRUE(result->failure->timed_out);
  EXPECT_EQ(result->failure->advice, "If it takes longer: `@ timeout SECONDS` in the script, or --timeout.");
  result.reset();
  run("> AT\n< OK\n");
  modem("\r\nERROR\r\n");
  ASSERT_TRUE(result && result->failure);
  EXPECT_FALSE(result->failure->timed_out);
}

TEST_F(ScriptRunner, ALineThatIsClosedHasNotTimedOut) {
  run("> AT\n< OK\n");
  port.close();
  clock.settle();
  ASSERT_TRUE(result && result->failure);
  EXPECT_FALSE(result->failure->timed_out);
}

}  // namespace
}  // namespace attache::client
