#include "at/secret_rules.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "at/characters.hpp"
#include "at/ordinary_names.hpp"
#include "base/text.hpp"
#include "vocabulary/vocabulary.hpp"

namespace attache::at {
namespace {

std::vector<std::string> names_of_rules(bool answers) {
  std::vector<std::string> names;
  for (const SecretRule& rule : secret_rules().all) {
    if (rule.is_answer == answers) {
      names.push_back(rule.name);
    }
  }
  return names;
}

// A command that comes to have secrets, or loses them, changes this list knowingly.
TEST(SecretRules, AreThoseOfTheCommandsWhoseVocabularySaysSo) {
  EXPECT_THAT(names_of_rules(false),
              testing::UnorderedElementsAre("%xsudo", "+cpin", "+clck", "+cpwd", "%xusimlck", "+crsm",
                                            "+csim", "+cgla", "+cgauth", "%cmng", "#xmqttcon", "#xhttpcreq",
                                            "#xftp", "#xcmng", "#xcoapcreq", "#xnrfcloudobsauto",
                                            "#xnrfcloudobsupload", "#xnrfcloudobsforward", "#xcarrier",
                                            "+cclk"));  // Without a secret, but a swap away from +CLCK.
  EXPECT_THAT(names_of_rules(true),
              testing::UnorderedElementsAre("+cgauth:", "%jwt:", "#xmqttcon:", "#xnrfcloudobsauto:"));
}

const SecretRule& rule_of(std::string_view name) {
  const auto& all = secret_rules().all;
  return *std::find_if(all.begin(), all.end(), [&](const SecretRule& rule) { return rule.name == name; });
}

TEST(SecretRules, SayWhatStandsAtEachPlace) {
  using enum SecretSlot::Kind;
  const SecretRule& broker = rule_of("#xmqttcon");
  std::vector<SecretSlot::Kind> kinds;
  std::vector<std::size_t> longest;
  for (const SecretSlot& slot : broker.slots) {
    kinds.push_back(slot.kind);
    longest.push_back(slot.longest);
  }
  EXPECT_THAT(kinds, testing::ElementsAre(number, text, text, secret, text, number, number));
  EXPECT_THAT(longest, testing::ElementsAre(1, 0, 0, 0, 0, 5, 10));
  EXPECT_EQ(broker.least, 6U);
  EXPECT_FALSE(broker.goes_on);
  const SecretRule& store = rule_of("%cmng");
  EXPECT_EQ(store.slots.size(), 3U) << "the modem's, not that of an application with TLS of its own";
  EXPECT_EQ(store.slots[1].longest, 10U);
  EXPECT_EQ(store.slots[2].longest, 2U) << "type 13 is no secret";
  EXPECT_TRUE(store.goes_on);
  EXPECT_THAT(rule_of("#xftp").short_forms, testing::Contains("put"));
  EXPECT_EQ(rule_of("+cclk").slots.at(0).kind, time);
}

TEST(SecretRules, KnowHowEachDialectWritesACommand) {
  const SecretRule& broker = rule_of("#xmqttcon");
  ASSERT_EQ(broker.also.size(), 1U);
  EXPECT_EQ(broker.also[0].slots.at(2).kind, SecretSlot::Kind::secret) << "2.0 has no client id before it";
  EXPECT_EQ(broker.also[0].least, 5U);
  const SecretRule& request = rule_of("#xhttpcreq");
  ASSERT_EQ(request.also.size(), 2U) << "3.1 has a content type behind the headers";
  EXPECT_TRUE(request.also[1].goes_on) << "2.0 has any number of headers";
}

TEST(OrdinaryNames, AreAllThatTheVocabulariesHaveButThoseWithSecrets) {
  auto with_secrets = names_of_rules(false);
  std::size_t count = 0;
  auto check = [&](std::string_view name) {
    std::string lowered = base::to_lower(name);
    bool has_secrets = std::find(with_secrets.begin(), with_secrets.end(), lowered) != with_secrets.end();
    EXPECT_EQ(is_ordinary_name(lowered), !has_secrets && is_prefix(name.front())) << name;
    ++count;
  };
  for (const vocabulary::Command* command : vocabulary::modem().commands()) {
    check(command->name);
  }
  for (const vocabulary::Vocabulary& dialect : vocabulary::dialects()) {
    for (const vocabulary::Command* command : dialect.commands()) {
      check(command->name);
    }
    for (const vocabulary::Urc* urc : dialect.urcs()) {
      check(urc->name);
    }
  }
  EXPECT_GT(count, 250U);
  EXPECT_TRUE(is_ordinary_name("+creg")) << "hosts ask for it";
  EXPECT_FALSE(is_ordinary_name("+cfu"));
  EXPECT_FALSE(is_ordinary_name(""));
}

}  // namespace
}  // namespace attache::at
