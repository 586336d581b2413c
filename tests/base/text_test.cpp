#include "base/text.hpp"

#include <gtest/gtest.h>

#include <array>

namespace attache::base {
namespace {

using std::string_literals::operator""s;

TEST(Hex, GoesThereAndBack) {
  std::string bytes;
  for (int i = 0; i < 256; ++i) {
    bytes += static_cast<char>(i);
  }
  EXPECT_EQ(from_hex(to_hex(bytes)), bytes);
  EXPECT_EQ(to_hex("\x00\x0A\xFF"s), "000AFF");
  EXPECT_EQ(from_hex("0aFf"), "\x0A\xFF");
  EXPECT_EQ(from_hex(""), "");
}

TEST(Hex, RefusesHalfBytesAndOtherLetters) {
  for (const char* text : {"0", "0A1", "0G", "g0", "0x10", " 0", "--"}) {
    EXPECT_EQ(from_hex(text), std::nullopt) << text;
  }
}

TEST(EscapeControl, ShowsWhatATerminalWouldActOn) {
  EXPECT_EQ(escape_control("AT\r\n\t"), "AT\\r\\n\\t");
  EXPECT_EQ(escape_control("\0\x1B\x7F"s), "\\x00\\x1B\\x7F");
  EXPECT_EQ(escape_control("quote\" backslash\\"), "quote\" backslash\\");
}

TEST(EscapeControl, KeepsValidUtf8AndShowsTheBytesOfAnyOther) {
  EXPECT_EQ(escape_control("é€😀"), "é€😀");
  EXPECT_EQ(escape_control("\xC3"), "\\xC3");
  EXPECT_EQ(escape_control("\xC3("), "\\xC3(");
  EXPECT_EQ(escape_control("\x80\xBF"), "\\x80\\xBF");
  EXPECT_EQ(escape_control("\xC0\xAF\xFF"), "\\xC0\\xAF\\xFF");
  EXPECT_EQ(escape_control("\xF0\x9F\x98"), "\\xF0\\x9F\\x98");
}

TEST(EscapeControl, ShowsTheBytesOfWhatUtf8DoesNotKnow) {
  EXPECT_EQ(escape_control("\xE0\x8F\x90"), "\\xE0\\x8F\\x90");  // Overlong.
  EXPECT_EQ(escape_control("\xF0\x8F\xBF\xBF"), "\\xF0\\x8F\\xBF\\xBF");
  EXPECT_EQ(escape_control("\xED\xA0\x80"), "\\xED\\xA0\\x80");           // A surrogate.
  EXPECT_EQ(escape_control("\xF4\x90\x80\x80"), "\\xF4\\x90\\x80\\x80");  // Above U+10FFFF.
  EXPECT_EQ(escape_control("\xC2\x9B"), "\\xC2\\x9B");                    // A control character.
  std::string_view first_and_last =
      "\xC2\xA0\xE0\xA0\x80\xED\x9F\xBF\xEE\x80\x80\xF0\x90\x80\x80\xF4\x8F\xBF\xBF";
  EXPECT_EQ(escape_control(first_and_last), first_and_last);
}

TEST(Unescape, KnowsTheEscapesOfC) {
  EXPECT_EQ(unescape(R"(AT\r\n\t\0\\\"\x1a\xFF)"), "AT\r\n\t\0\\\"\x1A\xFF"s);
  EXPECT_EQ(unescape(""), "");
}

TEST(Unescape, RefusesWhatItDoesNotKnowOrIsCutOff) {
  for (const char* text : {"\\", "AT\\", "\\q", "\\x", "\\x1", "\\x1g"}) {
    EXPECT_EQ(unescape(text), std::nullopt) << text;
  }
}

TEST(Unescape, UndoesEscapeControlOfTextWithoutBackslashes) {
  std::string bytes;
  for (int i = 0; i < 0x7F; ++i) {
    if (i != '\\') {
      bytes += static_cast<char>(i);
    }
  }
  EXPECT_EQ(unescape(escape_control(bytes)), bytes);
}

TEST(EqualIgnoringCase, ComparesAsciiOnly) {
  EXPECT_TRUE(equal_ignoring_case("At+CFUN", "aT+cfun"));
  EXPECT_FALSE(equal_ignoring_case("AT", "AT+"));
  EXPECT_FALSE(equal_ignoring_case("É", "é"));
  EXPECT_EQ(to_lower("ÀZ[az"), "Àz[az");
}

TEST(Nearest, FindsALikelySlipAndNothingElse) {
  constexpr std::array<std::string_view, 4> words{"operator", "plmn", "tac", "cell"};
  EXPECT_EQ(nearest("opertor", words), "operator");
  EXPECT_EQ(nearest("OPERATOR", words), "operator");
  EXPECT_EQ(nearest("tacc", words), "tac");
  EXPECT_EQ(nearest("p1mn", words), "plmn");
  EXPECT_EQ(nearest("pmln", words), "plmn");
  EXPECT_EQ(nearest("speed", words), std::nullopt);
  EXPECT_EQ(nearest("", words), std::nullopt);
  EXPECT_EQ(nearest("operator", {}), std::nullopt);
}

TEST(Trim, TakesBlanksAtBothEnds) {
  EXPECT_EQ(trim(" \t a b \r\n"), "a b");
  EXPECT_EQ(trim(" \r\n"), "");
  EXPECT_EQ(trim(""), "");
}

TEST(Split, GivesAtLeastOnePart) {
  EXPECT_EQ(split("a,,b", ','), (std::vector<std::string_view>{"a", "", "b"}));
  EXPECT_EQ(split("", ','), (std::vector<std::string_view>{""}));
  EXPECT_EQ(split(",", ','), (std::vector<std::string_view>{"", ""}));
}

TEST(ParseNumber, ReadsAWholeDecimalNumberThatFits) {
  EXPECT_EQ(parse_number<std::uint8_t>("255"), std::uint8_t{255});
  EXPECT_EQ(parse_number<std::uint8_t>("256"), std::nullopt);
  EXPECT_EQ(parse_number<std::int32_t>("-2147483648"), INT32_MIN);
  EXPECT_EQ(parse_number<std::uint16_t>("007"), std::uint16_t{7});
  EXPECT_EQ(parse_number<std::uint64_t>("18446744073709551615"), UINT64_MAX);
  for (const char* text : {"", "12x", "+12", " 12", "12 ", "-1", "0x10", "1.0"}) {
    EXPECT_EQ(parse_number<std::uint32_t>(text), std::nullopt) << text;
  }
}

TEST(Sha256, AgreesWithTheStandard) {
  EXPECT_EQ(to_hex(sha256("abc")), "BA7816BF8F01CFEA414140DE5DAE2223B00361A396177A9CB410FF61F20015AD");
  EXPECT_EQ(to_hex(sha256("")), "E3B0C44298FC1C149AFBF4C8996FB92427AE41E4649B934CA495991B7852B855");
}

}  // namespace
}  // namespace attache::base
