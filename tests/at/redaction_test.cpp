#include "at/redaction.hpp"

#include <gtest/gtest.h>

#include <array>

#include "at/command_line.hpp"
#include "at/damaged_lines.hpp"
#include "at/grammar.hpp"
#include "at/parameter_policies.hpp"
#include "at/parameters.hpp"
#include "base/reason.hpp"

namespace attache::at {
namespace {

TEST(Redaction, MasksSecretsAndKeepsColumns) {
  EXPECT_EQ(redact("AT+CPIN=\"1234\",\"5678\""), "AT+CPIN=\"****\",\"****\"");
  EXPECT_EQ(redact("at+clck=\"SC\",1,\"1234\""), "at+clck=\"SC\",1,\"****\"");
  EXPECT_EQ(redact("AT%CMNG=0,42,1,\"key\nkey\",\"pw\""), "AT%CMNG=0,42,1,\"*******\",\"**\"");
  EXPECT_EQ(redact("AT+CGAUTH=0,1,\"user\",\"pass\""), "AT+CGAUTH=0,1,\"user\",\"****\"");
  EXPECT_EQ(redact("AT#XHTTPCREQ=\"GET\",\"/\",\"A: b\",5"), "AT#XHTTPCREQ=\"GET\",\"/\",\"****\",*");
}

TEST(Redaction, LeavesEverythingElseAsItIs) {
  for (const char* line : {"AT", "AT+CFUN=1", "AT%CMNG=1,42,0", "AT%CMNG=1", "AT+CPIN?", "AT+CLCK=\"SC\",2",
                           "AT#XHTTPCCON=1,\"h\",443,42", "AT#XHTTPCREQ=GET,\"/\"", ""}) {
    EXPECT_EQ(redact(line), line);
  }
}

TEST(Redaction, MasksSecretsThatLackTheirQuotes) {
  EXPECT_EQ(redact("AT+CPIN=1234"), "AT+CPIN=****");
  EXPECT_EQ(redact("AT+CLCK=\"SC\",1,1234"), "AT+CLCK=\"SC\",1,****");
  EXPECT_EQ(redact("AT%CMNG=0,42,3,C0FFEE"), "AT%CMNG=0,42,3,******");
  EXPECT_EQ(redact("AT#XHTTPCREQ=\"GET\",\"/\",A: b"), "AT#XHTTPCREQ=\"GET\",\"/\",****");
}

TEST(Redaction, MasksAllThatFollowsQuotesThatAreOutOfStep) {
  EXPECT_EQ(redact("AT#XHTTPCREQ=\"GET\",\"/,\"A: b\",5"), "AT#XHTTPCREQ=\"GET\",\"/,\"****\"**");
}

TEST(Redaction, WorksOnUnfinishedLinesAndBehindRubbish) {
  EXPECT_EQ(redact("xyAT+CPIN=\"12"), "xyAT+CPIN=\"**");
  EXPECT_EQ(redact("AT+CPIN=\"1234\"\rAT+CFUN=1"), "AT+CPIN=\"****\"\rAT+CFUN=1");
}

struct Masked {
  const char* line;
  const char* shown;
};

TEST(Redaction, MasksSecretsWhereParametersAreLeftOutOrLackTheirQuotes) {
  for (const Masked& c : {
           Masked{"AT+CGAUTH=0,1,,\"PW\"", "AT+CGAUTH=0,1,,\"**\""},
           Masked{"AT+CGAUTH=0,1,\"PW\"", "AT+CGAUTH=0,1,\"**\""},
           Masked{"AT#XMQTTCON=1,,\"u\",\"PW\",\"h\",1883", "AT#XMQTTCON=1,,\"u\",\"**\",\"h\",1883"},
           Masked{"AT#XMQTTCON=1,\"u\",\"PW\",\"h\",1883", "AT#XMQTTCON=1,\"u\",\"**\",\"h\",1883"},
           Masked{"AT#XFTP=\"open\",,\"PW\",\"h\"", "AT#XFTP=\"open\",,\"**\",\"h\""},
           Masked{"AT#XFTP=\"open\",\"PW\",\"h\"", "AT#XFTP=\"open\",\"**\",\"*\""},
           Masked{"AT#XHTTPCREQ=GET,\"/x\",\"A: b\",5", "AT#XHTTPCREQ=GET,\"/x\",\"****\",*"},
           Masked{"AT#XHTTPCREQ=GET,/x,\"A: b\"", "AT#XHTTPCREQ=GET,***\"****\""},
           Masked{"AT#XHTTPCREQ=\"GET\",\"A: b\"", "AT#XHTTPCREQ=\"GET\",\"****\""},
           Masked{"AT%XUSIMLCK=PN,1,\"123456\"", "AT%XUSIMLCK=PN,1,\"******\""},
           Masked{"AT+CLCK=\"SC\",\"1234\"", "AT+CLCK=\"SC\",\"****\""},
           Masked{"AT+CRSM=220,28539,1,4,8,\"31323334FFFFFFFF\"",
                  "AT+CRSM=220,28539,1,4,8,\"****************\""},
       }) {
    EXPECT_EQ(redact(c.line), c.shown);
    EXPECT_EQ(redact_host_line(c.line), c.shown);
  }
}

TEST(Redaction, ReadsALineAsTheDialectsDo) {
  for (const Masked& c : {
           Masked{"AT#XMQTTCON=1,\"user\",\"PW\",\"host\",1883",
                  "AT#XMQTTCON=1,\"user\",\"**\",\"host\",1883"},
           Masked{"AT#XMQTTCON=1,\"cid\",\"user\",\"PW\",\"host\",1883",
                  "AT#XMQTTCON=1,\"cid\",\"user\",\"**\",\"host\",1883"},
           Masked{"AT#XMQTTCON=1,\"user\",\"PW\",\"host\",\"1883\"",
                  "AT#XMQTTCON=1,\"****\",\"**\",\"****\",\"****\""},
           Masked{"AT#XHTTPCREQ=0,\"http://h/a?k=v\",1,1,0,15,\"A: b\",\"C: d\"",
                  "AT#XHTTPCREQ=0,\"http://h/a?***\",1,1,0,15,\"****\",\"****\""},
           Masked{"AT#XHTTPCREQ=0,\"http://h/a\",1,\"A: b\"", "AT#XHTTPCREQ=0,\"http://h/a\",*,\"****\""},
           Masked{"AT#XNRFCLOUDOBSAUTO=1,600,\"key\"", "AT#XNRFCLOUDOBSAUTO=1,600,\"***\""},
           Masked{"AT#XCARRIER=\"app_data_set\",\"6162\"", "AT#XCARRIER=\"app_data_set\",\"****\""},
       }) {
    EXPECT_EQ(redact(c.line), c.shown);
    EXPECT_EQ(redact_host_line(c.line), c.shown);
  }
}

TEST(Redaction, KnowsADamagedName) {
  for (const Masked& c : {
           Masked{"T+CPIN=\"1234\"", "T+CPIN=\"****\""},
           Masked{"+CPIN=\"1234\"", "+CPIN=\"****\""},
           Masked{"CPIN=\"1234\"", "CPIN=\"****\""},
           Masked{"ATT+CPIN=\"1234\"", "ATT+CPIN=\"****\""},
           Masked{"AT +CPIN=\"1234\"", "AT +CPIN=\"****\""},
           Masked{"AT+CPN=\"1234\"", "AT+CPN=\"****\""},
           Masked{"AT+CPINN=\"1234\"", "AT+CPINN=\"****\""},
           Masked{"AT+CPNI=\"1234\"", "AT+CPNI=\"****\""},
           Masked{"AT+CPIN1234", "AT+CPIN****"},
           Masked{"AT+CPIN\"1234\"", "AT+CPIN\"****\""},
           Masked{"AT+CFUN=1AT+CPIN=\"1234\"", "AT+CFUN=1AT+CPIN=\"****\""},
           Masked{"AT+CFUN?\rAT+CPIN=1234\rAT+CPIN=5678", "AT+CFUN?\rAT+CPIN=****\rAT+CPIN=****"},
       }) {
    EXPECT_EQ(redact(c.line), c.shown);
    EXPECT_EQ(redact_host_line(c.line), c.shown);
  }
}

TEST(Redaction, MasksUsersAndQueriesOfUrls) {
  for (const Masked& c : {
           Masked{"AT#XFOTA=1,\"https://me:pw@host/f?sig=x\",7",
                  "AT#XFOTA=1,\"https://*****@host/f?*****\",7"},
           Masked{"AT#XHTTPCREQ=\"GET\",\"/get?a=b\",\"\"", "AT#XHTTPCREQ=\"GET\",\"/get?***\",\"\""},
           Masked{"AT#XHTTPCCON=1,\"host\",443", "AT#XHTTPCCON=1,\"host\",443"},
           Masked{"AT#XFOTA=1,\"http://[::1]:80/f\"", "AT#XFOTA=1,\"http://[::1]:80/f\""},
       }) {
    EXPECT_EQ(redact(c.line), c.shown);
    EXPECT_EQ(redact_host_line(c.line), c.shown);
  }
}

TEST(Redaction, LeavesOrdinaryLinesAsTheyAre) {
  for (const char* line : {"AT",
                           "at+cfun=1",
                           "AT+CCLK=\"20/01/01,10:00:00+00\"",
                           "AT+CLAC",
                           "AT+CIMI",
                           "AT+CGACT=1,1",
                           "AT+CIND=1,1,1",
                           "AT+CPINR=\"SIM PIN\"",
                           "AT+CFUN?;+CEREG?",
                           "AT+CEREG=?",
                           "T+CFUN=1",
                           " AT+CFUN=1",
                           "ATT+CFUN?",
                           "AT +CFUN?",
                           "AT#XFTP=\"put\",\"file\"",
                           "AT#XFTP=\"ls\",\"-l /a\"",
                           "AT#XMQTTCON=1,\"me\",\"\",\"\",\"host\",1883",
                           "AT#XMQTTPUB=\"t\",\"{}\",0",
                           "AT#XNOSUCH=\"x\"",
                           "ATI",
                           "ATE0",
                           "AT&F",
                           "+++",
                           "AT+CGDCONT=1,\"IP\",\"apn\"",
                           "AT+CLCK=\"SC\",2",
                           "AT#XTCPCLI=1,\"host:1\",80"}) {
    EXPECT_EQ(redact(line), line);
    EXPECT_EQ(redact_host_line(line), line);
  }
  for (const char* answer :
       {"+CPIN: \"SIM PIN\"", "+CLCK: 0", "%CMNG: 42,0,\"C0FFEE\"", "+CSIM: 4,\"9000\"", "#XFTP: 0,\"ready\"",
        "HTTP/1.1 200 OK", "hello from the lab", "+CIND: \"roam\",1"}) {
    EXPECT_EQ(redact(answer), answer);
  }
}

TEST(Redaction, MasksTokensAndPasswordsInAnswers) {
  EXPECT_EQ(redact("%JWT: \"a.b.c\""), "%JWT: \"*****\"");
  EXPECT_EQ(redact("+CGAUTH: 0,1,\"u\",\"pw\""), "+CGAUTH: 0,1,\"u\",\"**\"");
  EXPECT_EQ(redact("#XMQTTCON: 1,\"c\",\"u\",\"pw\",\"broker\",1883"),
            "#XMQTTCON: 1,\"c\",\"u\",\"**\",\"broker\",1883");
  EXPECT_EQ(redact("#XMQTTCON: 1,\"c\",\"pw\",\"broker\",1883"), "#XMQTTCON: 1,\"*\",\"**\",\"******\",****");
}

TEST(Redaction, MasksWhatIsNoCommandInAHostsLine) {
  EXPECT_EQ(redact_host_line("234\""), "***\"");
  EXPECT_EQ(redact_host_line("Authorization: x"), "****************");
  EXPECT_EQ(redact_host_line("34\"AT+CFUN=1"), "**\"AT+CFUN=*");
  EXPECT_EQ(redact("hello"), "hello");
}

TEST(Redaction, NeverShowsAPlantedSecretOfADamagedLine) {
  DamagedLines lines(1);
  for (int round = 0; round < 2000; ++round) {
    for (std::size_t kind = 0; kind < DamagedLines::kinds(); ++kind) {
      DamagedLines::Line line = lines.next(kind);
      for (const std::string& piece : line.pieces) {
        std::string masked = redact_host_line(piece);
        ASSERT_EQ(masked.size(), piece.size());
        ASSERT_EQ(DamagedLines::shown(masked, line.secret), "") << line.whole << "\n"
                                                                << piece << "\n"
                                                                << masked;
      }
    }
  }
}

TEST(Redaction, NoReasonOfTheParserShowsAPlantedSecret) {
  DamagedLines lines(2);
  std::array rules{number("op", 0, 9), string("text", 2), string("more", 2)};
  for (int round = 0; round < 200; ++round) {
    for (std::size_t kind = 0; kind < DamagedLines::kinds(); ++kind) {
      DamagedLines::Line line = lines.next(kind);
      for (const std::string& piece : line.pieces) {
        auto grammar = check_grammar(piece);
        std::string said = grammar ? base::to_block(*grammar) : "";
        for (const ParameterPolicy& policy : {slm_policy(), modem_policy()}) {
          if (grammar) {
            continue;
          }
          auto parameters = Parameters::parse(piece, cut_command(piece).parameters, policy);
          auto fault = parameters ? check(piece, *parameters, rules, true) : parameters.error();
          said += fault ? base::to_block(*fault) : "";
        }
        ASSERT_EQ(DamagedLines::shown(said, line.secret), "") << piece << "\n" << said;
      }
    }
  }
}

}  // namespace
}  // namespace attache::at
