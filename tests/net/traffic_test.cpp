#include "net/traffic.hpp"

#include <gtest/gtest.h>

namespace attache::net {
namespace {

TEST(TrafficTapsTest, AreHeardAsLongAsSomebodyListens) {
  TrafficTaps taps;
  EXPECT_FALSE(taps.are_heard());
  auto first = taps.add([](int, const TrafficEvent&) {}, true);
  auto second = taps.add([](int, const TrafficEvent&) {}, false);
  EXPECT_TRUE(taps.are_heard());
  EXPECT_TRUE(taps.secrets_are_heard());
  first.reset();
  EXPECT_TRUE(taps.are_heard());
  EXPECT_FALSE(taps.secrets_are_heard());
  second.reset();
  EXPECT_FALSE(taps.are_heard()) << "before anything else is told";
  EXPECT_EQ(tell_asked(taps, "example.com", Family::ipv4), 0U);
}

}  // namespace
}  // namespace attache::net
