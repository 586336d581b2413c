#include "client/time_limits.hpp"

#include <gtest/gtest.h>

namespace attache::client {
namespace {

using namespace std::chrono_literals;

TEST(TimeLimits, FitHowFastTheModemIs) {
  EXPECT_EQ(usual_limit(0), 10s);
  EXPECT_EQ(usual_limit(1), 180s);
  EXPECT_EQ(usual_limit(0.5), 360s);
  EXPECT_EQ(usual_limit(6), 30s);
  EXPECT_EQ(usual_limit(60), 10s);
  EXPECT_EQ(registration_limit(0), 120s);
  EXPECT_EQ(registration_limit(1), 360s);
}

}  // namespace
}  // namespace attache::client
