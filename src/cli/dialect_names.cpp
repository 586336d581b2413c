#include "cli/dialect_names.hpp"

#include "vocabulary/vocabulary.hpp"

namespace attache::cli {

std::vector<std::string_view> names_of_dialects() {
  std::vector<std::string_view> names;
  for (const vocabulary::Vocabulary& words : vocabulary::dialects()) {
    names.push_back(words.name());
  }
  return names;
}

}  // namespace attache::cli
