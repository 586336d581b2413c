#include "cassette/variable_values.hpp"

#include <gtest/gtest.h>

namespace attache::cassette {
namespace {

std::string masked(std::string_view line, std::string_view command = "") {
  return without_variable_values(line, "slm-1.6", command);
}

TEST(VariableValues, AreFieldsThatSayWhoWhereAndHowWellReceived) {
  EXPECT_EQ(masked("+CEREG: 1,\"0010\",\"00ABCDEF\",7"), "+CEREG: 1,<tac>,<ci>,7");
  EXPECT_EQ(masked("+CEREG: 5,1,\"0010\",\"00ABCDEF\",7", "AT+CEREG?"), "+CEREG: 5,1,<tac>,<ci>,7");
  EXPECT_EQ(masked("+CESQ: 99,99,255,255,20,50", "AT+CESQ"),
            "+CESQ:<rxlev>,<ber>,<rscp>,<ecno>,<rsrq>,<rsrp>");
  EXPECT_EQ(masked("351358811234567", "AT+CGSN"), "<imei>");
  EXPECT_EQ(masked("24008", "AT+CIMI"), "<imsi>");
  EXPECT_EQ(masked("#XPING: 0.637 seconds"), "#XPING:<time>");
  EXPECT_EQ(masked("%XVBAT: 3700", "AT%XVBAT"), "%XVBAT:<voltage>");
}

TEST(VariableValues, LeaveAllElseAsItIs) {
  for (const char* line : {"OK", "ERROR", "+CME ERROR: 513", "+CEREG: 2", "+CFUN: 4", "+CEREG: 1,\"\",\"\",7",
                           "mfw_nrf9160_1.3.2", "hello from the lab", "#XHTTPCRSP:123,0", "HTTP/1.1 200 OK",
                           "faded cafe", "1.2.3", "12:34", "-----", ""}) {
    EXPECT_EQ(masked(line), line);
  }
}

TEST(VariableValues, AreKnownByTheirShapeWhereverTheyStand) {
  EXPECT_EQ(masked("from 10.0.0.7, to [2001:db8::1]"), "from <address>, to [<address>]");
  EXPECT_EQ(masked("89490200001234567890"), "<identity>");
  EXPECT_EQ(masked("id 50503041-3633-4261-803d-1e2b8f70111a"), "id <uuid>");
  EXPECT_EQ(masked("+CCLK: \"24/05/24,12:03:07+08\""), "+CCLK: \"<time>+08\"");
  EXPECT_EQ(masked("at 2026-11-30T13:00:00Z"), "at <time>Z");
  EXPECT_EQ(masked("it took 0.637 seconds"), "it took <duration> seconds");
  EXPECT_EQ(masked("Date: Mon, 30 Nov 2026 13:00:00 GMT"), "Date: <value>");
}

TEST(VariableValues, StandEvenInDamagedLines) {
  EXPECT_EQ(masked("+CEREG: 1,\"0010,7"), "+CEREG: 1,<tac>");
  EXPECT_EQ(masked(":"), ":");
  EXPECT_EQ(masked("+CEREG:"), "+CEREG:");
}

}  // namespace
}  // namespace attache::cassette
