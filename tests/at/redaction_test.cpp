#include "at/redaction.hpp"

#include <gtest/gtest.h>

namespace attache::at {
namespace {

TEST(Redaction, MasksSecretsAndKeepsColumns) {
  EXPECT_EQ(redact("AT+CPIN=\"1234\",\"5678\""), "AT+CPIN=\"****\",\"****\"");
  EXPECT_EQ(redact("at+clck=\"SC\",1,\"1234\""), "at+clck=\"SC\",1,\"****\"");
  EXPECT_EQ(redact("AT%CMNG=0,42,1,\"key\nkey\",\"pw\""), "AT%CMNG=0,42,1,\"*******\",\"**\"");
  EXPECT_EQ(redact("AT+CGAUTH=0,1,\"user\",\"pass\""), "AT+CGAUTH=0,1,\"user\",\"****\"");
  EXPECT_EQ(redact("AT#XHTTPCREQ=\"GET\",\"/\",\"A: b\",5"), "AT#XHTTPCREQ=\"GET\",\"/\",\"****\",5");
}

TEST(Redaction, LeavesEverythingElseAsItIs) {
  for (const char* line : {"AT", "AT+CFUN=1", "AT%CMNG=1,42,0", "AT%CMNG=1", "AT+CPIN?", "AT+CLCK=\"SC\",2",
                           "AT#XHTTPCCON=1,\"h\",443,42", "AT#XHTTPCREQ=GET,\"/\"", ""}) {
    EXPECT_EQ(redact(line), line);
  }
}

TEST(Redaction, MasksSecretsThatLackTheirQuotes) {
  EXPECT_EQ(redact("AT+CPIN=1234"), "AT+CPIN=****");
  EXPECT_EQ(redact("AT+CLCK=\"SC\",1,1234"), "AT+CLCK=\"SC\",1,****");
  EXPECT_EQ(redact("AT%CMNG=0,42,3,C0FFEE"), "AT%CMNG=0,42,3,******");
  EXPECT_EQ(redact("AT#XHTTPCREQ=\"GET\",\"/\",A: b"), "AT#XHTTPCREQ=\"GET\",\"/\",****");
}

TEST(Redaction, MasksAllThatFollowsQuotesThatAreOutOfStep) {
  EXPECT_EQ(redact("AT#XHTTPCREQ=\"GET\",\"/,\"A: b\",5"), "AT#XHTTPCREQ=\"GET\",\"/,\"****\"**");
}

TEST(Redaction, WorksOnUnfinishedLinesAndBehindRubbish) {
  EXPECT_EQ(redact("xyAT+CPIN=\"12"), "xyAT+CPIN=\"**");
  EXPECT_EQ(redact("AT+CPIN=\"1234\"\rAT+CFUN=1"), "AT+CPIN=\"****\"\rAT+CFUN=1");
}

}  // namespace
}  // namespace attache::at
