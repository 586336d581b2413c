#include "base/utc_time.hpp"

#include <gtest/gtest.h>

namespace attache::base {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;

WallTime day_2026_05_24() {
  return std::chrono::sys_days(std::chrono::year(2026) / 5 / 24);
}

TEST(UtcTime, IsReadWithAndWithoutFractionAndZone) {
  WallTime time = day_2026_05_24() + hours(11) + minutes(58) + seconds(22);
  EXPECT_EQ(parse_utc("2026-05-24T11:58:22Z"), time);
  EXPECT_EQ(parse_utc("2026-05-24T11:58:22"), time);
  EXPECT_EQ(parse_utc("2026-05-24T11:58:22.5Z"), time + milliseconds(500));
  EXPECT_EQ(parse_utc("2026-05-24T13:58:22+02:00"), time);
  EXPECT_EQ(parse_utc("2026-05-24T02:28:22-09:30"), time);
}

TEST(UtcTime, IsRefusedWhenThereIsNoSuchTime) {
  for (const char* text :
       {"", "2026-05-24", "2026-02-30T00:00:00Z", "2026-13-01T00:00:00Z", "2026-05-24T24:00:00Z",
        "2026-05-24T11:60:00Z", "2026-05-24T11:58:22X", "2026-05-24T11:58:22+0200",
        "2026-05-24T11:58:22+15:00", "2026-05-24T11:58:nan", "2026-05-24T11:58:-1",
        "2026-05-24T11:58:22Z and more", "2026-05-24T11:58:22.000000000000000000000000Z"}) {
    EXPECT_EQ(parse_utc(text), std::nullopt) << text;
  }
}

// Nanoseconds in 64 bits reach from 1677 to 2262, and differences must fit as well.
TEST(UtcTime, IsRefusedInAYearThatCannotBeReckonedWith) {
  EXPECT_EQ(parse_utc("1970-01-01T00:00:00Z"), WallTime());
  EXPECT_TRUE(parse_utc("2199-12-31T23:59:59Z"));
  for (const char* text : {"1969-12-31T23:59:59Z", "2200-01-01T00:00:00Z", "9999-12-31T23:59:59Z",
                           "0000-01-01T00:00:00Z", "-999-01-01T00:00:00Z"}) {
    EXPECT_EQ(parse_utc(text), std::nullopt) << text;
  }
}

TEST(UtcTime, IsPrintedInWholeSeconds) {
  EXPECT_EQ(format_utc(day_2026_05_24() + hours(1) + milliseconds(1999)), "2026-05-24T01:00:01Z");
}

}  // namespace
}  // namespace attache::base
