#include "serial/byte_queue.hpp"

#include <gtest/gtest.h>

#include <random>

namespace attache::serial {
namespace {

TEST(ByteQueue, TakesWhatFitsWhenEmptyAndWholeWritesAfterThat) {
  ByteQueue queue;
  EXPECT_EQ(queue.push("abcdef", 4), 2U);
  EXPECT_EQ(queue.front(), "abcd");
  queue.pop(2);
  EXPECT_EQ(queue.push("xyz", 4), 3U);
  EXPECT_EQ(queue.push("xy", 4), 0U);
  EXPECT_EQ(queue.front(), "cdxy");
}

TEST(ByteQueue, RefusesEverythingWhenTheLimitHasBecomeSmaller) {
  ByteQueue queue;
  EXPECT_EQ(queue.push("abcdef", 10), 0U);
  EXPECT_EQ(queue.push("g", 3), 1U);
  EXPECT_EQ(queue.size(), 6U);
}

TEST(ByteQueue, ForgetsWhatItIsTold) {
  ByteQueue queue;
  EXPECT_EQ(queue.push("abc", 10), 0U);
  EXPECT_EQ(queue.clear(), 3U);
  EXPECT_TRUE(queue.empty());
  EXPECT_EQ(queue.clear(), 0U);
}

TEST(ByteQueue, KeepsTheOrderHoweverItIsCut) {
  std::mt19937 random(7);
  ByteQueue queue;
  std::string in;
  std::string out;
  for (int i = 0; i < 20'000; ++i) {
    std::string piece(random() % 50, static_cast<char>(random()));
    in += piece;
    ASSERT_EQ(queue.push(piece, 1'000'000), 0U);
    std::size_t count = std::min<std::size_t>(queue.size(), random() % 60);
    out += queue.front().substr(0, count);
    queue.pop(count);
  }
  out += queue.front();
  EXPECT_TRUE(in == out);
}

}  // namespace
}  // namespace attache::serial
