#include "base/cause.hpp"

#include <gtest/gtest.h>

#include <set>

namespace attache::base {
namespace {

TEST(CauseTest, IsFoundByTheCodeItIsPrintedWith) {
  for (const CauseEntry& entry : known_causes()) {
    EXPECT_EQ(code_of(entry.cause), entry.code);
    EXPECT_EQ(find_cause(entry.code), entry.cause);
  }
  EXPECT_EQ(find_cause("no-such-cause"), std::nullopt);
  EXPECT_EQ(find_cause(""), std::nullopt);
  EXPECT_EQ(code_of(Cause::none), "");
}

TEST(CauseTest, HasCodesOfLowerCaseWordsEachOnce) {
  std::set<std::string_view> codes;
  for (const CauseEntry& entry : known_causes()) {
    EXPECT_TRUE(codes.insert(entry.code).second) << entry.code;
    EXPECT_EQ(entry.code.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789-"), std::string_view::npos)
        << entry.code;
  }
}

}  // namespace
}  // namespace attache::base
