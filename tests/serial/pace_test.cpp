#include "serial/pace.hpp"

#include <gtest/gtest.h>

namespace attache::serial {
namespace {

using namespace std::chrono_literals;

const base::Time start{};

TEST(Pace, LetsATenthOfTheRateThroughASecond) {
  for (std::uint32_t baud : {50U, 1200U, 9600U, 115200U, 1'000'000U, 4'000'000U, 12345U}) {
    Pace pace(baud);
    pace.start(start);
    EXPECT_EQ(pace.due(start + 10s), baud);
    EXPECT_EQ(pace.due(start + 10s - 1ns), baud - 1);
  }
}

TEST(Pace, GivesAByteAfterItsTimeAndNotBefore) {
  Pace pace(115200);
  pace.start(start);
  EXPECT_EQ(pace.time_of(1), start + 86806ns);
  EXPECT_EQ(pace.due(start + 86805ns), 0U);
  EXPECT_EQ(pace.due(start + 86806ns), 1U);
}

TEST(Pace, NeverDriftsHoweverBytesAreTaken) {
  Pace pace(115200);
  pace.start(start);
  for (base::Time now = start; now <= start + 10s; now += 777us) {
    pace.take(pace.due(now));
  }
  pace.take(pace.due(start + 10s));
  EXPECT_EQ(pace.time_of(0), start + 10s);
}

TEST(Pace, WakesUpForHalfAMillisecondOfBytesAtMost) {
  Pace pace(1'000'000);
  pace.start(start);
  EXPECT_EQ(pace.next_slice(1000), start + 500us);
  EXPECT_EQ(pace.next_slice(3), start + 30us);
  Pace slow(1200);
  slow.start(start);
  EXPECT_EQ(slow.next_slice(1000), slow.time_of(1));
}

TEST(Pace, KeepsWhatIsDueWhenTheRateChanges) {
  Pace pace(1000);
  pace.start(start);
  pace.set_baud(10, start + 50ms);
  EXPECT_EQ(pace.due(start + 50ms), 5U);
  EXPECT_EQ(pace.due(start + 1050ms), 6U);
}

TEST(Pace, EndsSumsInRangeAfterAYear) {
  Pace pace(4'000'000);
  pace.start(start);
  EXPECT_EQ(pace.due(start + 24h * 365), 400'000ULL * 86400 * 365);
}

}  // namespace
}  // namespace attache::serial
