#include "net/icmp_echo.hpp"

#include <gtest/gtest.h>

namespace attache::net {
namespace {

using namespace std::string_literals;

TEST(IcmpEcho, MakesARequestWithItsChecksum) {
  EXPECT_EQ(echo_request(Family::ipv4, {0x1234, 7, "01234"}), "\x08\0\x4F\x60\x12\x34\0\x07"s + "01234");
  EXPECT_EQ(echo_request(Family::ipv6, {0x1234, 7, "01"}), "\x80\0\0\0\x12\x34\0\x07"s + "01");
}

TEST(IcmpEcho, ReadsAReply) {
  auto reply = echo_reply(Family::ipv4, "\0\0\x57\x60\x12\x34\0\x07"s + "01234");
  ASSERT_TRUE(reply);
  EXPECT_EQ(reply->identifier, 0x1234);
  EXPECT_EQ(reply->sequence, 7);
  EXPECT_EQ(reply->payload, "01234");
  EXPECT_TRUE(echo_reply(Family::ipv6, "\x81\0\xAA\xAA\x12\x34\0\x07"s));
}

TEST(IcmpEcho, PassesOverWhatIsNoReply) {
  EXPECT_FALSE(echo_reply(Family::ipv4, ""));
  EXPECT_FALSE(echo_reply(Family::ipv4, "\0\0\xe4"s));
  EXPECT_FALSE(echo_reply(Family::ipv4, "\0\0\x57\x61\x12\x34\0\x07"s + "01234"));  // Checksum.
  EXPECT_FALSE(echo_reply(Family::ipv4, echo_request(Family::ipv4, {1, 2, "x"})));
}

TEST(IcmpEcho, CutsTheHeaderOfIpv4) {
  EXPECT_EQ(without_ipv4_header("\x45"s + std::string(19, '\0') + "data"), "data");
  EXPECT_EQ(without_ipv4_header("\x46"s + std::string(23, '\0') + "data"), "data");
  EXPECT_EQ(without_ipv4_header("\x4f"s + "short"), "");
  EXPECT_EQ(without_ipv4_header("\x60"s + std::string(39, '\0')), "");
  EXPECT_EQ(without_ipv4_header(""), "");
}

}  // namespace
}  // namespace attache::net
