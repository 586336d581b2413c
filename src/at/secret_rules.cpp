#include "at/secret_rules.hpp"

#include <algorithm>
#include <span>

#include "base/text.hpp"
#include "vocabulary/vocabulary.hpp"

namespace attache::at {

namespace {

using vocabulary::Secrecy;
using Described = std::vector<const vocabulary::Parameter*>;

bool holds_secret(const vocabulary::Parameter* parameter) {
  return parameter->secrecy != Secrecy::open;
}

bool have_secret(const Described& parameters) {
  return std::any_of(parameters.begin(), parameters.end(), holds_secret);
}

template <class Rows, class Text>
std::size_t longest_of(const Rows& rows, Text text) {
  std::size_t longest = 0;
  for (const auto& row : rows) {
    longest = std::max(longest, text(row).size());
  }
  return longest;
}

/// `choices`: of the operations, the longest that this parameter may name; 0 = it names none.
SecretSlot slot_for(const vocabulary::Parameter& parameter, std::size_t choices) {
  switch (parameter.kind) {
    case vocabulary::Kind::number:
    case vocabulary::Kind::flag:
      return {SecretSlot::Kind::number, choices > 0 ? choices : std::to_string(parameter.most).size()};
    case vocabulary::Kind::word:
      choices = std::max(choices, longest_of(parameter.values, [](const auto& value) { return value.text; }));
      return {SecretSlot::Kind::keyword, choices > 0 ? choices : static_cast<std::size_t>(parameter.most)};
    case vocabulary::Kind::path:
      return {SecretSlot::Kind::path};
    case vocabulary::Kind::time:
      return {SecretSlot::Kind::time};
    case vocabulary::Kind::text:
    case vocabulary::Kind::hex:
    case vocabulary::Kind::bits:
    case vocabulary::Kind::host:
    case vocabulary::Kind::plain:
      break;
  }
  return {SecretSlot::Kind::text};
}

// A number and the word behind it are easily given the wrong way round (%XUSIMLCK=PN,1).
void allow_swapped_words(std::vector<SecretSlot>& slots) {
  for (std::size_t i = 0; i + 1 < slots.size(); ++i) {
    bool is_before_word =
        slots[i].kind == SecretSlot::Kind::number && slots[i + 1].kind == SecretSlot::Kind::keyword;
    slots[i] = is_before_word ? slots[i + 1] : slots[i];
  }
}

/// `choices` as above, for the first parameter.
SecretRule rule_for(std::string name, const Described& parameters, std::size_t choices) {
  SecretRule rule{.name = std::move(name)};
  for (std::size_t i = 0; i < parameters.size(); ++i) {
    const vocabulary::Parameter& parameter = *parameters[i];
    rule.goes_on = rule.goes_on || parameter.secrecy == Secrecy::secret_onwards;
    if (rule.goes_on) {
      break;
    }
    if (holds_secret(&parameter)) {
      rule.slots.push_back({SecretSlot::Kind::secret});
    } else {
      rule.slots.push_back(slot_for(parameter, i == 0 ? choices : 0));
    }
    rule.least = holds_secret(&parameter) || !parameter.optional ? i + 1 : rule.least;
  }
  allow_swapped_words(rule.slots);
  return rule;
}

Described in_release(const vocabulary::Vocabulary& words, std::initializer_list<vocabulary::Parameter> all) {
  Described some;
  for (const vocabulary::Parameter& parameter : all) {
    if (words.is_in(parameter.in)) {
      some.push_back(&parameter);
    }
  }
  return some;
}

// Each operation that has secrets says what stands where; those that have none, what may come without them.
void add_command(const vocabulary::Vocabulary& words, const vocabulary::Command& command,
                 std::vector<SecretRule>& rules) {
  Described parameters = in_release(words, command.parameters);
  std::vector<Described> readings;
  std::vector<std::string_view> others;
  for (const vocabulary::Operation& operation : command.operations) {
    Described own = in_release(words, operation.parameters);
    if (have_secret(own)) {
      readings.push_back(parameters);
      readings.back().insert(readings.back().end(), own.begin(), own.end());
    } else if (!own.empty()) {
      others.push_back(operation.value);
    }
  }
  if (readings.empty() && have_secret(parameters)) {
    readings.push_back(std::move(parameters));
  }
  std::size_t choices = longest_of(command.operations, [](const auto& operation) { return operation.value; });
  for (const Described& reading : readings) {
    rules.push_back(rule_for(base::to_lower(command.name), reading, choices));
    rules.back().short_forms = others;
  }
}

void add_answers(const vocabulary::Vocabulary& words, const vocabulary::Command& command,
                 std::vector<SecretRule>& rules) {
  for (const vocabulary::Answer& answer : command.answers) {
    Described fields = in_release(words, answer.fields);
    if (have_secret(fields)) {
      rules.push_back(rule_for(base::to_lower(answer.name) + ':', fields, 0));
      rules.back().is_answer = true;
    }
  }
}

bool is_swap(std::string_view name, std::string_view other) {
  if (name.size() != other.size()) {
    return false;
  }
  auto [one, two] = std::mismatch(name.begin(), name.end(), other.begin());
  return name.end() - one >= 2 && one[0] == two[1] && one[1] == two[0] &&
         std::equal(one + 2, name.end(), two + 2);
}

// "+CCLK" may be a "+CLCK", with a PIN.
void add_swapped(const vocabulary::Vocabulary& words, const vocabulary::Command& command,
                 std::vector<SecretRule>& rules) {
  std::string name = base::to_lower(command.name);
  bool is_near = std::any_of(rules.begin(), rules.end(), [&](const SecretRule& rule) {
    return !rule.is_answer && is_swap(name, rule.name);
  });
  if (is_near) {
    rules.push_back(rule_for(std::move(name), in_release(words, command.parameters), 0));
    rules.back().goes_on = true;
  }
}

bool are_alike(const SecretRule& one, const SecretRule& other) {
  return one.slots == other.slots && one.least == other.least && one.goes_on == other.goes_on &&
         one.short_forms == other.short_forms;
}

// Of a name that several have, the first is the modem's before that of an application, an older one before a
// later one.
std::vector<SecretRule> without_doubles(std::vector<SecretRule> rules) {
  std::vector<SecretRule> unique;
  for (SecretRule& rule : rules) {
    auto first = std::find_if(unique.begin(), unique.end(),
                              [&](const SecretRule& other) { return other.name == rule.name; });
    if (first == unique.end()) {
      unique.push_back(std::move(rule));
      continue;
    }
    bool is_known = are_alike(*first, rule) ||
                    std::any_of(first->also.begin(), first->also.end(),
                                [&](const SecretRule& other) { return are_alike(other, rule); });
    if (!is_known) {
      first->also.push_back(std::move(rule));
    }
  }
  return unique;
}

SecretRules make_rules() {
  std::vector<const vocabulary::Vocabulary*> all{&vocabulary::modem()};
  for (const vocabulary::Vocabulary& dialect : vocabulary::dialects()) {
    all.push_back(&dialect);
  }
  std::vector<SecretRule> rules;
  for (auto add : {add_command, add_answers, add_swapped}) {
    for (const vocabulary::Vocabulary* words : all) {
      for (const vocabulary::Command* command : words->commands()) {
        add(*words, *command, rules);
      }
    }
  }
  SecretRules made{.all = without_doubles(std::move(rules))};
  for (const SecretRule& rule : made.all) {
    if (!rule.is_answer) {
      made.by_early_byte[static_cast<unsigned char>(rule.name[0])].push_back(&rule);
      made.by_early_byte[static_cast<unsigned char>(rule.name[1])].push_back(&rule);
    }
  }
  return made;
}

}  // namespace

const SecretRules& secret_rules() {
  static const SecretRules rules = make_rules();
  return rules;
}

}  // namespace attache::at
