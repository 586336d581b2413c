#include "device/kconfig/kconfig_fragment.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace attache::device {
namespace {

// What a fragment assigns, one "line NAME=value" each; a text keeps its quotes.
std::vector<std::string> assigned(std::string_view text) {
  std::vector<std::string> lines;
  for (const KconfigAssignment& assignment : read_kconfig(text, "prj.conf").assignments) {
    std::string quote = assignment.quoted ? "\"" : "";
    lines.push_back(std::to_string(assignment.line) + " " + assignment.name + "=" + quote + assignment.value +
                    quote);
  }
  return lines;
}

std::vector<std::string> ignored(std::string_view text) {
  std::vector<std::string> places;
  for (const base::Reason& problem : read_kconfig(text, "prj.conf").problems) {
    EXPECT_FALSE(problem.what.empty() || problem.why.empty() || problem.advice.empty());
    places.push_back(problem.where);
  }
  return places;
}

using testing::ElementsAre;
using testing::IsEmpty;

TEST(KconfigFragment, HasFlagsNumbersAndTexts) {
  EXPECT_THAT(assigned("CONFIG_A=y\nCONFIG_B=n\nCONFIG_C=-12\nCONFIG_D=0x1F\nCONFIG_E=\"+++\"\nCONFIG_F=\n"),
              ElementsAre("1 A=y", "2 B=n", "3 C=-12", "4 D=0x1F", "5 E=\"+++\"", "6 F="));
}

TEST(KconfigFragment, ResolvesEscapesInTexts) {
  EXPECT_THAT(assigned(R"(CONFIG_A="a\"b\\c\d")"), ElementsAre(R"(1 A="a"b\cd")"));
  EXPECT_THAT(assigned("CONFIG_A=\"\"\nCONFIG_B=\"x\" # said\n"), ElementsAre("1 A=\"\"", "2 B=\"x\""));
}

TEST(KconfigFragment, TakesCommentsForNothing) {
  EXPECT_THAT(assigned("# words\n#CONFIG_A=y\n#\n\n   \n# CONFIG_B is set\n# CONFIG_ is not set\n"),
              IsEmpty());
  EXPECT_THAT(ignored("# words\n#CONFIG_A=y\n#\n\n   \n"), IsEmpty());
}

TEST(KconfigFragment, TakesNotSetForN) {
  EXPECT_THAT(assigned("# CONFIG_SLM_GPS is not set\n"), ElementsAre("1 SLM_GPS=n"));
}

TEST(KconfigFragment, TakesAByteOrderMarkLineEndsOfWindowsAndAMissingLastOne) {
  EXPECT_THAT(assigned("\xEF\xBB\xBF"
                       "CONFIG_A=y\r\nCONFIG_B=1 \t\r\nCONFIG_C=n"),
              ElementsAre("1 A=y", "2 B=1", "3 C=n"));
}

TEST(KconfigFragment, TellsOfLinesThatAreNoAssignments) {
  EXPECT_THAT(ignored("CONFIG_A=y\n  CONFIG_B=y\nCONFIG_C = y\nB=y\nCONFIG_=y\nCONFIG_D\n"
                      "CONFIG_E=\"open\nCONFIG_F=\"\\\n"),
              ElementsAre("prj.conf:2", "prj.conf:3", "prj.conf:4", "prj.conf:5", "prj.conf:6", "prj.conf:7",
                          "prj.conf:8"));
  EXPECT_THAT(assigned("CONFIG_E=\"open\nCONFIG_A=y\n"), ElementsAre("2 A=y"));
}

TEST(KconfigFragment, TellsOfAHundredProblemsAtMost) {
  std::string garbage;
  for (int i = 0; i < 5000; ++i) {
    garbage += "\x01\xFFgarbage\n";
  }
  EXPECT_EQ(read_kconfig(garbage, "prj.conf").problems.size(), most_kconfig_problems);
}

}  // namespace
}  // namespace attache::device
