#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "migration/migration.hpp"

namespace attache::migration {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

// "line weight name" of each.
std::vector<std::string> found(std::string_view text, std::string_view dialect) {
  auto findings = lint(text, "script.at", dialect);
  EXPECT_TRUE(findings);
  std::vector<std::string> lines;
  for (const Finding& finding : *findings) {
    EXPECT_FALSE(finding.what.empty() || finding.source.empty() || finding.dialect.empty());
    lines.push_back(fmt::format("{} {} {}", finding.line, name_of(finding.weight), finding.name));
  }
  return lines;
}

TEST(Lint, FindsNothingInAScriptThatTheDialectHasAsItIs) {
  EXPECT_THAT(found("> AT\n< OK\n> AT+CFUN=1\n< OK\n> AT#XDATACTRL=100\n< OK\n", "slm-3.1"), IsEmpty());
}

TEST(Lint, TellsWhatNoAnswerTellsFirst) {
  EXPECT_THAT(
      found("> AT#XSLMUART?\n< OK\n> AT#XSEND=1,\"a\"\n< #XSEND: 1\n< OK\n> AT#XRECV=100\n< OK\n", "slm-2.9"),
      ElementsAre("6 silent #XRECV", "1 gone #XSLMUART", "3 changed #XSEND"));
}

TEST(Lint, FindsTheTrapsOfSerialModem) {
  EXPECT_THAT(
      found("@ dialect slm-3.1\n! +CEREG: 1\n> AT+CEREG\n< OK\n> AT#XACCEPT=60\n< ERROR\n! #XGPS: 1,4\n"
            "> AT#XSOCKETSELECT=0\n< OK\n",
            "serial-modem-2.0"),
      ElementsAre("2 silent +CEREG", "5 silent #XACCEPT", "7 silent #XGPS", "8 gone #XSOCKETSELECT",
                  "3 changed +CEREG"));
}

TEST(Lint, NamesEachStepThatChangesALine) {
  EXPECT_THAT(found("> AT#XRECV\n< OK\n", "serial-modem-2.0"),
              ElementsAre("1 silent #XRECV", "1 changed #XRECV"));
}

TEST(Lint, ShowsTheLineAsTheScriptHasIt) {
  auto findings = lint("> AT#XRECV=100\n< OK\n", "script.at", "serial-modem-2.0");
  ASSERT_TRUE(findings);
  ASSERT_EQ(findings->size(), 2U);
  EXPECT_EQ(findings->at(1).text, "AT#XRECV=100");
}

TEST(Lint, FindsCommandsAndFormsThatNoDialectHas) {
  EXPECT_THAT(found("@ dialect serial-modem-2.0\n> AT#XSOKET=1\n< OK\n> AT#XCONNECT?\n< OK\n> ATE0\n< OK\n",
                    "serial-modem-2.0"),
              ElementsAre("2 gone #XSOKET", "4 gone #XCONNECT"));
}

TEST(Lint, HoldsAScriptOfALaterReleaseToTheVocabularyAlone) {
  EXPECT_THAT(found("@ dialect serial-modem-2.0\n> AT#XCLOSE=0\n< OK\n> AT+CFUN=1\n< OK\n", "slm-3.1"),
              ElementsAre("2 gone #XCLOSE"));
}

TEST(Lint, ShowsNoSecrets) {
  auto findings =
      lint("> AT#XMQTTCON=1,\"id\",\"user\",\"geheim\",\"a.example\",1883\n< OK\n", "script.at", "slm-2.9");
  ASSERT_TRUE(findings);
  ASSERT_EQ(findings->size(), 1U);
  EXPECT_EQ(findings->front().text.find("geheim"), std::string::npos);
}

}  // namespace
}  // namespace attache::migration
