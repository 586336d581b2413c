#include "client/pattern.hpp"

#include <gtest/gtest.h>

namespace attache::client {
namespace {

TEST(Pattern, MatchesTheWholeLine) {
  auto pattern = Pattern::compile("[0-9]+");
  ASSERT_TRUE(pattern);
  EXPECT_TRUE(pattern->matches("12"));
  EXPECT_FALSE(pattern->matches("12x"));
}

TEST(Pattern, NamedGroupsOfBothKindsBecomeValues) {
  auto pattern = Pattern::compile(R"(#X: (?<S>\d+),(?P<NAME>"[^"]*")(,(?<NO>x))?)");
  ASSERT_TRUE(pattern) << base::to_block(pattern.error());
  Values values;
  EXPECT_TRUE(pattern->matches("#X: 3,\"a\"", values));
  EXPECT_EQ(values, (Values{{"S", "3"}, {"NAME", "\"a\""}}));
  EXPECT_EQ(pattern->names(), (std::vector<std::string>{"S", "NAME", "NO"}));
}

TEST(Pattern, LooksLikeAGroupInsideAClassOrEscapeAreText) {
  auto pattern = Pattern::compile(R"(\(?<S>[(?<T>]+)");
  ASSERT_TRUE(pattern);
  EXPECT_TRUE(pattern->names().empty());
  EXPECT_TRUE(pattern->matches("(<S><T>"));
}

TEST(Pattern, QuotedTextMatchesItself) {
  std::string text = R"(a.b*c[1]{2}(x)|^$\/+?-)";
  auto pattern = Pattern::compile(Pattern::quote(text));
  ASSERT_TRUE(pattern);
  EXPECT_TRUE(pattern->matches(text));
}

TEST(Pattern, SurvivesVeryLongLines) {
  auto pattern = Pattern::compile("(a|b)*.*c");
  ASSERT_TRUE(pattern);
  EXPECT_FALSE(pattern->matches(std::string(1000000, 'a')));
}

TEST(Pattern, TellsWhereItIsWrong) {
  auto pattern = Pattern::compile("ab[c");
  ASSERT_FALSE(pattern);
  EXPECT_TRUE(pattern.error().column.has_value());
}

}  // namespace
}  // namespace attache::client
