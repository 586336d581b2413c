#include "doctor/reader/words.hpp"

#include <algorithm>

namespace attache::doctor {

namespace {

constexpr char lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

constexpr bool is_of_word(char c) {
  return is_alphanumeric(c) || c == '_';
}

std::size_t position_of(std::string_view text, std::string_view part, std::size_t from) {
  auto found = std::search(text.begin() + static_cast<std::ptrdiff_t>(from), text.end(), part.begin(),
                           part.end(), [](char a, char b) { return lower(a) == lower(b); });
  return found == text.end() ? std::string_view::npos : static_cast<std::size_t>(found - text.begin());
}

}  // namespace

bool begins_ignoring_case(std::string_view text, std::string_view beginning) {
  return text.size() >= beginning.size() && std::equal(beginning.begin(), beginning.end(), text.begin(),
                                                       [](char a, char b) { return lower(a) == lower(b); });
}

bool has_text(std::string_view text, std::string_view part) {
  return position_of(text, part, 0) != std::string_view::npos;
}

bool has_word(std::string_view text, std::string_view word) {
  for (std::size_t at = position_of(text, word, 0); at != std::string_view::npos;
       at = position_of(text, word, at + 1)) {
    std::size_t end = at + word.size();
    if ((at == 0 || !is_of_word(text[at - 1])) && (end == text.size() || !is_of_word(text[end]))) {
      return true;
    }
  }
  return false;
}

std::size_t quotes_in(std::string_view text) {
  return static_cast<std::size_t>(std::ranges::count(text, '"'));
}

}  // namespace attache::doctor
