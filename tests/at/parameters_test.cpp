#include "at/parameters.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "at/parameter_policies.hpp"

namespace attache::at {
namespace {

// The parameters as text: numbers plain, strings in quotes, empty ones as "-", lists and words as written.
std::string cut(std::string_view text, const ParameterPolicy& policy = slm_policy()) {
  auto parameters = Parameters::parse(text, 0, policy);
  if (!parameters) {
    return "error at " + std::to_string(parameters.error().column.value_or(0));
  }
  std::string shown;
  for (std::size_t i = 0; i < parameters->size(); ++i) {
    const Parameter& value = (*parameters)[i];
    shown += i > 0 ? " " : "";
    switch (value.kind) {
      case Parameter::Kind::empty:
        shown += "-";
        break;
      case Parameter::Kind::number:
        shown += std::to_string(value.number);
        break;
      case Parameter::Kind::string:
        shown += fmt::format("\"{}\"", value.text);
        break;
      case Parameter::Kind::array:
      case Parameter::Kind::word:
        shown += value.text;
        break;
    }
  }
  return shown;
}

TEST(SlmParameters, SeparatesByCommaColonAndEqualsSign) {
  EXPECT_EQ(cut("1:2=3,4"), "1 2 3 4");
}

TEST(SlmParameters, ReadsNumbersOfSixtyFourBits) {
  EXPECT_EQ(cut("-7,0,99999999999999999999"), "-7 0 9223372036854775807");
  EXPECT_EQ(cut("+5"), "error at 1");
  EXPECT_EQ(cut("0x50"), "error at 2");
}

TEST(SlmParameters, ReadsStringsWithLineEndsInside) {
  EXPECT_EQ(cut("\"a\r\nb\",\"\""), "\"a\r\nb\" \"\"");
  EXPECT_EQ(cut("\"google.com,443,42"), "\"google.com,443,42\"");
}

TEST(SlmParameters, CountsEmptyParametersButNotATrailingSeparator) {
  EXPECT_EQ(cut(""), "");
  EXPECT_EQ(cut("1,,2"), "1 - 2");
  EXPECT_EQ(cut("443,"), "443");
  EXPECT_EQ(cut("443,,"), "443 -");
}

TEST(SlmParameters, SkipsOneBlankBeforeAParameterAndRefusesTwo) {
  EXPECT_EQ(cut("1, 2"), "1 2");
  EXPECT_EQ(cut("1,  2"), "error at 4");
}

TEST(SlmParameters, InsertsAnEmptyParameterForABlankBeforeAComma) {
  EXPECT_EQ(cut("443 ,42"), "443 - 42");
}

TEST(SlmParameters, ToleratesAMissingSeparator) {
  EXPECT_EQ(cut("\"a\"443"), "\"a\" 443");
  EXPECT_EQ(cut("42\"abc\""), "42 \"abc\"");
  EXPECT_EQ(cut("443,42\""), "443 42");
}

TEST(SlmParameters, RefusesUnquotedText) {
  EXPECT_EQ(cut("1,example.com,80"), "error at 3");
  EXPECT_EQ(cut("1x"), "error at 2");
}

TEST(SlmParameters, ReadsAListAsOneParameter) {
  EXPECT_EQ(cut("(1,2),3"), "(1,2) 3");
}

TEST(SlmParameters, AllowsSevenAndNoMore) {
  EXPECT_EQ(cut("0,0,0,0,0,0,0"), "0 0 0 0 0 0 0");
  EXPECT_EQ(cut("0,0,0,0,0,0,0,0"), "error at 15");
}

ParameterPolicy slm_3_policy() {
  ParameterPolicy policy;
  policy.blanks_skipped = 1;
  policy.plain_numbers = true;
  policy.last_may_be_bare = true;
  return policy;
}

TEST(Slm3Parameters, KnowsASignButNoLeadingZeroOfNumbers) {
  EXPECT_EQ(cut("+1,-2,0, 3", slm_3_policy()), "1 -2 0 3");
  EXPECT_EQ(cut("007,1", slm_3_policy()), "error at 1");
  EXPECT_EQ(cut("-0,1", slm_3_policy()), "error at 1");
  EXPECT_EQ(cut("1.5,1", slm_3_policy()), "error at 2");
  EXPECT_EQ(cut("1,", slm_3_policy()), "1 -") << "an empty one counts";
}

TEST(Slm3Parameters, TakesTheLastOneWithoutQuotesForAString) {
  EXPECT_EQ(cut("1,example.com", slm_3_policy()), "1 \"example.com\"");
  EXPECT_EQ(cut("1,nrf 9151+_-x", slm_3_policy()), "1 \"nrf 9151+_-x\"");
  EXPECT_EQ(cut("localhost,1", slm_3_policy()), "error at 1");
  EXPECT_EQ(cut("\"a\"x", slm_3_policy()), "error at 4");
}

TEST(Slm3Parameters, TakesNothingThatBeginsWithADigitForAString) {
  EXPECT_EQ(cut("01", slm_3_policy()), "error at 1");
  EXPECT_EQ(cut("-0", slm_3_policy()), "error at 1");
  EXPECT_EQ(cut("0x0", slm_3_policy()), "error at 2");
  EXPECT_EQ(cut("1,8.8.8.8", slm_3_policy()), "error at 4");
}

TEST(ModemParameters, AcceptsBlanksAfterCommas) {
  EXPECT_EQ(cut("0, 12345678,   0,\"x\"", modem_policy()), "0 12345678 0 \"x\"");
}

TEST(ModemParameters, RefusesAnOpenString) {
  EXPECT_EQ(cut("1,\"abc", modem_policy()), "error at 3");
}

TEST(Check, NamesParameterExpectationAndColumn) {
  std::string_view line = "AT#XHTTPCCON=1,\"google.com\",\"443\"";
  auto parameters = Parameters::parse(line, 13, slm_policy());
  ASSERT_TRUE(parameters);
  std::array rules{number("op", 0, 65535), string("host", 63), number("port", 0, 65535)};
  auto reason = check(line, *parameters, rules);
  ASSERT_TRUE(reason);
  EXPECT_EQ(reason->why, "<port> must be a number from 0 to 65535, but is a string of 3 characters");
  EXPECT_EQ(reason->column, 29U);
}

TEST(Check, AllowsMissingOptionalParametersAndExtraOnes) {
  std::string_view line = "1,,3";
  auto parameters = Parameters::parse(line, 0, slm_policy());
  std::array rules{number("op", 0, 9), optional(string("name", 5))};
  EXPECT_FALSE(check(line, *parameters, rules));
  EXPECT_TRUE(check(line, *parameters, rules, true));
}

TEST(Check, NeverShowsSecrets) {
  std::string_view line = "AT+CPIN=\"3349\",12";
  auto parameters = Parameters::parse(line, 8, modem_policy());
  std::array rules{string("pin", 8), optional(string("newpin", 8))};
  auto reason = check(line, *parameters, rules);
  ASSERT_TRUE(reason);
  EXPECT_EQ(reason->excerpt, "AT+CPIN=\"****\",**");
}

}  // namespace
}  // namespace attache::at
