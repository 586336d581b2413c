#include "explain/explanation.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <regex>
#include <set>
#include <stdexcept>
#include <string>
#include <vector>

#include "vocabulary/vocabulary.hpp"

namespace attache::explain {
namespace {

using testing::SizeIs;

constexpr std::size_t longest_title = 80;
constexpr std::size_t shortest_paragraph = 40;
constexpr std::size_t longest_paragraph = 420;
constexpr std::size_t shortest_fix = 15;
constexpr std::size_t longest_fix = 220;
constexpr std::size_t longest_command = 140;

/// Calls `check(explanation)` for the explanation of each cause.
template <class Check>
void for_each(Check check) {
  for (const base::CauseEntry& entry : base::known_causes()) {
    SCOPED_TRACE(entry.code);
    check(explanation_of(entry.cause));
  }
}

/// All that is said in an explanation, piece by piece.
std::vector<std::string_view> texts_of(const Explanation& explanation) {
  std::vector<std::string_view> texts{explanation.title, explanation.what,         explanation.evidence,
                                      explanation.why,   explanation.next_command, explanation.next_outcome};
  for (const Fix& fix : explanation.fixes) {
    texts.push_back(fix.text);
    texts.push_back(fix.command);
  }
  return texts;
}

bool is_paragraph(std::string_view text) {
  bool ends_well = text.ends_with('.') || text.ends_with('?');
  return ends_well && text.size() >= shortest_paragraph && text.size() <= longest_paragraph;
}

bool has_a_command(std::string_view name) {
  return vocabulary::modem().command(name) != nullptr ||
         std::ranges::any_of(vocabulary::dialects(), [&](const vocabulary::Vocabulary& dialect) {
           return dialect.command(name) != nullptr;
         });
}

TEST(Explanation, IsThereForEachCauseAndIsItsOwn) {
  std::set<std::string_view> titles;
  for_each([&](const Explanation& explanation) {
    EXPECT_TRUE(titles.insert(explanation.title).second) << explanation.title;
  });
  for (const base::CauseEntry& entry : base::known_causes()) {
    EXPECT_EQ(explanation_of(entry.cause).cause, entry.cause);
    EXPECT_EQ(layer_of(entry.cause), entry.layer);
  }
}

TEST(Explanation, OfNoCauseThereIsNone) {
  EXPECT_THROW(explanation_of(base::Cause::none), std::out_of_range);
  EXPECT_THROW(layer_of(base::Cause::none), std::out_of_range);
}

TEST(Explanation, SaysAllThatBelongsToItAtReadableLength) {
  for_each([](const Explanation& explanation) {
    EXPECT_FALSE(explanation.title.empty());
    EXPECT_LE(explanation.title.size(), longest_title) << explanation.title;
    EXPECT_FALSE(explanation.title.ends_with('.')) << explanation.title;
    EXPECT_TRUE(is_paragraph(explanation.what)) << explanation.what;
    EXPECT_TRUE(is_paragraph(explanation.evidence)) << explanation.evidence;
    EXPECT_TRUE(is_paragraph(explanation.why)) << explanation.why;
    EXPECT_FALSE(explanation.next_command.empty());
    EXPECT_LE(explanation.next_command.size(), longest_command) << explanation.next_command;
    EXPECT_TRUE(is_paragraph(explanation.next_outcome)) << explanation.next_outcome;
  });
}

TEST(Explanation, SaysHowToMendIt) {
  for_each([](const Explanation& explanation) {
    EXPECT_GT(explanation.fixes.size(), 0U);
    for (const Fix& fix : explanation.fixes) {
      EXPECT_TRUE(fix.text.ends_with('.')) << fix.text;
      EXPECT_GE(fix.text.size(), shortest_fix) << fix.text;
      EXPECT_LE(fix.text.size(), longest_fix) << fix.text;
      EXPECT_LE(fix.command.size(), longest_command) << fix.command;
      EXPECT_TRUE(fix.kind != FixKind::command || fix.command.starts_with("AT")) << fix.text;
    }
  });
}

TEST(Explanation, NamesRelatedCausesOnceAndNotItself) {
  for_each([](const Explanation& explanation) {
    std::set<base::Cause> related(explanation.related);
    EXPECT_THAT(related, SizeIs(explanation.related.size()));
    EXPECT_FALSE(related.contains(explanation.cause));
    EXPECT_FALSE(related.contains(base::Cause::none));
  });
}

// AT+X stands for any of them.
TEST(Explanation, NamesCommandsThatExist) {
  const std::regex command(R"(\bAT([+%#][A-Z0-9_]{2,}))");
  const std::set<std::string> of_other_makers{"+QIOPEN", "+CIPSTART"};
  for_each([&](const Explanation& explanation) {
    for (std::string_view piece : texts_of(explanation)) {
      std::string text(piece);
      for (std::sregex_iterator found(text.begin(), text.end(), command), end; found != end; ++found) {
        std::string name = (*found)[1];
        EXPECT_TRUE(has_a_command(name) || of_other_makers.contains(name)) << name << " in: " << text;
      }
    }
  });
}

TEST(Explanation, IsWrittenInPlainCharacters) {
  for_each([](const Explanation& explanation) {
    for (std::string_view text : texts_of(explanation)) {
      EXPECT_EQ(text.find("  "), std::string_view::npos) << text;
      EXPECT_EQ(text.find('\n'), std::string_view::npos) << text;
      EXPECT_FALSE(text.starts_with(' ') || text.ends_with(' ')) << text;
    }
  });
}

TEST(FixKind, HasTheNameThatReportsShow) {
  EXPECT_EQ(name_of(FixKind::command), "command");
  EXPECT_EQ(name_of(FixKind::configuration), "configuration");
  EXPECT_EQ(name_of(FixKind::hardware), "hardware");
  EXPECT_EQ(name_of(FixKind::server), "server");
  EXPECT_EQ(name_of(FixKind::operator_), "operator");
  EXPECT_EQ(name_of(FixKind::host), "host");
}

}  // namespace
}  // namespace attache::explain
