#include "at/grammar.hpp"

#include <gtest/gtest.h>

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

}  // namespace
}  // namespace attache::at
