#include "services/ftp_data_port.hpp"

#include <gtest/gtest.h>

namespace attache::services {
namespace {

TEST(FtpPassivePort, IsReadWithAndWithoutBrackets) {
  EXPECT_EQ(parse_passive_port("227 Entering Passive Mode (90,130,70,73,114,150).\r\n"), 114 * 256 + 150);
  EXPECT_EQ(parse_passive_port("227 Passive 10,0,0,1,0,21\r\n"), 21);
  EXPECT_EQ(parse_passive_port("227 (1,2,3,4,255,255,9)"), 65535);
}

TEST(FtpPassivePort, IsNothingInGarbage) {
  for (const char* reply :
       {"", "227", "227 no numbers", "227 (1,2,3,4,5)", "227 (1,2,3,4,256,1)", "227 (1,2,3,,5,6)",
        "227 (1,2,3,4,0,0)", "227 (99999999999,2,3,4,5,6)", "227 (1, 2, 3, 4, 5, 6)"}) {
    EXPECT_FALSE(parse_passive_port(reply)) << reply;
  }
}

TEST(FtpExtendedPassivePort, IsReadWithAnyDelimiter) {
  EXPECT_EQ(parse_extended_passive_port("229 Extended (|||6446|)\r\n"), 6446);
  EXPECT_EQ(parse_extended_passive_port("229 (!!!1!)"), 1);
}

TEST(FtpExtendedPassivePort, IsNothingInGarbage) {
  for (const char* reply : {"", "229", "229 (", "229 (|||", "229 (|||)", "229 (|||x|)", "229 (|||65536|)",
                            "229 (|||0|)", "229 (||!1|)", "229 (|||12", "229 (|1|::1|2|)"}) {
    EXPECT_FALSE(parse_extended_passive_port(reply)) << reply;
  }
}

TEST(FtpActiveCommand, NamesAddressAndPort) {
  EXPECT_EQ(active_command({boost::asio::ip::make_address("192.0.2.1"), 1025}), "PORT 192,0,2,1,4,1");
  EXPECT_EQ(active_command({boost::asio::ip::make_address("2001:db8::1"), 1025}),
            "EPRT |2|2001:db8::1|1025|");
}

}  // namespace
}  // namespace attache::services
