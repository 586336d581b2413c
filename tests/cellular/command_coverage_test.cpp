#include <gtest/gtest.h>

#include <algorithm>
#include <cstdio>
#include <set>

#include "cellular/command.hpp"
#include "command_cases.hpp"

namespace attache::cellular {
namespace {

TEST(CommandTable, IsCoveredInFull) {
  std::set<std::string_view> tried;
  for (const CommandCase& one : command_cases()) {
    tried.insert(one.name);
  }
  std::size_t commands = 0;
  std::size_t forms = 0;
  std::size_t forms_tried = 0;
  for (const auto& [name, command] : command_table().all()) {
    ++commands;
    EXPECT_TRUE(tried.contains(name)) << name << " is in no case";
    auto has_case = [&, &name = name](auto matches) {
      return std::any_of(command_cases().begin(), command_cases().end(), [&](const CommandCase& one) {
        return one.name == name && one.where != Where::nowhere && matches(one.line);
      });
    };
    auto count = [&](bool exists, bool covered, std::string_view form) {
      forms += exists ? 1 : 0;
      forms_tried += exists && covered ? 1 : 0;
      EXPECT_TRUE(!exists || covered) << name << ": the " << form << " form is not tried";
    };
    auto any_line = [&, &name = name](auto matches) {
      return std::any_of(command_cases().begin(), command_cases().end(),
                         [&](const CommandCase& one) { return one.name == name && matches(one.line); });
    };
    count(command.read != nullptr,
          has_case([](std::string_view line) { return line.ends_with('?') && !line.ends_with("=?"); }),
          "read");
    count(command.test != nullptr, has_case([](std::string_view line) { return line.ends_with("=?"); }),
          "test");
    count(command.set != nullptr, any_line([](std::string_view line) { return !line.ends_with('?'); }),
          "set");
  }
  std::printf("commands of the reference: %zu of %zu tried; forms of the table: %zu of %zu tried (%d %%)\n",
              tried.size(), reference_commands().size(), forms_tried, forms,
              static_cast<int>(forms_tried * 100 / forms));
  EXPECT_EQ(commands + 1, reference_commands().size());  // And AT itself.
  EXPECT_EQ(tried.size(), reference_commands().size());
}

}  // namespace
}  // namespace attache::cellular
