#include "base/life.hpp"

#include <gtest/gtest.h>

namespace attache::base {
namespace {

TEST(Life, IsNotOverBeforeItEnds) {
  Life life;
  Life::Token token = life.now();
  EXPECT_FALSE(life.is_over(token));
  life.end();
  EXPECT_TRUE(life.is_over(token));
}

TEST(Life, EndsWhenTheNextOneBegins) {
  Life life;
  Life::Token first = life.begin();
  Life::Token second = life.begin();
  EXPECT_TRUE(life.is_over(first));
  EXPECT_FALSE(life.is_over(second));
  EXPECT_EQ(life.now(), second);
}

TEST(Life, IsOverForEver) {
  Life life;
  Life::Token old = life.begin();
  for (int i = 0; i < 3; ++i) {
    life.end();
    EXPECT_TRUE(life.is_over(old));
    EXPECT_FALSE(life.is_over(life.now()));
  }
}

}  // namespace
}  // namespace attache::base
