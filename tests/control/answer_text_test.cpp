#include "control/answer_text.hpp"

#include <gtest/gtest.h>

#include <string>

namespace attache::control {
namespace {

using namespace std::string_literals;

TEST(AnswerText, OfAReasonIsReadAsItWas) {
  auto read = parse_answer(failure_text(base::make_reason("what", "why \"é\"", "line\nline")));
  ASSERT_FALSE(read);
  EXPECT_EQ(read.error().what, "what");
  EXPECT_EQ(read.error().why, "why \"é\"");
  EXPECT_EQ(read.error().advice, "line\nline");
}

TEST(AnswerText, ShowsWhatIsNoUtf8InAReason) {
  auto read = parse_answer(failure_text(base::make_reason("`sms\xFFhe` is \xC3", "a\0b\x1B[2J"s, "")));
  ASSERT_FALSE(read);
  EXPECT_EQ(read.error().what, "`sms\\xFFhe` is \\xC3");
  EXPECT_EQ(read.error().why, "a\\x00b\\x1B[2J");
}

TEST(AnswerText, ShowsWhatIsNoUtf8InAnAnswer) {
  std::string line = success_text({"one\ntwo \xFF\n", "{\"a\":[\"\xFF\"],\"b\":{\"c\":\"\xC3\"},\"d\":1}"});
  EXPECT_EQ(line,
            "{\"ok\":true,\"text\":\"one\\ntwo \\\\xFF\\n\",\"data\":{\"a\":[\"\\\\xFF\"],\"b\":{\"c\":"
            "\"\\\\xC3\"},\"d\":1}}\n");
  auto read = parse_answer(line);
  ASSERT_TRUE(read);
  EXPECT_EQ(read->text, "one\ntwo \\xFF\n");
}

TEST(AnswerText, ThatIsNoneIsSaidToBeSo) {
  for (const char* line : {"", "{", "[]", "{\"ok\":1}\n"}) {
    EXPECT_EQ(parse_answer(line).error().what, "the answer cannot be read") << line;
  }
}

}  // namespace
}  // namespace attache::control
