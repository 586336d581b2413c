#include "base/utf8.hpp"

#include <gtest/gtest.h>

#include "base/text.hpp"

namespace attache::base {
namespace {

TEST(Utf8, RefusesWhatIsNone) {
  for (std::string_view text : {"\x80", "\xC0\x80", "\xE0\x80\x80", "\xED\xA0\x80", "\xF4\x90\x80\x80",
                                "\xF8\x88\x80\x80\x80", "\xC3", "\xE2\x82", "\xC3("}) {
    EXPECT_FALSE(from_utf8(text)) << to_hex(text);
  }
  EXPECT_EQ(from_utf8("aß€😀"), U"aß€😀");
}

TEST(Utf8, IsMadeValidByteForByte) {
  EXPECT_EQ(valid_utf8("aß€😀"), "aß€😀");
  EXPECT_EQ(valid_utf8("a\xC3(\x80"), "a\uFFFD(\uFFFD");
  EXPECT_EQ(valid_utf8("\xED\xA0\x80"), "\uFFFD\uFFFD\uFFFD");
  EXPECT_EQ(valid_utf8("\xE2\x82"), "\uFFFD\uFFFD");
}

}  // namespace
}  // namespace attache::base
