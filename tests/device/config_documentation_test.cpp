#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>

#include "device/config/config.hpp"
#include "device/config/config_keys.hpp"

namespace attache::device {
namespace {

// What docs/configuration.md must have for a table, line by line.
std::vector<std::string> documentation_of(const ConfigTable& table) {
  std::vector<std::string> lines;
  lines.push_back(table.repeated() ? fmt::format("## `[[{}]]`", table.name)
                                   : fmt::format("## `[{}]`", table.name));
  for (const ConfigKey& key : config_keys()) {
    if (key.table != table.name) {
      continue;
    }
    std::string initial = "required";
    if (key.initial.starts_with('(')) {
      initial = key.initial.substr(1, key.initial.size() - 2);
    } else if (!key.initial.empty()) {
      initial = fmt::format("`{}`", key.initial);
    }
    lines.push_back(fmt::format("| `{}` | {} | {} | {} |", key.name, initial, key.expected, key.meaning));
  }
  return lines;
}

// The headings of tables and the rows of keys in the document.
std::vector<std::string> lines_of_document(std::vector<std::string>& examples) {
  std::ifstream file(ATTACHE_TEST_DATA "/../docs/configuration.md");
  EXPECT_TRUE(file) << "docs/configuration.md is missing";
  std::vector<std::string> lines;
  bool in_table = false;
  bool in_example = false;
  for (std::string line; std::getline(file, line);) {
    if (line.starts_with("## ")) {
      in_table = line.starts_with("## `[");
    }
    if (line.starts_with("```")) {
      in_example = line == "```toml";
      if (in_example) {
        examples.emplace_back();
      }
    } else if (in_example) {
      examples.back().append(line).push_back('\n');
    }
    if (in_table && (line.starts_with("## ") || line.starts_with("| `"))) {
      lines.push_back(line);
    }
  }
  return lines;
}

TEST(ConfigDocumentation, HasEveryKeyInTheWordsOfTheTable) {
  std::vector<std::string> expected;
  for (const ConfigTable& table : config_tables()) {
    auto lines = documentation_of(table);
    expected.insert(expected.end(), lines.begin(), lines.end());
  }
  std::vector<std::string> examples;
  EXPECT_THAT(lines_of_document(examples), testing::ElementsAreArray(expected));
}

TEST(ConfigDocumentation, ShowsAnExampleOfEveryTableThatWorks) {
  std::vector<std::string> examples;
  lines_of_document(examples);
  std::string all;
  for (const std::string& example : examples) {
    DeviceConfig config;
    auto outcome = read_config(example, "example", config);
    EXPECT_TRUE(outcome) << example << base::to_block(outcome.error());
    auto whole = complete(config);
    EXPECT_TRUE(whole) << example << base::to_block(whole.error());
    all += example;
  }
  for (const ConfigTable& table : config_tables()) {
    EXPECT_THAT(all, testing::HasSubstr(fmt::format("[{}]", table.name)));
  }
}

TEST(ConfigDocumentation, NamesDefaultsThatCanBeWritten) {
  for (const ConfigKey& key : config_keys()) {
    bool is_value = !key.initial.empty() && !key.initial.starts_with('(');
    auto table = std::find_if(config_tables().begin(), config_tables().end(),
                              [&](const ConfigTable& other) { return other.name == key.table; });
    if (!is_value || table->repeated()) {  // Elements need other keys beside.
      continue;
    }
    DeviceConfig config;
    auto outcome =
        read_config(fmt::format("[{}]\n{} = {}\n", key.table, key.name, key.initial), "default", config);
    EXPECT_TRUE(outcome.has_value()) << base::to_block(outcome.error());
  }
}

TEST(ConfigKeys, StandInTheirTablesOnce) {
  std::vector<std::string> names;
  for (const ConfigKey& key : config_keys()) {
    names.push_back(fmt::format("{}.{}", key.table, key.name));
    EXPECT_NE(std::find_if(config_tables().begin(), config_tables().end(),
                           [&](const ConfigTable& table) { return table.name == key.table; }),
              config_tables().end());
    EXPECT_FALSE(key.expected.empty() || key.meaning.empty());
  }
  std::sort(names.begin(), names.end());
  EXPECT_EQ(std::adjacent_find(names.begin(), names.end()), names.end());
}

}  // namespace
}  // namespace attache::device
