#include "radio/at_reader.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <string>
#include <string_view>

#include "base/text.hpp"

namespace attache::radio {
namespace {

using Kind = AtReader::Said::Kind;
using Final = modem::ModemReply::Final;

// "answer 0 [text]", "urc [text]", "boot [text]", one a line, control characters escaped.
std::string heard(AtReader& reader) {
  std::string all;
  while (auto said = reader.next()) {
    switch (said->kind) {
      case Kind::answer:
        all += fmt::format("answer {},{} [{}]{}\n", static_cast<int>(said->reply.final), said->reply.code,
                           base::escape_control(said->reply.text), said->reply.wording);
        break;
      case Kind::notification:
        all += fmt::format("urc [{}]\n", base::escape_control(said->text));
        break;
      case Kind::boot:
        all += fmt::format("boot [{}]\n", said->text);
        break;
    }
  }
  return all;
}

std::string heard_after(std::string_view command, std::string_view bytes, std::string_view overdue = {}) {
  AtReader reader;
  reader.begin(command, overdue);
  reader.feed(bytes);
  return heard(reader);
}

TEST(AtReader, TakesTheLinesOfACommandAsItsAnswer) {
  EXPECT_EQ(heard_after("AT+CGSN", "\r\n352656100367872\r\n\r\nOK\r\n"),
            "answer 0,0 [352656100367872\\r\\n]\n");
  EXPECT_EQ(heard_after("AT+CGPADDR", "+CGPADDR: 0,\"10.0.0.1\"\r\n+CGPADDR: 1,\"10.0.0.2\"\r\nOK\r\n"),
            "answer 0,0 [+CGPADDR: 0,\"10.0.0.1\"\\r\\n+CGPADDR: 1,\"10.0.0.2\"\\r\\n]\n");
  EXPECT_EQ(heard_after("at+cfun?", "\r\n+CFUN: 1\r\n\r\nOK\r\n"), "answer 0,0 [+CFUN: 1\\r\\n]\n");
}

TEST(AtReader, KeepsTheWordingOfAnErrorThatHasNoNumber) {
  EXPECT_EQ(heard_after("AT+CPIN?", "\r\nERROR\r\n"), "answer 1,0 []\n");
  EXPECT_EQ(heard_after("AT+CPIN?", "\r\n+CME ERROR: 10\r\n"), "answer 2,10 []\n");
  EXPECT_EQ(heard_after("AT+CMGS=5", "\r\n+CMS ERROR: 500\r\n"), "answer 3,500 []\n");
  EXPECT_EQ(heard_after("AT+CPIN?", "\r\n+CME ERROR: SIM not inserted\r\n"),
            "answer 2,0 []+CME ERROR: SIM not inserted\n");
  EXPECT_EQ(heard_after("ATH", "\r\nNO CARRIER\r\n"), "answer 1,0 []NO CARRIER\n");
}

TEST(AtReader, PassesUrcsOnWhetherAnybodyKnowsThemOrNot) {
  EXPECT_EQ(heard_after("AT+CEREG=2", "+CEREG: 1,\"0001\",\"01020304\",7\r\n+QNEW: \"x\",1\r\nOK\r\n"),
            "urc [+CEREG: 1,\"0001\",\"01020304\",7\\r\\n]\nurc [+QNEW: \"x\",1\\r\\n]\nanswer 0,0 []\n");
  EXPECT_EQ(heard_after("AT+CEREG?", "+CEREG: 2,\"0001\"\r\n+CEREG: 5,1\r\nOK\r\n"),
            "urc [+CEREG: 2,\"0001\"\\r\\n]\nanswer 0,0 [+CEREG: 5,1\\r\\n]\n");
}

TEST(AtReader, JoinsAMessageToItsUrc) {
  AtReader reader;
  reader.feed("\r\n+CMT: \"+491\",24\r\n");
  EXPECT_EQ(heard(reader), "");
  reader.feed("0791\r\n%CESQ: 52,2,20,2\r\n");
  EXPECT_EQ(heard(reader), "urc [+CMT: \"+491\",24\\r\\n0791\\r\\n]\nurc [%CESQ: 52,2,20,2\\r\\n]\n");
}

TEST(AtReader, KeepsWhatStandsInQuotesAsItIs) {
  EXPECT_EQ(heard_after("AT%CMNG=2,1,0", "%CMNG: 1,0,\"AB\",\"-----BEGIN\n+X: 1\n\n-----END\n\"\r\nOK\r\n"),
            "answer 0,0 [%CMNG: 1,0,\"AB\",\"-----BEGIN\\n+X: 1\\n\\n-----END\\n\"\\r\\n]\n");
}

TEST(AtReader, DropsEchoesPromptsAndFinalResultsThatNobodyWaitsFor) {
  EXPECT_EQ(heard_after("AT+CFUN?", "AT+CFUN?\r\r\n+CFUN: 4\r\n\r\nOK\r\n\r\nOK\r\nERROR\r\n"),
            "answer 0,0 [+CFUN: 4\\r\\n]\n");
  EXPECT_EQ(heard_after("AT+CMGS=3\r001122\x1a", "\r\n> \r\n+CMGS: 7\r\n\r\nOK\r\n"),
            "answer 0,0 [+CMGS: 7\\r\\n]\n");
}

TEST(AtReader, KnowsAModemThatStarts) {
  EXPECT_EQ(heard_after("AT+COPS=?", "Ready\r\n"), "boot [Ready]\n");
}

TEST(AtReader, DropsWhatAnswersACommandThatWasGivenUp) {
  EXPECT_EQ(
      heard_after("AT+CFUN?", "+COPS: (2,\"A\")\r\n+CEREG: 1\r\nold text\r\n+CFUN: 1\r\nOK\r\n", "AT+COPS=?"),
      "urc [+CEREG: 1\\r\\n]\nanswer 0,0 [+CFUN: 1\\r\\n]\n");
}

TEST(AtReader, HearsTheAnswersOfEveryCommandInALine) {
  EXPECT_EQ(heard_after("AT+CFUN?;+CGMM=\";\"", "+CFUN: 1\r\n+CGMM: x\r\n+CREG: 1,1\r\nOK\r\n"),
            "urc [+CREG: 1,1\\r\\n]\nanswer 0,0 [+CFUN: 1\\r\\n+CGMM: x\\r\\n]\n");
}

TEST(AtReader, HoldsNoMoreOfALineThatNeverEndsThanItMust) {
  std::string endless(20000, 'x');
  EXPECT_EQ(heard_after("AT", endless + "\r\nOK\r\n").substr(0, 12), "answer 0,0 [");
  AtReader reader;
  reader.feed(endless);
  EXPECT_EQ(heard(reader), fmt::format("urc [{}\\r\\n]\n", endless));
}

TEST(AtReader, HearsTheSameHoweverTheBytesAreCut) {
  constexpr std::string_view bytes =
      "\r\n+CMT: \"+491\",24\r\n0791\r\n\r\n%CMNG: 1,0,\"A\nB\"\r\n+CEREG: 1\r\n\r\nOK\r\nReady\r\n+X: 2\r\n";
  std::string whole = heard_after("AT%CMNG=1", bytes);
  for (std::size_t cut = 0; cut <= bytes.size(); ++cut) {
    AtReader reader;
    reader.begin("AT%CMNG=1");
    reader.feed(bytes.substr(0, cut));
    std::string all = heard(reader);
    reader.feed(bytes.substr(cut));
    EXPECT_EQ(all + heard(reader), whole) << cut;
  }
}

}  // namespace
}  // namespace attache::radio
