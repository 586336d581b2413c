#include <gtest/gtest.h>

#include <algorithm>
#include <iterator>
#include <string>
#include <vector>

#include "dialects/dialects.hpp"
#include "vocabulary/vocabulary.hpp"

namespace attache::dialects {
namespace {

/// What this version of Attaché has of Serial Modem is described; the vocabulary has the rest as well.
class SerialModemVocabulary : public testing::TestWithParam<std::string_view> {
 protected:
  const vocabulary::Vocabulary& words() const { return *vocabulary::find(GetParam()); }
  const Commands& table() const { return find_dialect(GetParam())->commands(); }
  std::vector<vocabulary::Parameter> in_release(std::initializer_list<vocabulary::Parameter> all) const {
    std::vector<vocabulary::Parameter> some;
    std::copy_if(all.begin(), all.end(), std::back_inserter(some),
                 [&](const vocabulary::Parameter& one) { return words().is_in(one.in); });
    return some;
  }
  static void expect_alike(const std::vector<vocabulary::Parameter>& described,
                           const std::vector<at::ParameterRule>& rules) {
    ASSERT_LE(rules.size(), described.size());
    for (std::size_t i = 0; i < rules.size(); ++i) {
      SCOPED_TRACE(rules[i].name);
      EXPECT_EQ(described[i].name, rules[i].name);
      EXPECT_EQ(vocabulary::is_quoted(described[i].kind), rules[i].kind == at::ParameterRule::Kind::string);
      EXPECT_EQ(described[i].optional, rules[i].optional);
      EXPECT_EQ(described[i].least, rules[i].least);
      bool has_limit = described[i].most > 0 || rules[i].kind != at::ParameterRule::Kind::string;
      EXPECT_EQ(has_limit ? described[i].most : INT32_MAX, rules[i].most);
    }
  }
};

TEST_P(SerialModemVocabulary, DescribesTheCommandsOfTheTableAsItHasThem) {
  for (const auto& [name, command] : table().all()) {
    SCOPED_TRACE(name);
    const vocabulary::Command* described = words().command(name);
    ASSERT_NE(described, nullptr);
    const vocabulary::Forms& forms = described->forms;
    EXPECT_EQ(words().is_in(forms.set), bool(command.set) || !command.operations.empty());
    EXPECT_EQ(words().is_in(forms.read), bool(command.read));
    EXPECT_EQ(words().is_in(forms.test), bool(command.test));
    EXPECT_EQ(described->service, command.service);
    auto parameters = in_release(described->parameters);
    if (!command.operations.empty()) {
      ASSERT_EQ(parameters.at(0).name, "op");
      parameters.erase(parameters.begin());
    }
    if (name != "#XLOG") {  // Its handler knows which modes there are.
      expect_alike(parameters, command.parameters);
    }
  }
}

TEST_P(SerialModemVocabulary, DescribesTheOperationsOfTheTable) {
  for (const auto& [name, command] : table().all()) {
    for (const Operation& operation : command.operations) {
      SCOPED_TRACE(name + "=" + std::to_string(operation.number));
      const auto& all = words().command(name)->operations;
      auto known = std::find_if(all.begin(), all.end(), [&](const vocabulary::Operation& one) {
        return one.value == std::to_string(operation.number);
      });
      ASSERT_NE(known, all.end());
      expect_alike(in_release(known->parameters), operation.parameters);
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Editions, SerialModemVocabulary,
                         testing::Values("serial-modem-2.0", "serial-modem-1.99"), [](const auto& tested) {
                           return std::string(tested.param == "serial-modem-2.0" ? "Released" : "Preview");
                         });

}  // namespace
}  // namespace attache::dialects
