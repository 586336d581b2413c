#include "at/grammar.hpp"

#include <gtest/gtest.h>

#include <array>

namespace attache::at {
namespace {

TEST(Grammar, AcceptsWhatSlmAccepts) {
  for (std::string_view line : {"AT", "at", "At+CFUN", "AT+CFUN?", "AT+CFUN=?", "AT+CFUN=1",
                                "AT+CFUN=", "AT%X=\"?\"x", "AT#XSLMVER", "AT+A=?x"}) {
    EXPECT_FALSE(check_grammar(line)) << line;
  }
}

TEST(Grammar, RefusesEverythingElseAndNamesTheColumn) {
  struct Case {
    std::string_view line;
    std::size_t column;
  };
  for (auto [line, column] :
       {Case{"", 1}, Case{"ATI", 3}, Case{"ATE0", 3}, Case{"AT&F", 3}, Case{" AT", 1}, Case{"XYZ", 1},
        Case{"AT+CFUN?x", 9}, Case{"AT+=1", 4}, Case{"AT+CFUN?;+CEREG?", 9}, Case{"AT+CFUN!", 8},
        Case{"A", 1}, Case{"AT+", 4}}) {
    auto reason = check_grammar(line);
    ASSERT_TRUE(reason) << line;
    EXPECT_EQ(reason->column, column) << line;
  }
}

TEST(Grammar, KnowsTheBasicCommandsAndCharactersOfADialect) {
  constexpr std::array<std::string_view, 2> basic{"E0", "E1"};
  GrammarPolicy policy{.more_in_names = "_", .basic_commands = basic};
  for (std::string_view line : {"ATE0", "ate1", "AT#X_Y=1", "AT+CFUN?"}) {
    EXPECT_FALSE(check_grammar(line, policy)) << line;
  }
  auto refused = check_grammar("ATE2", policy);
  ASSERT_TRUE(refused);
  EXPECT_EQ(refused->advice, "the basic commands of this dialect are ATE0, ATE1");
  EXPECT_TRUE(check_grammar("AT#X_Y=1"));
}

}  // namespace
}  // namespace attache::at
