// What the pytest plugin (examples/pytest) knows of the device, held against the vocabulary.

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <iterator>
#include <map>
#include <regex>
#include <set>
#include <string>

#include "at/secret_rules.hpp"
#include "base/text.hpp"
#include "vocabulary/vocabulary.hpp"

namespace attache::client {
namespace {

using Table = std::map<std::string, std::size_t>;

/// A table of the plugin: names and numbers between braces behind "NAME = {".
Table table_of_plugin(const std::string& name) {
  std::ifstream file(ATTACHE_TEST_DATA "/../examples/pytest/attache.py");
  std::string text{std::istreambuf_iterator<char>(file), {}};
  std::size_t begin = text.find(fmt::format("\n{} = {{", name));
  EXPECT_NE(begin, std::string::npos) << name;
  std::string rows = text.substr(begin, text.find('}', begin) - begin);
  std::regex row("\"([^\"]+)\": (\\d+)");
  Table table;
  for (std::sregex_iterator i(rows.begin(), rows.end(), row); i != std::sregex_iterator(); ++i) {
    table[(*i)[1]] = std::stoul((*i)[2]);
  }
  return table;
}

void add_urcs(const vocabulary::Vocabulary& words, Table& table) {
  for (const vocabulary::Urc* urc : words.urcs()) {
    table[std::string(urc->name)] = urc->payload_lines;
  }
}

TEST(PytestPlugin, KnowsTheUrcsOfTheModemAndOfSlm) {
  Table modem;
  add_urcs(vocabulary::modem(), modem);
  EXPECT_EQ(table_of_plugin("MODEM_URCS"), modem);
  Table application;
  add_urcs(*vocabulary::find("slm-1.5"), application);
  add_urcs(*vocabulary::find("slm-1.6"), application);
  EXPECT_EQ(table_of_plugin("APPLICATION_URCS"), application);
}

TEST(PytestPlugin, StarsEveryCommandThatTheDeviceStars) {
  std::set<std::string> starred;
  for (const auto& [name, index] : table_of_plugin("_SECRETS")) {
    starred.insert(base::to_lower(name));
  }
  std::set<std::string> secret;
  for (const at::SecretRule& rule : at::secret_rules().all) {
    bool has_secret =
        rule.goes_on || std::any_of(rule.slots.begin(), rule.slots.end(), [](const at::SecretSlot& slot) {
          return slot.kind == at::SecretSlot::Kind::secret;
        });
    if (has_secret && !rule.is_answer) {
      secret.insert(rule.name);
    }
  }
  secret.erase(
      "+cclk");  // Its rule keeps a slip of it from being taken for +CLCK; the plugin has a list for that.
  EXPECT_EQ(starred, secret);
}

}  // namespace
}  // namespace attache::client
