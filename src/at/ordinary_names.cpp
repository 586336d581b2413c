#include "at/ordinary_names.hpp"

#include <algorithm>
#include <string>
#include <vector>

#include "at/characters.hpp"
#include "at/secret_rules.hpp"
#include "base/text.hpp"
#include "vocabulary/vocabulary.hpp"

namespace attache::at {

namespace {

bool has_rule(std::string_view name) {
  const auto& rules = secret_rules().all;
  return std::any_of(rules.begin(), rules.end(),
                     [name](const SecretRule& rule) { return !rule.is_answer && rule.name == name; });
}

class Names {
 public:
  void add(std::string_view name) {
    std::string lowered = base::to_lower(name);
    if (is_prefix(lowered.front()) && !has_rule(lowered)) {
      names_.push_back(std::move(lowered));
    }
  }

  void add(const vocabulary::Vocabulary& words) {
    for (const vocabulary::Command* command : words.commands()) {
      add(command->name);
    }
    for (const vocabulary::Urc* urc : words.urcs()) {
      add(urc->name);
    }
  }

  void add(std::span<const std::string_view> names) {
    for (std::string_view name : names) {
      add(name);
    }
  }

  std::vector<std::string> take_sorted() {
    std::sort(names_.begin(), names_.end());
    names_.erase(std::unique(names_.begin(), names_.end()), names_.end());
    return std::move(names_);
  }

 private:
  std::vector<std::string> names_;
};

const std::vector<std::string>& ordinary_names() {
  static const std::vector<std::string> all = [] {
    Names names;
    names.add(vocabulary::modem());
    for (const vocabulary::Vocabulary& dialect : vocabulary::dialects()) {
      names.add(dialect);
    }
    names.add(vocabulary::foreign_names());
    return names.take_sorted();
  }();
  return all;
}

}  // namespace

bool is_ordinary_name(std::string_view name) {
  const auto& names = ordinary_names();
  return std::binary_search(names.begin(), names.end(), name);
}

}  // namespace attache::at
