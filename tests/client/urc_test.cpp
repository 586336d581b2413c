#include "client/urc.hpp"

#include <gtest/gtest.h>

namespace attache::client {
namespace {

TEST(Urc, IsOneOfTheModemOrOfTheDialectSpoken) {
  EXPECT_EQ(urc_payload_lines("slm-1.6", "+CEREG: 1"), 0U);
  EXPECT_EQ(urc_payload_lines("slm-1.6", "+CMT: \"+49123\",28"), 1U);
  EXPECT_EQ(urc_payload_lines("slm-1.6", "#XMQTTMSG: 1,7,5"), 2U);
  EXPECT_EQ(urc_payload_lines("slm-1.6", "#XTCPDATA: 1,8"), 0U);
  EXPECT_EQ(urc_payload_lines("slm-3.1", "#XTCPDATA: 8"), 1U);
  EXPECT_EQ(urc_payload_lines("serial-modem-2.0", "#XCOAPCDATA: 0,0,4"), 1U);
  EXPECT_EQ(urc_payload_lines("slm-1.6", "#XCOAPCDATA: 0,0,4"), std::nullopt);
  EXPECT_EQ(urc_payload_lines("slm-1.6", "#XSLMVER: \"1.6.0\""), std::nullopt);
  EXPECT_EQ(urc_payload_lines("slm-1.6", "OK"), std::nullopt);
}

TEST(Urc, OfADatagramHasItsDataInTheNextLineInBothEditions) {
  EXPECT_EQ(urc_payload_lines("slm-1.5", "#XUDPRECV: 1,5"), 1U);
  EXPECT_EQ(urc_payload_lines("slm-1.5", "#XUDPDATA: 1,5"), std::nullopt);
  EXPECT_EQ(urc_payload_lines("slm-1.6", "#XUDPDATA: 1,5"), 1U);
}

TEST(Urc, MayLookLikeTheAnswerOfItsCommand) {
  EXPECT_FALSE(may_answer("AT+CEREG=5", "+CEREG: 2")) << "a set form has no answer";
  EXPECT_TRUE(may_answer("AT+CEREG?", "+CEREG: 5,1"));
  EXPECT_FALSE(may_answer("AT+CEREG?", "+CEREG: 2,\"412D\",\"03392510\",7"));
  EXPECT_TRUE(may_answer("AT#XTCPCLI=0", "#XTCPCLI: -1,0"));
}

}  // namespace
}  // namespace attache::client
