#include "at/masking.hpp"

#include <algorithm>

#include "at/characters.hpp"

namespace attache::at {

void mask(std::string& text, std::size_t begin, std::size_t end, Kept kept) {
  for (std::size_t i = begin; i < std::min(end, text.size()); ++i) {
    bool stays = text[i] == '"' || (kept == Kept::quotes_and_controls && is_control(text[i]));
    text[i] = stays ? text[i] : '*';
  }
}

}  // namespace attache::at
