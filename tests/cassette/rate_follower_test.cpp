#include "cassette/rate_follower.hpp"

#include <gtest/gtest.h>

namespace attache::cassette {
namespace {

TEST(RateFollower, HearsTheRateThatTheOkBrings) {
  RateFollower follower;
  follower.hear_host("AT#XSLMUART=92");
  follower.hear_host("1600\r\n");
  EXPECT_EQ(follower.hear_modem("\r\nO"), std::nullopt);
  EXPECT_EQ(follower.hear_modem("K\r\n"), 921600U);
  EXPECT_EQ(follower.hear_modem("\r\nOK\r\n"), std::nullopt);
}

TEST(RateFollower, KnowsTheOtherDialectsCommandAndTheRateThatIsMeantWithoutAValue) {
  RateFollower follower;
  follower.hear_host("at+ipr=230400\r");
  EXPECT_EQ(follower.hear_modem("\r\nOK\r\n"), 230400U);
  follower.hear_host("AT#XSLMUART\r\n");
  EXPECT_EQ(follower.hear_modem("\r\nOK\r\n"), 115200U);
}

TEST(RateFollower, HearsNoneWhereTheModemRefusesOrNothingIsSet) {
  RateFollower follower;
  follower.hear_host("AT#XSLMUART=5\r\n");
  EXPECT_EQ(follower.hear_modem("\r\nERROR\r\n\r\nOK\r\n"), std::nullopt);
  follower.hear_host("AT#XSLMUART?\r\n");
  EXPECT_EQ(follower.hear_modem("\r\n#XSLMUART: 9600\r\n\r\nOK\r\n"), std::nullopt);
  follower.hear_host("AT#XSLMUART=9600\r\nAT\r\n");
  EXPECT_EQ(follower.hear_modem("\r\nOK\r\n"), std::nullopt);
  follower.hear_host("AT#XSLMUART=x\r\n");
  EXPECT_EQ(follower.hear_modem("\r\nOK\r\n"), std::nullopt);
}

}  // namespace
}  // namespace attache::cassette
