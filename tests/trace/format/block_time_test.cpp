#include "trace/format/block_time.hpp"

#include <gtest/gtest.h>

#include <cstdint>

namespace attache::trace {
namespace {

using namespace std::chrono_literals;

constexpr std::uint64_t largest = ~std::uint64_t{0};

TEST(BlockTime, CountsInPowersOfTen) {
  EXPECT_EQ(wall_time(5, 0, 0), base::WallTime(5s));
  EXPECT_EQ(wall_time(1'500'000, 6, 0), base::WallTime(1500ms));
  EXPECT_EQ(wall_time(1'700'000'000'000'000'001, 9, 0), base::WallTime(1'700'000'000s + 1ns));
  EXPECT_EQ(wall_time(1'700'000'000'999, 12, 0), base::WallTime(1'700'000'000ns));
  EXPECT_EQ(wall_time(largest, 28, 0), base::WallTime(1ns));
  EXPECT_EQ(wall_time(largest, 127, 0), base::WallTime());
}

TEST(BlockTime, CountsInPowersOfTwo) {
  EXPECT_EQ(wall_time(5, 0x80, 0), base::WallTime(5s));
  EXPECT_EQ(wall_time(3, 0x81, 0), base::WallTime(1500ms));
  EXPECT_EQ(wall_time(std::uint64_t{3} << 39U, 0x80 + 40, 0), base::WallTime(1500ms));
  EXPECT_EQ(wall_time(std::uint64_t{1} << 63U, 0x80 + 64, 0), base::WallTime(500ms));
  EXPECT_EQ(wall_time(largest, 0xff, 0), base::WallTime());
}

TEST(BlockTime, AddsTheOffset) {
  EXPECT_EQ(wall_time(5'000'000, 6, 100), base::WallTime(105s));
  EXPECT_EQ(wall_time(5'000'000, 6, -100), base::WallTime(-95s));
}

TEST(BlockTime, StaysInItsRange) {
  base::WallTime last = wall_time(largest, 0, 0);
  EXPECT_GT(last, base::WallTime(9'000'000'000s));
  EXPECT_EQ(wall_time(largest, 0x80, INT64_MAX), last);
  EXPECT_LT(wall_time(0, 6, INT64_MIN), base::WallTime(-9'000'000'000s));
}

}  // namespace
}  // namespace attache::trace
