#include "vocabulary/vocabulary.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <iterator>
#include <set>
#include <string>
#include <vector>

#include "dialects/slm_1/commands.hpp"
#include "dialects/slm_3/commands.hpp"

namespace attache::dialects {
namespace {

/// The vocabularies of the dialects that this version has, with an edition of the device for each.
class DialectVocabulary : public testing::TestWithParam<std::string_view> {
 protected:
  const vocabulary::Vocabulary& words() const { return *vocabulary::find(GetParam()); }
  bool is_1_5() const { return GetParam() == "slm-1.5"; }
  bool is_slm_1() const { return is_1_5() || GetParam() == "slm-1.6"; }
  const Commands& all_commands() const {
    return is_slm_1()                ? slm_1::all_commands()
           : GetParam() == "slm-2.9" ? slm_3::commands_of_2_9()
                                     : slm_3::commands_of_3_1();
  }
};

std::vector<vocabulary::Parameter> of_release(const vocabulary::Vocabulary& words,
                                              std::initializer_list<vocabulary::Parameter> all) {
  std::vector<vocabulary::Parameter> some;
  std::copy_if(all.begin(), all.end(), std::back_inserter(some),
               [&](const vocabulary::Parameter& one) { return words.is_in(one.in); });
  return some;
}

TEST_P(DialectVocabulary, DescribesEveryCommandOfTheTableAndNoOther) {
  std::set<std::string> in_table;
  for (const auto& [name, command] : all_commands().all()) {
    bool is_later = is_1_5() && (command.service == "sms" || command.service == "twi");
    if (!is_later) {
      in_table.insert(name);
    }
  }
  std::set<std::string> described;
  for (const vocabulary::Command* command : words().commands()) {
    described.insert(std::string(command->name));
  }
  EXPECT_EQ(described, in_table);
}

TEST_P(DialectVocabulary, ListsTheCommandsInTheOrderOfTheDevice) {
  if (!is_slm_1()) {
    return;  // They list them by name.
  }
  std::vector<std::string> listed;
  for (const auto& [name, command] : all_commands().all()) {
    if (words().command(name) != nullptr) {
      listed.push_back(name);
    }
  }
  std::vector<std::string> described;
  for (const vocabulary::Command* command : words().commands()) {
    described.emplace_back(command->name);
  }
  EXPECT_EQ(described, listed);
}

TEST_P(DialectVocabulary, HasTheFormsAndServicesThatTheTableHas) {
  for (const vocabulary::Command* described : words().commands()) {
    SCOPED_TRACE(described->name);
    const Command* command = all_commands().find(described->name);
    ASSERT_NE(command, nullptr);
    const vocabulary::Forms& forms = described->forms;
    EXPECT_EQ(words().is_in(forms.set), bool(command->set) || !command->operations.empty());
    EXPECT_EQ(words().is_in(forms.read), bool(command->read));
    EXPECT_EQ(words().is_in(forms.test), bool(command->test));
    EXPECT_EQ(words().is_in(forms.other), bool(command->unknown));
    EXPECT_TRUE(described->service == command->service || command->service == power_pin);
  }
}

// #XDATACTRL has other parameters in each edition, which its handler checks.
TEST_P(DialectVocabulary, HasTheParametersThatTheTableAsksFor) {
  for (const vocabulary::Command* described : words().commands()) {
    SCOPED_TRACE(described->name);
    const Command& command = *all_commands().find(described->name);
    const auto& rules = command.parameters;
    auto parameters = of_release(words(), described->parameters);
    if (!command.operations.empty()) {
      ASSERT_EQ(parameters.at(0).name, "op");
      parameters.erase(parameters.begin());
    }
    if (described->name == "#XDATACTRL") {
      continue;
    }
    ASSERT_LE(rules.size(), parameters.size());
    for (std::size_t i = 0; i < rules.size(); ++i) {
      SCOPED_TRACE(rules[i].name);
      EXPECT_EQ(parameters[i].name, rules[i].name);
      EXPECT_EQ(vocabulary::is_quoted(parameters[i].kind), rules[i].kind == at::ParameterRule::Kind::string);
      EXPECT_EQ(parameters[i].optional, rules[i].optional);
      EXPECT_EQ(parameters[i].least, rules[i].least);
      EXPECT_EQ(parameters[i].most, rules[i].most);
    }
  }
}

// An operation's parameters stand behind those of its command, of which the first is its number.
TEST_P(DialectVocabulary, HasTheOperationsThatTheTableHas) {
  for (const vocabulary::Command* described : words().commands()) {
    SCOPED_TRACE(described->name);
    for (const Operation& operation : all_commands().find(described->name)->operations) {
      SCOPED_TRACE(operation.number);
      auto known = std::find_if(
          described->operations.begin(), described->operations.end(),
          [&](const vocabulary::Operation& one) { return one.value == std::to_string(operation.number); });
      ASSERT_NE(known, described->operations.end());
      bool exists_in_both = operation.exists == nullptr;
      EXPECT_TRUE(words().is_in(known->in) || !exists_in_both);
      auto parameters = of_release(words(), known->parameters);
      ASSERT_LE(operation.parameters.size(), parameters.size());
      for (std::size_t i = 0; i < operation.parameters.size(); ++i) {
        SCOPED_TRACE(operation.parameters[i].name);
        EXPECT_EQ(parameters[i].name, operation.parameters[i].name);
        EXPECT_EQ(parameters[i].optional, operation.parameters[i].optional);
        EXPECT_EQ(parameters[i].least, operation.parameters[i].least);
        EXPECT_EQ(parameters[i].most, operation.parameters[i].most);
      }
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Editions, DialectVocabulary,
                         testing::Values("slm-1.5", "slm-1.6", "slm-2.9", "slm-3.1"), [](const auto& tested) {
                           std::string name(tested.param);
                           std::erase_if(name, [](char c) { return c == '-' || c == '.'; });
                           return name;
                         });

}  // namespace
}  // namespace attache::dialects
