#include "cellular/gprs_timer.hpp"

#include <gtest/gtest.h>

namespace attache::cellular {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;

TEST(GprsTimer, ReadsTheActiveTime) {
  EXPECT_EQ(active_time("00100001"), minutes(1));
  EXPECT_EQ(active_time("00000000"), seconds(0));
  EXPECT_EQ(active_time("00000101"), seconds(10));
  EXPECT_EQ(active_time("01000010"), minutes(12));
  EXPECT_EQ(active_time(timer_deactivated), std::nullopt);
}

TEST(GprsTimer, ReadsThePeriodicUpdate) {
  EXPECT_EQ(periodic_tau("00000110"), minutes(60));
  EXPECT_EQ(periodic_tau("00111000"), hours(24));
  EXPECT_EQ(periodic_tau("10101010"), minutes(10));
  EXPECT_EQ(periodic_tau("11000001"), hours(320));
  EXPECT_EQ(periodic_tau(timer_deactivated), std::nullopt);
}

TEST(GprsTimer, TakesMalformedTextForADeactivatedTimer) {
  for (const char* text : {"", "1", "0010000", "001000011", "refused!"}) {
    EXPECT_EQ(active_time(text), std::nullopt) << text;
    EXPECT_EQ(periodic_tau(text), std::nullopt) << text;
  }
}

TEST(GprsTimer, KnowsCyclesOfBothTechnologies) {
  EXPECT_EQ(edrx_cycle(AccessTechnology::lte_m, "0000"), milliseconds(5120));
  EXPECT_EQ(edrx_cycle(AccessTechnology::lte_m, "1111"), milliseconds(2621440));
  EXPECT_EQ(edrx_cycle(AccessTechnology::nb_iot, "1111"), milliseconds(10485760));
  EXPECT_EQ(edrx_cycle(AccessTechnology::nb_iot, "0100"), milliseconds(20480));
  EXPECT_EQ(paging_time_window(AccessTechnology::lte_m, "0001"), milliseconds(2560));
  EXPECT_EQ(paging_time_window(AccessTechnology::nb_iot, "0001"), milliseconds(5120));
}

}  // namespace
}  // namespace attache::cellular
