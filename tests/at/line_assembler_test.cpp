#include "at/line_assembler.hpp"

#include <gtest/gtest.h>

#include <random>
#include <vector>

namespace attache::at {
namespace {

std::vector<std::string> lines(LineAssembler& assembler, std::string_view bytes) {
  std::vector<std::string> found;
  while (auto outcome = assembler.feed(bytes)) {
    found.push_back(outcome->overflow ? "<overflow>" : outcome->line);
  }
  return found;
}

using Lines = std::vector<std::string>;

TEST(LineAssembler, EndsALineOnlyAtThePairCrLf) {
  LineAssembler assembler({});
  EXPECT_EQ(lines(assembler, "AT\r\nAT+CFUN?\r\n"), (Lines{"AT", "AT+CFUN?"}));
  EXPECT_EQ(lines(assembler, "A\rT\nX"), Lines{});
  EXPECT_EQ(assembler.pending(), "A\rT\nX");
  EXPECT_EQ(lines(assembler, "\r\n"), (Lines{"A\rT\nX"}));
}

TEST(LineAssembler, KnowsEachTermination) {
  LineAssembler cr({.termination = Termination::cr});
  EXPECT_EQ(lines(cr, "AT\r\nAT\r"), (Lines{"AT", "\nAT"}));
  LineAssembler lf({.termination = Termination::lf});
  EXPECT_EQ(lines(lf, "AT\r\nAT\n"), (Lines{"AT\r", "AT"}));
  LineAssembler nul({.termination = Termination::nul});
  EXPECT_EQ(lines(nul, std::string_view("AT\0AT\0", 6)), (Lines{"AT", "AT"}));
}

TEST(LineAssembler, TakesTerminatorsInsideQuotesAsData) {
  LineAssembler assembler({});
  EXPECT_EQ(lines(assembler, "AT#X=\"a\r\nb\r\n\"\r\n"), (Lines{"AT#X=\"a\r\nb\r\n\""}));
}

TEST(LineAssembler, WaitsForAnotherQuoteWhenTheirNumberIsOdd) {
  LineAssembler assembler({});
  EXPECT_EQ(lines(assembler, "AT#X=1,\"h\",443,42\"\r\nAT\r\n"), Lines{});
  EXPECT_EQ(assembler.quotes(), 3U);
  EXPECT_EQ(assembler.last_quote_column(), 18U);
  EXPECT_EQ(lines(assembler, "\"\r\n"), (Lines{"AT#X=1,\"h\",443,42\"\r\nAT\r\n\""}));
  EXPECT_EQ(assembler.quotes(), 0U);
}

TEST(LineAssembler, TakesTheLastCharacterBackButNotAQuoteToggle) {
  LineAssembler assembler({});
  EXPECT_EQ(lines(assembler, "\bATX\b\x7FT\r\n"), (Lines{"AT"}));
  EXPECT_EQ(lines(assembler, "AT\"\b\r\n"), Lines{});
  EXPECT_EQ(lines(assembler, "\"\r\n"), (Lines{"AT\r\n\""}));
}

TEST(LineAssembler, TellsOfALineThatIsTooLongAtItsEndIfAsked) {
  for (Termination termination : {Termination::crlf, Termination::cr, Termination::lf}) {
    LineAssembler assembler({.termination = termination, .longest = 4, .overflows_at_end = true});
    std::string end = termination == Termination::crlf ? "\r\n"
                      : termination == Termination::cr ? "\r"
                                                       : "\n";
    EXPECT_EQ(lines(assembler, "ATXX" + end), Lines{"ATXX"});
    for (std::size_t size = 5; size < 15; ++size) {
      EXPECT_EQ(lines(assembler, std::string(size, 'A')), Lines{}) << size;
      EXPECT_EQ(lines(assembler, end + "AT" + end), (Lines{"<overflow>", "AT"})) << size;
    }
    EXPECT_EQ(lines(assembler, "ATX\"X" + end + "X\"" + end), Lines{"<overflow>"}) << "quotes count on";
  }
}

TEST(LineAssembler, PassesOverEmptyLinesIfAsked) {
  LineAssembler assembler({.passes_over_empty = true});
  EXPECT_EQ(lines(assembler, "\r\n\r\nAT\r\n\r\n"), Lines{"AT"});
  EXPECT_EQ(lines(assembler, "X\b\r\n"), Lines{}) << "taken back";
  LineAssembler others({});
  EXPECT_EQ(lines(others, "\r\n"), Lines{""});
}

TEST(LineAssembler, TakesAQuoteBackIfAsked) {
  LinePolicy policy;
  policy.backspace_takes_quotes_back = true;
  LineAssembler assembler(policy);
  EXPECT_EQ(lines(assembler, "AT\"\b\r\n"), (Lines{"AT"}));
  EXPECT_EQ(lines(assembler, "AT\"a\"\b\r\nb\"\r\n"), (Lines{"AT\"a\r\nb\""}));
}

TEST(LineAssembler, TakesALineOfFullLengthAndRefusesOneMore) {
  LineAssembler assembler({});
  std::string full(4095, 'A');
  EXPECT_EQ(lines(assembler, full + "\r\n"), (Lines{full}));
  EXPECT_EQ(lines(assembler, full + "ABC\r\n"), (Lines{"<overflow>", "BC"}));
}

TEST(LineAssembler, ForgetsQuotesAtAnOverflow) {
  LineAssembler assembler({});
  EXPECT_EQ(lines(assembler, "\"" + std::string(4095, 'A')), (Lines{"<overflow>"}));
  EXPECT_EQ(lines(assembler, "AT\r\n"), (Lines{"AT"}));
}

TEST(LineAssembler, GivesTheSameLinesHoweverTheInputIsCut) {
  std::mt19937 random(7);
  constexpr std::string_view alphabet = "AT\r\n\"\b=,x";
  for (int session = 0; session < 2000; ++session) {
    std::string input;
    for (int i = 0; i < 60; ++i) {
      input += alphabet[random() % alphabet.size()];
    }
    LineAssembler whole({.longest = 12});
    Lines expected = lines(whole, input);
    LineAssembler cut({.longest = 12});
    Lines found;
    for (std::size_t i = 0; i < input.size();) {
      std::size_t count = 1 + random() % 5;
      Lines some = lines(cut, std::string_view(input).substr(i, count));
      found.insert(found.end(), some.begin(), some.end());
      i += count;
    }
    ASSERT_EQ(found, expected);
  }
}

TEST(LineAssembler, DropsWhatDoesNotBeginWithAtIfAsked) {
  LineAssembler assembler({.termination = Termination::cr, .drops_until_at = true});
  for (auto [bytes, line] : std::vector<std::pair<std::string_view, std::string>>{{"\r\n\r", "<none>"},
                                                                                  {"noise AT\r", "AT"},
                                                                                  {"aT+CFUN?\r", "aT+CFUN?"},
                                                                                  {"AAT\r", "<none>"},
                                                                                  {"\nAT\r", "AT"}}) {
    std::string_view rest = bytes;
    auto outcome = assembler.feed(rest);
    EXPECT_EQ(outcome ? outcome->line : "<none>", line) << bytes;
    EXPECT_TRUE(rest.empty());
    EXPECT_EQ(assembler.pending(), "");
  }
}

}  // namespace
}  // namespace attache::at
