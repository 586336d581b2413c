#include "at/near_name.hpp"

#include <algorithm>

#include "at/characters.hpp"

namespace attache::at {

namespace {

// The end of a name that the text begins with; its last byte may be doubled.
std::size_t end_of_exact(std::string_view text, std::string_view name) {
  std::string_view rest = text.substr(name.size());
  bool has_one_more = rest.size() > 1 && is_alphanumeric(rest.front()) && (rest[1] == '=' || rest[1] == '?');
  return name.size() + (has_one_more ? 1 : 0);
}

// Cheap, and false for nearly every place of a line: wherever the one damage is, one of the text's first two
// bytes is one of the name's.
bool may_be_near(std::string_view text, std::string_view name) {
  auto is_of_name = [&](char c) { return c == name[0] || c == name[1]; };
  return is_of_name(text[0]) || (text.size() > 1 && is_of_name(text[1]));
}

}  // namespace

std::optional<std::size_t> length_of_near(std::string_view text, std::string_view name) {
  if (text.empty() || !may_be_near(text, name)) {
    return std::nullopt;
  }
  auto differ = std::mismatch(text.begin(), text.end(), name.begin(), name.end());
  auto same = static_cast<std::size_t>(differ.second - name.begin());
  if (same == name.size()) {
    return end_of_exact(text, name);
  }
  struct Edit {
    std::size_t text_skipped;
    std::size_t name_skipped;
  };
  std::optional<std::size_t> found;
  for (Edit edit : {Edit{0, 1}, Edit{1, 1}, Edit{1, 0}, Edit{2, 2}}) {
    std::size_t text_rest = same + edit.text_skipped;
    std::size_t name_rest = same + edit.name_skipped;
    if (text_rest > text.size() || name_rest > name.size()) {
      continue;
    }
    bool is_swap = edit.text_skipped == 2;
    if (is_swap && (text[same] != name[same + 1] || text[same + 1] != name[same])) {
      continue;
    }
    if (!text.substr(text_rest).starts_with(name.substr(name_rest))) {
      continue;
    }
    std::size_t length = text_rest + name.size() - name_rest;
    if (length == text.size() || text[length] == '=' || text[length] == '?') {
      return length;
    }
    found = found.value_or(length);
  }
  return found;
}

}  // namespace attache::at
