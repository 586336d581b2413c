#include "client/command_completion.hpp"

#include <gmock/gmock.h>

namespace attache::client {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::IsSupersetOf;

std::vector<std::string> texts(std::string_view line, std::string_view dialect = "slm-1.6") {
  std::vector<std::string> all;
  for (const Candidate& candidate : complete_command(dialect, line).candidates) {
    all.push_back(candidate.text);
  }
  return all;
}

std::string help_of(std::string_view line, std::string_view text) {
  for (const Candidate& candidate : complete_command("slm-1.6", line).candidates) {
    if (candidate.text == text) {
      return candidate.help;
    }
  }
  return "";
}

TEST(CommandCompletion, ListsCommandsOfApplicationAndModem) {
  EXPECT_THAT(texts("AT+CFU"), ElementsAre("AT+CFUN"));
  EXPECT_THAT(texts("at+cfu"), ElementsAre("AT+CFUN"));
  EXPECT_THAT(texts("AT#XHTTP"), IsSupersetOf({"AT#XHTTPCCON", "AT#XHTTPCREQ"}));
  EXPECT_THAT(texts("AT%CM"), Contains("AT%CMNG"));
  EXPECT_THAT(texts("AT#XNONE"), IsEmpty());
  EXPECT_NE(help_of("AT+CFU", "AT+CFUN"), "");
}

TEST(CommandCompletion, KnowsAnUnknownDialectsModem) {
  EXPECT_THAT(texts("AT+CFU", "none"), ElementsAre("AT+CFUN"));
  EXPECT_THAT(texts("AT#XHTTP", "none"), IsEmpty());
}

TEST(CommandCompletion, ListsValuesWithTheirMeaning) {
  EXPECT_THAT(texts("AT+CFUN="), IsSupersetOf({"0", "1", "4"}));
  EXPECT_THAT(help_of("AT+CFUN=", "4"), HasSubstr("light"));
  EXPECT_EQ(complete_command("slm-1.6", "AT+CFUN=4").begin, 8U);
}

TEST(CommandCompletion, ListsOperationsAndThenTheirParameters) {
  EXPECT_THAT(texts("AT%CMNG="), IsSupersetOf({"0", "1", "2", "3"}));
  EXPECT_THAT(complete_command("slm-1.6", "AT%CMNG=0,").hint, HasSubstr("sec_tag"));
  EXPECT_THAT(complete_command("slm-1.6", "AT%CMNG=0,").hint, HasSubstr("0 to 4294967295"));
  EXPECT_THAT(texts("AT%CMNG=0,42,"), IsSupersetOf({"0", "1", "2", "3", "4"}));
}

TEST(CommandCompletion, TakesCommasInQuotesForText) {
  EXPECT_EQ(complete_command("slm-1.6", "AT#XHTTPCCON=1,\"a,b\",").begin, 21U);
  EXPECT_THAT(complete_command("slm-1.6", "AT#XHTTPCCON=1,\"a,b\",").hint, HasSubstr("port"));
}

TEST(CommandCompletion, ExtendsByWhatAllHaveInCommon) {
  EXPECT_EQ(complete_command("slm-1.6", "AT+CFU").extension("AT+CFU"), "N");
  EXPECT_EQ(complete_command("slm-1.6", "AT#XHTTP").extension("AT#XHTTP"), "C");
  EXPECT_EQ(complete_command("slm-1.6", "AT+CFUN=").extension("AT+CFUN="), "");
  EXPECT_EQ(complete_command("slm-1.6", "AT#NONE").extension("AT#NONE"), "");
}

}  // namespace
}  // namespace attache::client
