#include "net/resolved_names.hpp"

#include <gtest/gtest.h>

namespace attache::net {
namespace {

Address numbered(unsigned number) {
  return asio::ip::address_v4(0xC0000200U + number);
}

TEST(ResolvedNames, ForgetWhatWasAnsweredLongestAgo) {
  ResolvedNames names;
  for (unsigned number = 0; number < 40; ++number) {
    names.remember("first.test", Family::ipv4, {numbered(number)});
  }
  names.remember("again.test", Family::ipv4, {numbered(0)});
  for (unsigned number = 40; number < 80; ++number) {
    names.remember("second.test", Family::ipv4, {numbered(number)});
  }
  ASSERT_NE(names.find(numbered(0)), nullptr) << "it was answered again";
  EXPECT_EQ(names.find(numbered(0))->host, "again.test");
  EXPECT_EQ(names.find(numbered(1)), nullptr);
  EXPECT_NE(names.find(numbered(79)), nullptr);
}

}  // namespace
}  // namespace attache::net
