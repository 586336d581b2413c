#include "cassette/from_log.hpp"

#include <gtest/gtest.h>

namespace attache::cassette {
namespace {

TEST(FromLog, MakesACassetteOfBothSidesWithTimes) {
  auto made = make_cassette_of_log(
      "[00:00:10.000] Ready\n"
      "[00:00:11.500] AT+CPIN=\"4711\"\n"
      "[00:00:11.600] OK\n"
      "[00:00:12.000] AT+CEREG?\n"
      "[00:00:12.100] +CEREG: 0,2\n"
      "[00:00:12.100] OK\n",
      "session.log", "slm-1.6");
  ASSERT_TRUE(made) << base::to_block(made.error());
  EXPECT_EQ(made->text,
            "attache cassette 1\n"
            "# made of a log: 0 lines of it are neither a host's nor a modem's\n"
            "@ dialect slm-1.6\n"
            "@ log session.log\n"
            "0.000 < Ready\\r\\n\n"
            "1.500 > AT+CPIN=\"{PIN}\"\\r\\n\n"
            "1.600 < \\r\\nOK\\r\\n\n"
            "2.000 > AT+CEREG?\\r\\n\n"
            "2.100 < \\r\\n+CEREG: 0,2\\r\\n\n"
            "2.100 < \\r\\nOK\\r\\n\n");
  EXPECT_EQ(made->secrets, (client::Values{{"PIN", "4711"}}));
  EXPECT_EQ(made->commands, 2U);
  EXPECT_TRUE(parse_cassette(made->text, "made"));
}

TEST(FromLog, LeavesOutWhatNeitherSideSaidAndUsesTheLineEndOfTheDialect) {
  auto made = make_cassette_of_log("here is my log\nAT\nOK\n", "session.log", "serial-modem-2.0");
  ASSERT_TRUE(made);
  EXPECT_EQ(made->left_out, 1U);
  EXPECT_NE(made->text.find("0.000 > AT\\r\n0.000 < \\r\\nOK\\r\\n\n"), std::string::npos) << made->text;
}

TEST(FromLog, RefusesALogWithoutCommands) {
  auto made = make_cassette_of_log("nothing\nto see\n", "a.log", "slm-1.6");
  ASSERT_FALSE(made);
  EXPECT_EQ(made.error().what, "no cassette can be made of a.log");
  EXPECT_EQ(made.error().why, "it shows no command of a host");
}

}  // namespace
}  // namespace attache::cassette
