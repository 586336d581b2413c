#include "net/errno.hpp"

#include <gtest/gtest.h>

#include <cerrno>

namespace attache::net {
namespace {

TEST(Errno, HasTheNumbersOfTheDeviceNotThoseOfLinux) {
  EXPECT_EQ(number(from_system(ENETUNREACH)), 114);
  EXPECT_EQ(number(from_system(ENETDOWN)), 115);
  EXPECT_EQ(number(from_system(ETIMEDOUT)), 116);
  EXPECT_EQ(number(from_system(EHOSTUNREACH)), 118);
  EXPECT_EQ(number(from_system(EMSGSIZE)), 122);
  EXPECT_EQ(number(from_system(EALREADY)), 120);
  EXPECT_EQ(number(from_system(EISCONN)), 127);
  EXPECT_EQ(number(from_system(ENOTCONN)), 128);
  EXPECT_EQ(number(from_system(EAFNOSUPPORT)), 106);
}

TEST(Errno, TakesWhatItDoesNotKnowForAnInputOutputError) {
  EXPECT_EQ(from_system(EXDEV), Errno::io);
}

TEST(Errno, NamesItsValuesAsPosixDoes) {
  EXPECT_EQ(name(Errno::network_unreachable), "ENETUNREACH");
  EXPECT_EQ(name(Errno::try_again), "EAGAIN");
  EXPECT_EQ(name(Errno::cancelled), "ECANCELED");
}

}  // namespace
}  // namespace attache::net
