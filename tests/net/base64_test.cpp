#include "net/wire/base64.hpp"

#include <gtest/gtest.h>

namespace attache::net {
namespace {

// The examples of RFC 4648, 10.
TEST(Base64, WritesAndReadsEveryLength) {
  constexpr std::pair<std::string_view, std::string_view> examples[] = {
      {"", ""}, {"f", "Zg=="}, {"fo", "Zm8="}, {"foo", "Zm9v"}, {"foob", "Zm9vYg=="}, {"foobar", "Zm9vYmFy"}};
  for (auto [bytes, text] : examples) {
    EXPECT_EQ(to_base64(bytes), text);
    EXPECT_EQ(from_base64(text), bytes);
    EXPECT_EQ(from_base64(text.substr(0, text.find('='))), bytes) << "without padding";
  }
  EXPECT_EQ(to_base64("\xfb\xff"), "+/8=");
  EXPECT_EQ(from_base64("-_8"), "\xfb\xff");
}

TEST(Base64, RefusesWhatItIsNot) {
  for (std::string_view text : {"*", "Zg=", "Z", "Zm9vY", "Zg==Zg==", "Zm 9v", "Zh==", "===="}) {
    EXPECT_FALSE(from_base64(text)) << text;
  }
}

}  // namespace
}  // namespace attache::net
