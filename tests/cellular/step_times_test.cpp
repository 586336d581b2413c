#include "cellular/network/step_times.hpp"

#include <gtest/gtest.h>

#include <set>

#include "simulated_modem.hpp"

namespace attache::cellular {
namespace {

using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;

TEST(StepTimes, LieBetweenTheirLimitsAndFollowTheSeed) {
  Timing real{1};
  StepTimes times(real, 7);
  StepTimes same(real, 7);
  StepTimes other(real, 8);
  std::set<base::Duration> drawn;
  bool differs = false;
  for (int i = 0; i < 1000; ++i) {
    base::Duration time = times.draw({seconds(2), seconds(5)});
    EXPECT_GE(time, seconds(2));
    EXPECT_LE(time, seconds(5));
    EXPECT_EQ(time, same.draw({seconds(2), seconds(5)}));
    differs = differs || time != other.draw({seconds(2), seconds(5)});
    drawn.insert(time);
  }
  EXPECT_TRUE(differs);
  EXPECT_GT(drawn.size(), 900U);
  EXPECT_LT(*drawn.begin(), milliseconds(2100));
  EXPECT_GT(*drawn.rbegin(), milliseconds(4900));
}

TEST(StepTimes, AreScaledAndNoneAtInstantTiming) {
  Timing fast{60};
  StepTimes times(fast, 7);
  EXPECT_LE(times.draw({seconds(60), seconds(120)}), seconds(2));
  Timing instant;
  EXPECT_EQ(StepTimes(instant, 7).draw({seconds(60), seconds(120)}), seconds(0));
}

/// From AT+CFUN=1 to the registration of a modem that knows its cell.
base::Duration time_to_register(std::uint64_t seed, bool roaming) {
  SimulationOptions options;
  options.timing.speed = 1;
  options.seed = seed;
  options.network.roaming = roaming;
  SimulatedModem modem(options);
  modem.answer_of("AT+CFUN=1");
  modem.clock.advance(minutes(2));
  EXPECT_TRUE(modem.modem->connection(0));
  modem.answer_of("AT+CFUN=4");
  modem.clock.advance(seconds(15));
  base::Time begin = modem.clock.now();
  modem.answer_of("AT+CFUN=1");
  while (modem.modem->network().state().registration_stat != (roaming ? 5 : 1) &&
         modem.clock.now() - begin < minutes(1)) {
    modem.clock.advance(milliseconds(10));
  }
  return modem.clock.now() - begin;
}

TEST(StepTimes, OfAnAttachAreThoseOfTheDevice) {
  std::set<base::Duration> seen;
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    base::Duration home = time_to_register(seed, false);
    EXPECT_GE(home, milliseconds(1900)) << seed;
    EXPECT_LE(home, milliseconds(3200)) << seed;
    base::Duration abroad = time_to_register(seed, true);
    EXPECT_GE(abroad, milliseconds(3900)) << seed;
    EXPECT_LE(abroad, milliseconds(7200)) << seed;
    seen.insert(home);
  }
  EXPECT_GT(seen.size(), 10U) << "other seeds, other times";
  EXPECT_EQ(time_to_register(3, false), time_to_register(3, false));
}

}  // namespace
}  // namespace attache::cellular
