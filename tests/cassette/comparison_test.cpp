#include "cassette/comparison.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace attache::cassette {
namespace {

using Lines = std::vector<std::string>;

std::vector<Exchange> exchanges_of(const std::string& lines) {
  auto read = parse_cassette("attache cassette 1\n" + lines, "a.cassette");
  EXPECT_TRUE(read) << (read ? "" : base::to_block(read.error()));
  auto cut = cut_exchanges(*read, {});
  EXPECT_TRUE(cut);
  return *cut;
}

const std::string dialogue =
    "0.000 > AT+CEREG=1\\r\\n\n"
    "0.100 < \\r\\nOK\\r\\n\n"
    "0.200 > AT+CFUN=1\\r\\n\n"
    "0.300 < \\r\\nOK\\r\\n\n"
    "0.400 < \\r\\n+CEREG: 2\\r\\n\n"
    "0.500 < \\r\\n+CEREG: 1\\r\\n\n"
    "0.600 > AT+CGSN\\r\\n\n"
    "0.700 < \\r\\n351358811234567\\r\\n\n"
    "0.700 < \\r\\nOK\\r\\n\n";

const std::vector<Lines> as_recorded{{}, {"OK"}, {"OK", "+CEREG: 2", "+CEREG: 1"}, {"351358811234567", "OK"}};

Comparison compare_with(std::vector<Lines> heard, bool exact = false) {
  return compare(exchanges_of(dialogue), heard, {"slm-1.6", exact});
}

TEST(Comparison, FindsNothingWhereAllIsTheSame) {
  Comparison same = compare_with(as_recorded);
  EXPECT_TRUE(same.differences.empty());
  EXPECT_EQ(same.exchanges, 3U);
  EXPECT_EQ(same.varying, 0U);
  EXPECT_EQ(render_text(same, "a.cassette", "--serve"), "--serve: 3 exchanges, no difference\n");
}

TEST(Comparison, LetsValuesDifferThatMayUnlessItIsExact) {
  auto heard = as_recorded;
  heard[3][0] = "351358819999999";
  Comparison same = compare_with(heard);
  EXPECT_TRUE(same.differences.empty());
  EXPECT_EQ(same.varying, 1U);
  Comparison exact = compare_with(heard, true);
  ASSERT_EQ(exact.differences.size(), 1U);
  EXPECT_EQ(exact.differences[0].line, 8U);
}

TEST(Comparison, ShowsAnAnswerThatIsAnother) {
  auto heard = as_recorded;
  heard[1] = {"+CME ERROR: 513"};
  Comparison differs = compare_with(heard);
  EXPECT_EQ(render_text(differs, "a.cassette", "--serve"),
            "a.cassette:2: AT+CEREG=1\\r\\n\n"
            "  recorded  OK\n"
            "  now       +CME ERROR: 513\n"
            "--serve: 3 exchanges, 1 difference\n");
}

TEST(Comparison, ShowsAnAnswerThatDidNotCome) {
  auto heard = as_recorded;
  heard[3].clear();
  Comparison differs = compare_with(heard);
  ASSERT_EQ(differs.differences.size(), 1U);
  EXPECT_EQ(differs.differences[0].recorded, (Lines{"351358811234567", "OK"}));
  EXPECT_EQ(differs.differences[0].now, Lines{});
}

TEST(Comparison, DoesNotMindBehindWhichCommandANotificationComes) {
  auto heard = as_recorded;
  heard[2] = {"OK", "+CEREG: 2"};
  heard[3] = {"+CEREG: 1", "351358811234567", "OK"};
  EXPECT_TRUE(compare_with(heard).differences.empty());
}

TEST(Comparison, ShowsNotificationsThatAreMissingNewOrOthers) {
  auto heard = as_recorded;
  heard[2] = {"OK", "+CEREG: 1"};
  Comparison missing = compare_with(heard);
  ASSERT_EQ(missing.differences.size(), 1U);
  EXPECT_EQ(missing.differences[0].kind, Difference::Kind::notification);
  EXPECT_EQ(missing.differences[0].recorded, Lines{"+CEREG: 2"});
  EXPECT_EQ(missing.differences[0].now, Lines{});

  heard[2] = {"OK", "+CEREG: 2", "+CEREG: 1", "+CEREG: 5"};
  Comparison additional = compare_with(heard);
  ASSERT_EQ(additional.differences.size(), 1U);
  EXPECT_EQ(additional.differences[0].recorded, Lines{});
  EXPECT_EQ(additional.differences[0].now, Lines{"+CEREG: 5"});
  EXPECT_EQ(additional.differences[0].line, 4U);

  heard[2] = {"OK", "+CEREG: 2", "+CEREG: 3"};
  Comparison other = compare_with(heard);
  ASSERT_EQ(other.differences.size(), 1U);
  EXPECT_EQ(other.differences[0].recorded, Lines{"+CEREG: 1"});
  EXPECT_EQ(other.differences[0].now, Lines{"+CEREG: 3"});
}

TEST(Comparison, LeavesOutWhatAModemSaysBeforeItsHostIfThatWasNotRecorded) {
  auto heard = as_recorded;
  heard[0] = {"Ready"};
  EXPECT_TRUE(compare_with(heard).differences.empty());
}

TEST(Comparison, EndsWhereTheModemWentAway) {
  Comparison cut = compare_with({{}, {"OK"}});
  ASSERT_EQ(cut.differences.size(), 4U);
  EXPECT_EQ(cut.differences[0].line, 4U);
}

TEST(Comparison, IsAJsonObjectForProgramsWithoutSecrets) {
  auto heard = as_recorded;
  heard[1] = {"a token=abc"};
  EXPECT_EQ(
      render_json(compare_with(heard), "a.cassette", "tcp:1.2.3.4:5"),
      R"({"format":"attache-diff-1","cassette":"a.cassette","modem":"tcp:1.2.3.4:5","exchanges":3,"varying":0,)"
      R"("differences":[{"kind":"answer","line":2,"said":"AT+CEREG=1\\r\\n","recorded":["OK"],)"
      R"("now":["********"]}]})"
      "\n");
}

TEST(Exchanges, NeedAValueForEachPlaceholder) {
  auto read = parse_cassette("attache cassette 1\n0.000 > AT+CPIN=\"{PIN}\"\\r\\n\n", "a.cassette");
  ASSERT_TRUE(read);
  auto cut = cut_exchanges(*read, {});
  ASSERT_FALSE(cut);
  EXPECT_EQ(cut.error().where, "a.cassette:2");
  EXPECT_EQ(cut.error().why, "the placeholder {PIN} has no value: a secret was left out there");
  auto filled = cut_exchanges(*read, {{"PIN", "1234"}});
  ASSERT_TRUE(filled);
  EXPECT_EQ(filled->at(1).said, "AT+CPIN=\"1234\"\r\n");
}

}  // namespace
}  // namespace attache::cassette
