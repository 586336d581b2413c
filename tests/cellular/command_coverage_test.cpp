#include <gtest/gtest.h>

#include <algorithm>
#include <cstdio>
#include <set>

#include "cellular/commands/command.hpp"
#include "command_cases.hpp"
#include "command_reference.hpp"
#include "vocabulary/vocabulary.hpp"

namespace attache::cellular {
namespace {

bool asks_for_read(std::string_view line) {
  return line.ends_with('?') && !line.ends_with("=?");
}
bool asks_for_test(std::string_view line) {
  return line.ends_with("=?");
}
bool asks_for_set(std::string_view line) {
  return !line.ends_with('?');
}

/// A case of the command in this form. Of forms that only answer, one that succeeds somewhere.
bool tried(std::string_view name, bool (*form)(std::string_view line), bool must_succeed) {
  return std::any_of(command_cases().begin(), command_cases().end(), [&](const CommandCase& one) {
    return one.name == name && form(one.line) &&
           (!must_succeed || (one.where != Where::nowhere && !one.answer.starts_with('!')));
  });
}

TEST(CommandTable, HasTheCommandsAndFormsOfTheReferenceAndEachIsTried) {
  const auto& reference = reference_commands();
  EXPECT_EQ(reference.size(), 133U) << "data/commands.md was not read in full";
  std::size_t forms = 0;
  std::size_t forms_tried = 0;
  std::set<std::string_view> names;
  for (const ReferenceCommand& wanted : reference) {
    names.insert(wanted.name);
    auto count = [&](bool exists, bool covered, std::string_view form) {
      forms += exists ? 1 : 0;
      forms_tried += exists && covered ? 1 : 0;
      EXPECT_TRUE(!exists || covered) << wanted.name << ": the " << form << " form is not tried";
    };
    count(wanted.set, tried(wanted.name, asks_for_set, false), "set");
    count(wanted.read, tried(wanted.name, asks_for_read, true), "read");
    count(wanted.test, tried(wanted.name, asks_for_test, true), "test");
    const Command* command = command_table().find(wanted.name);
    if (wanted.name == "AT") {
      continue;
    }
    ASSERT_NE(command, nullptr) << wanted.name << " is missing";
    EXPECT_EQ(command->set != nullptr, wanted.set) << wanted.name;
    EXPECT_EQ(command->read != nullptr, wanted.read) << wanted.name;
    EXPECT_EQ(command->test != nullptr, wanted.test) << wanted.name;
  }
  for (const auto& [name, command] : command_table().all()) {
    EXPECT_TRUE(names.contains(name)) << name << " is not in the reference";
  }
  std::printf("commands of the reference: %zu; forms tried: %zu of %zu (%d %%)\n", reference.size(),
              forms_tried, forms, static_cast<int>(forms_tried * 100 / forms));
}

// Of firmware before 1.2 the table is silent where pages of the reference are not (%CCLK, %XEMPR).
TEST(ModemVocabulary, HasTheCommandsFormsAndFirmwareOfTheReference) {
  const vocabulary::Vocabulary& words = vocabulary::modem();
  EXPECT_EQ(words.commands().size(), reference_commands().size());
  for (const ReferenceCommand& wanted : reference_commands()) {
    SCOPED_TRACE(wanted.name);
    const vocabulary::Command* command = words.command(wanted.name);
    ASSERT_NE(command, nullptr);
    auto exists = [](const vocabulary::Releases& releases) { return releases.since < releases.before; };
    EXPECT_EQ(exists(command->forms.set), wanted.set);
    EXPECT_EQ(exists(command->forms.read), wanted.read);
    EXPECT_EQ(exists(command->forms.test), wanted.test);
    for (std::string_view firmware :
         {"mfw_nrf9160_1.2.7", "mfw_nrf9160_1.3.5", "mfw_nrf91x1_2.0.0", "mfw_nrf91x1_2.0.2"}) {
      FirmwareProfile profile = firmware_profile(firmware);
      bool is_described = command->in.have(profile.version);
      EXPECT_EQ(is_described, wanted.known_to(profile).value_or(is_described)) << firmware;
    }
  }
}

}  // namespace
}  // namespace attache::cellular
