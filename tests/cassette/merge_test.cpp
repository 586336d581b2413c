#include "cassette/merge.hpp"

#include <gtest/gtest.h>

namespace attache::cassette {
namespace {

Cassette cassette_with(const std::string& lines) {
  auto read = parse_cassette("attache cassette 1\n" + lines, "a.cassette");
  EXPECT_TRUE(read) << (read ? "" : base::to_block(read.error()));
  return *read;
}

TEST(Merge, PutsWhatIsNewBehindWhatItFollowedAndLeavesTheRest) {
  Cassette old = cassette_with(
      "@ dialect slm-1.6\n"
      "0.000 < \\r\\nReady\\r\\n\n"
      "1.000 > AT\\r\\n\n"
      "1.010 < \\r\\nOK\\r\\n\n"
      "2.000 > AT+CFUN=0\\r\\n\n"
      "2.500 < \\r\\nOK\\r\\n\n");
  Cassette recent = cassette_with(
      "0.000 < \\r\\nReady\\r\\n\n"
      "0.100 > AT\\r\\n\n"
      "0.200 < \\r\\nERROR\\r\\n\n"
      "0.300 > AT+CGMR\\r\\n\n"
      "0.350 < \\r\\nX\\r\\n\n"
      "0.350 < \\r\\nOK\\r\\n\n"
      "0.400 > AT+CFUN=0\\r\\n\n"
      "0.500 > AT+CCLK?\\r\\n\n");
  Merged merged = merge(old, recent);
  EXPECT_EQ(merged.added, 2U);
  EXPECT_EQ(merged.text,
            "attache cassette 1\n"
            "@ dialect slm-1.6\n"
            "0.000 < \\r\\nReady\\r\\n\n"
            "1.000 > AT\\r\\n\n"
            "1.010 < \\r\\nOK\\r\\n\n"
            "1.110 > AT+CGMR\\r\\n\n"
            "1.160 < \\r\\nX\\r\\n\n"
            "1.160 < \\r\\nOK\\r\\n\n"
            "2.150 > AT+CFUN=0\\r\\n\n"
            "2.650 < \\r\\nOK\\r\\n\n"
            "2.750 > AT+CCLK?\\r\\n\n");
  EXPECT_TRUE(parse_cassette(merged.text, "merged"));
}

TEST(Merge, AddsNothingToItself) {
  Cassette old = cassette_with("0.000 > AT\\r\\n\n0.010 < \\r\\nOK\\r\\n\n0.020 > AT\\r\\n\n");
  Merged merged = merge(old, old);
  EXPECT_EQ(merged.added, 0U);
  EXPECT_EQ(merged.text, "attache cassette 1\n0.000 > AT\\r\\n\n0.010 < \\r\\nOK\\r\\n\n0.020 > AT\\r\\n\n");
}

}  // namespace
}  // namespace attache::cassette
