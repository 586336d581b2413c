#include "base/reason.hpp"

#include <gtest/gtest.h>

namespace attache::base {
namespace {

TEST(Reason, IsSummarisedInOneLine) {
  EXPECT_EQ(summary(make_reason("it failed", "nobody answered")), "it failed: nobody answered");
  EXPECT_EQ(summary(make_reason("it failed", "")), "it failed");
}

TEST(Reason, BecomesABlockOfWhatIsKnown) {
  Reason reason = make_reason("HTTPS connection failed", "no route", "check the cable");
  reason.where = "google.com:443";
  reason.facts = {{"DNS", "142.250.1.1"}, {"TLS alert", ""}};
  EXPECT_EQ(to_block(reason),
            "  what:     HTTPS connection failed\n"
            "  where:    google.com:443\n"
            "  why:      no route\n"
            "  DNS:      142.250.1.1\n"
            "  do:       check the cable\n");
  EXPECT_EQ(to_block(make_reason("it failed", "")), "  what:     it failed\n");
}

TEST(Reason, EndsItsBlockWithWhereToReadMoreOfItsCause) {
  EXPECT_EQ(to_block(make_reason(Cause::ca_expired, "TLS failed", "it has expired", "renew it")),
            "  what:     TLS failed\n"
            "  why:      it has expired\n"
            "  do:       renew it\n"
            "  more:     attache explain ca-expired\n");
}

TEST(Reason, PointsAtTheColumn) {
  Reason reason = make_reason("bad line", "");
  reason.excerpt = "AT+X=\"";
  reason.column = 6;
  EXPECT_EQ(to_block(reason),
            "  what:     bad line\n"
            "  line:     AT+X=\"\n"
            "                 ^ column 6\n");
}

TEST(Reason, PointsPastTheEndOfTheLine) {
  Reason reason = make_reason("bad line", "");
  reason.excerpt = "AT";
  reason.column = 3;
  EXPECT_EQ(to_block(reason),
            "  what:     bad line\n"
            "  line:     AT\n"
            "              ^ column 3\n");
}

TEST(Reason, CountsColumnsInBytesButPointsWhereEscapedTextIs) {
  Reason reason = make_reason("bad line", "");
  reason.excerpt = "A\rT\"";
  reason.column = 4;
  EXPECT_EQ(to_block(reason),
            "  what:     bad line\n"
            "  line:     A\\rT\"\n"
            "                ^ column 4\n");
}

TEST(Reason, CutsALongLineAroundTheColumn) {
  Reason reason = make_reason("bad line", "");
  reason.excerpt = std::string(601, 'a');
  reason.excerpt[300] = '!';
  reason.column = 301;
  std::string block = to_block(reason);
  std::size_t line = block.find("…");
  std::size_t mark = block.find('!', line);
  std::size_t caret = block.find('^');
  ASSERT_NE(caret, std::string::npos);
  std::size_t line_start = block.rfind('\n', line) + 1;
  std::size_t caret_start = block.rfind('\n', caret) + 1;
  EXPECT_EQ(mark - line_start - 2, caret - caret_start);  // The ellipsis is three bytes, one column.
  EXPECT_NE(block.find("column 301"), std::string::npos);
  EXPECT_LT(block.size(), 450U);
}

TEST(Reason, StandsAColumnFarOutsideTheLine) {
  Reason reason = make_reason("bad line", "");
  reason.excerpt = "AT";
  for (std::size_t column : {0U, 1U, 100U, 100000U}) {
    reason.column = column;
    EXPECT_NE(to_block(reason).find("bad line"), std::string::npos);
  }
}

TEST(Reason, EscapesControlCharacters) {
  Reason reason = make_reason("bad\x1B[2J", "a\r\nb");
  EXPECT_EQ(to_block(reason),
            "  what:     bad\\x1B[2J\n"
            "  why:      a\\r\\nb\n");
}

}  // namespace
}  // namespace attache::base
