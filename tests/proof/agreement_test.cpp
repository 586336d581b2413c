#include "proof/agreement.hpp"

#include <gtest/gtest.h>

namespace attache::proof {
namespace {

TEST(Agreement, TakesWhatDiffersFromDeviceToDeviceAsEqual) {
  EXPECT_EQ(agree("OK", "OK"), Agreement::exact);
  EXPECT_EQ(agree("+CEREG: 1,\"5209\",\"0A19790D\",9", "+CEREG: 1,\"0A1B\",\"0112F301\",9"),
            Agreement::masked);
  EXPECT_EQ(agree("+CGPADDR: 0,\"100.64.1.2\"", "+CGPADDR: 0,\"10.160.33.41\""), Agreement::masked);
  EXPECT_EQ(agree("352656100000017", "352656100367872"), Agreement::masked);
  EXPECT_EQ(agree("%XICCID: 89330000000020549718", "%XICCID: 8901234567012345678"), Agreement::masked);
  EXPECT_EQ(agree("mfw_nrf9160_1.3.0", "mfw_nrf9160_1.3.5"), Agreement::masked);
  EXPECT_EQ(agree("+CCLK: \"26/11/23,08:54:12+04\"", "+CCLK: \"26/11/22,10:00:00+00\""), Agreement::masked);
  EXPECT_EQ(agree("+CESQ: 99,99,255,255,20,50", "+CESQ: 99,99,255,255,31,55"), Agreement::masked);
  EXPECT_EQ(agree("#XTCPCLI: 3,\"connected\"", "#XTCPCLI: 1,\"connected\""), Agreement::masked);
  EXPECT_EQ(
      agree("%CMNG: 42,0,\"" + std::string(64, 'A') + "\"", "%CMNG: 42,0,\"" + std::string(64, '1') + "F\""),
      Agreement::masked);
}

TEST(Agreement, KeepsWhatDecides) {
  EXPECT_EQ(agree("ERROR", "OK"), Agreement::none);
  EXPECT_EQ(agree("+CME ERROR: 527", "+CME ERROR: 528"), Agreement::none);
  EXPECT_EQ(agree("+CEREG: 1,\"5209\",\"0A19790D\",9", "+CEREG: 5,\"5209\",\"0A19790D\",9"), Agreement::none);
  EXPECT_EQ(agree("+CEREG: 2,\"5209\",\"0A19790D\",9,0,11", "+CEREG: 2,\"5209\",\"0A19790D\",9,0,15"),
            Agreement::none);
  EXPECT_EQ(agree("+CEREG: 1,\"0A1B\",\"0112F301\",7,,,\"11100000\",\"11100000\"",
                  "+CEREG: 1,\"0A1B\",\"0112F301\",7,,,\"00100001\",\"00000110\""),
            Agreement::none);
  EXPECT_EQ(agree("+CESQ: 99,99,255,255,255,255", "+CESQ: 99,99,255,255,31,55"), Agreement::none);
  EXPECT_EQ(agree("#XTCPCLI: -111,\"not connected\"", "#XTCPCLI: -116,\"not connected\""), Agreement::none);
  EXPECT_EQ(agree("#XHTTPCCON: 0", "#XHTTPCCON: 1"), Agreement::none);
  EXPECT_EQ(agree("%CMNG: 42,0", "%CMNG: 16,0"), Agreement::none);
}

}  // namespace
}  // namespace attache::proof
