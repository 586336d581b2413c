#include "vocabulary/vocabulary.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "cellular/commands/command.hpp"

namespace attache::cellular {
namespace {

using vocabulary::Kind;
using vocabulary::Parameter;

const vocabulary::Command& described(std::string_view name) {
  return *vocabulary::modem().command(name);
}

TEST(ModemVocabulary, DescribesTheCommandsOfTheTableInTheirOrder) {
  std::vector<std::string> wanted{"AT"};
  for (const auto& [name, command] : command_table().all()) {
    wanted.push_back(name);
  }
  std::vector<std::string> all;
  for (const vocabulary::Command* command : vocabulary::modem().commands()) {
    all.emplace_back(command->name);
  }
  EXPECT_EQ(all, wanted);
}

TEST(ModemVocabulary, HasTheFormsAndTheFirmwareOfTheTable) {
  for (const auto& [name, command] : command_table().all()) {
    SCOPED_TRACE(name);
    const vocabulary::Command& words = described(name);
    auto exists = [](const vocabulary::Releases& releases) { return releases.since < releases.before; };
    EXPECT_EQ(exists(words.forms.set), command.set != nullptr);
    EXPECT_EQ(exists(words.forms.read), command.read != nullptr);
    EXPECT_EQ(exists(words.forms.test), command.test != nullptr);
    EXPECT_EQ(words.in.since, command.since);
    EXPECT_EQ(words.in.before, command.before);
  }
}

/// All parameters that may stand at a place, of the command or of its operations.
std::vector<Parameter> at_place(const vocabulary::Command& command, std::size_t place) {
  std::vector<Parameter> all;
  if (place < command.parameters.size()) {
    all.push_back(command.parameters.begin()[place]);
    return all;
  }
  for (const vocabulary::Operation& operation : command.operations) {
    std::size_t behind = place - command.parameters.size();
    if (behind < operation.parameters.size()) {
      all.push_back(operation.parameters.begin()[behind]);
    }
  }
  return all;
}

// Where a command has operations, the rules of the table hold for all of them, and its handler asks for more.
TEST(ModemVocabulary, HasTheParametersThatTheTableAsksFor) {
  for (const auto& [name, command] : command_table().all()) {
    const vocabulary::Command& words = described(name);
    for (std::size_t i = 0; i < command.rules.size(); ++i) {
      const at::ParameterRule& rule = command.rules[i];
      SCOPED_TRACE(name + " <" + std::string(rule.name) + ">");
      auto parameters = at_place(words, i);
      EXPECT_FALSE(parameters.empty());
      for (const Parameter& parameter : parameters) {
        bool has_values = parameter.values.size() > 0 || i >= words.parameters.size();
        EXPECT_EQ(parameter.name, rule.name);
        EXPECT_EQ(vocabulary::is_quoted(parameter.kind), rule.kind == at::ParameterRule::Kind::string);
        EXPECT_TRUE(parameter.optional == rule.optional || (i >= words.parameters.size() && rule.optional));
        EXPECT_EQ(parameter.least, rule.least);
        EXPECT_TRUE(parameter.most == rule.most || (has_values && parameter.most < rule.most));
      }
    }
    if (!command.more) {
      EXPECT_TRUE(at_place(words, command.rules.size()).empty()) << name;
    }
  }
}

TEST(ModemVocabulary, KnowsTheCommandsWithSecrets) {
  std::set<std::string> secret;
  for (const auto& [name, command] : command_table().all()) {
    const vocabulary::Command& words = described(name);
    for (std::size_t i = 0; !at_place(words, i).empty(); ++i) {
      for (const Parameter& parameter : at_place(words, i)) {
        if (parameter.secrecy != vocabulary::Secrecy::open) {
          secret.insert(name);
        }
      }
    }
  }
  std::set<std::string> known{"+CPIN", "+CLCK", "+CPWD",  "%XUSIMLCK", "+CRSM",
                              "+CSIM", "+CGLA", "%XSUDO", "+CGAUTH",   "%CMNG"};
  EXPECT_EQ(secret, known);
}

}  // namespace
}  // namespace attache::cellular
