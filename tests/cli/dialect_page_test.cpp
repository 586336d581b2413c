#include "cli/manual/dialect_page.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <iterator>
#include <string>

namespace attache::cli::manual {
namespace {

using testing::HasSubstr;

TEST(DialectPage, IsTheOneThatIsCommitted) {
  std::ifstream file(ATTACHE_TEST_DATA "/../docs/dialects.md", std::ios::binary);
  std::string committed{std::istreambuf_iterator<char>(file), {}};
  EXPECT_TRUE(committed == dialect_page())
      << "docs/dialects.md is made from src/vocabulary/ and src/migration/: copy "
         "manual/docs/dialects.md of the build folder over it";
}

TEST(DialectPage, ShowsWhatIsTheSameWhatIsNewAndWhatIsGone) {
  std::string page = dialect_page();
  EXPECT_THAT(page, HasSubstr("\n| `AT#XRESET` | `AT#XRESET` | = | = | = |\n"));
  EXPECT_THAT(
      page,
      HasSubstr("\n| `AT#XSLMUART` | `AT#XSLMUART[=<baud>]`<br>`AT#XSLMUART?`<br>`#XSLMUART: <baud>` | – | "
                "– | – |\n"));
  EXPECT_THAT(page, HasSubstr("\n| `AT#XAPOLL` | – | – | `AT#XAPOLL"));
  EXPECT_THAT(
      page,
      HasSubstr("\n- **gone** `AT#XFTP`: there is no FTP client; take HTTP, or speak FTP over sockets (by "
                "hand)\n"));
}

}  // namespace
}  // namespace attache::cli::manual
