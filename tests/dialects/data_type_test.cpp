#include "dialects/slm_1/data_type.hpp"

#include <gtest/gtest.h>

namespace attache::dialects::slm_1 {
namespace {

TEST(DataType, ShowsPrintableBytesAndLineEndsAsText) {
  EXPECT_EQ(show(" a~\r\n").type, 1);
  EXPECT_EQ(show(" a~\r\n").text, " a~\r\n");
  EXPECT_EQ(show("").type, 1);
}

TEST(DataType, ShowsAllElseInUpperCaseHexadecimal) {
  for (std::string_view bytes : {"\t", "\x7f", "\x80", "\xff", "\x1f"}) {
    EXPECT_EQ(show(bytes).type, 0);
  }
  EXPECT_EQ(show(std::string_view("a\0\xAB", 3)).text, "6100AB");
}

TEST(DataType, DecodesHexadecimalOnly) {
  EXPECT_EQ(to_bytes(DataType::hexadecimal, "dEADbeef"), "\xDE\xAD\xBE\xEF");
  EXPECT_EQ(to_bytes(DataType::hexadecimal, ""), "");
  EXPECT_EQ(to_bytes(DataType::hexadecimal, "ABC"), std::nullopt);
  EXPECT_EQ(to_bytes(DataType::hexadecimal, "XY"), std::nullopt);
  for (int type : {1, 2, 3, 4, 9, 77}) {
    EXPECT_EQ(to_bytes(static_cast<DataType>(type), "41 g"), "41 g");
  }
}

TEST(DataType, SaysWhatIsWrongWithHexadecimal) {
  EXPECT_EQ(no_hexadecimal("ABC").why, "<datatype> 0 wants two digits for each byte, and there are 3");
  EXPECT_EQ(no_hexadecimal("XY").why, "<datatype> 0 wants the digits 0-9, A-F and a-f only");
}

}  // namespace
}  // namespace attache::dialects::slm_1
