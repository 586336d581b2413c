#include "cellular/cbor.hpp"

#include <gtest/gtest.h>

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "base/text.hpp"

namespace attache::cellular {
namespace {

// The examples of RFC 8949, appendix A, and the borders of each length.
TEST(Cbor, WritesIntegersInTheirShortestForm) {
  const std::vector<std::pair<std::int64_t, std::string>> expected{
      {0, "00"},
      {23, "17"},
      {24, "1818"},
      {255, "18FF"},
      {256, "190100"},
      {65535, "19FFFF"},
      {65536, "1A00010000"},
      {1000000, "1A000F4240"},
      {4294967295, "1AFFFFFFFF"},
      {4294967296, "1B0000000100000000"},
      {INT64_MAX, "1B7FFFFFFFFFFFFFFF"},
      {-1, "20"},
      {-24, "37"},
      {-25, "3818"},
      {-1000, "3903E7"},
      {-2147483648, "3A7FFFFFFF"},
      {INT64_MIN, "3B7FFFFFFFFFFFFFFF"},
  };
  for (const auto& [value, bytes] : expected) {
    EXPECT_EQ(base::to_hex(cbor::integer(value)), bytes) << value;
  }
}

TEST(Cbor, WritesStringsWithTheirLength) {
  EXPECT_EQ(base::to_hex(cbor::byte_string("")), "40");
  EXPECT_EQ(base::to_hex(cbor::byte_string("\x01\x02\x03\x04")), "4401020304");
  EXPECT_EQ(base::to_hex(cbor::byte_string(std::string(64, '\0'))), "5840" + std::string(128, '0'));
  EXPECT_EQ(base::to_hex(cbor::text_string("IETF")), "6449455446");
  EXPECT_EQ(base::to_hex(cbor::text_string("\xC3\xBC")), "62C3BC");
}

TEST(Cbor, WritesHeadsTagsAndNull) {
  EXPECT_EQ(base::to_hex(cbor::array(0)), "80");
  EXPECT_EQ(base::to_hex(cbor::array(25)), "9819");
  EXPECT_EQ(base::to_hex(cbor::map(2)), "A2");
  EXPECT_EQ(base::to_hex(cbor::tag(18)), "D2");
  EXPECT_EQ(base::to_hex(cbor::tag(cbor::self_described)), "D9D9F7");
  EXPECT_EQ(base::to_hex(cbor::null()), "F6");
}

}  // namespace
}  // namespace attache::cellular
