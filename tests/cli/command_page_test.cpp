#include "cli/manual/command_page.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <iterator>
#include <string>

namespace attache::cli::manual {
namespace {

using testing::HasSubstr;

TEST(CommandPage, IsTheOneThatIsCommitted) {
  std::ifstream file(ATTACHE_TEST_DATA "/../docs/commands.md", std::ios::binary);
  std::string committed{std::istreambuf_iterator<char>(file), {}};
  EXPECT_TRUE(committed == command_page()) << "docs/commands.md is made from src/vocabulary/: copy "
                                              "manual/docs/commands.md of the build folder over it";
}

TEST(CommandPage, SaysHowEachFormIsWrittenAndWhatItAnswers) {
  std::string page = command_page();
  EXPECT_THAT(page,
              HasSubstr("\n#### AT#XTCPSVR\n\nStarts or stops the TCP server, which serves one client at a "
                        "time.\n\n- `AT#XTCPSVR=0`: stops the server\n- `AT#XTCPSVR=1,<port>[,<sec_tag>]`: "
                        "starts it\n"));
  EXPECT_THAT(page,
              HasSubstr("- `AT#XFTP=\"open\"[,<user>[,<password>]],<host>[,<port>[,<sec_tag>]]`: logs in\n"));
  EXPECT_THAT(page, HasSubstr("- `AT#XSLMUART[=<baud>]`\n- `AT#XSLMUART?`\n- `#XSLMUART: <baud>`: answer\n"));
  EXPECT_THAT(page, HasSubstr("- slm-1.5: `AT#XDATACTRL=<size_limit>,<time_limit>`\n"));
  EXPECT_THAT(page, HasSubstr("(service `sms`, from SLM 1.6 on)"));
  EXPECT_THAT(page,
              HasSubstr("#### AT%XRAI\n\nTells the network how much more is to come, on NB-IoT. (before "
                        "firmware 1.3)\n"));
  EXPECT_THAT(page, HasSubstr("\n#### AT\n"));
}

}  // namespace
}  // namespace attache::cli::manual
