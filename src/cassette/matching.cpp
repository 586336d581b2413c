#include "cassette/matching.hpp"

#include <algorithm>
#include <string>
#include <vector>

namespace attache::cassette {

namespace {

using Pieces = std::vector<client::PlaceholderText::Piece>;

// The text of the piece, or nothing if it stands for any bytes.
const std::string* text_of(const client::PlaceholderText::Piece& piece, const client::Values& values) {
  if (piece.kind == client::PlaceholderText::Piece::Kind::literal) {
    return &piece.text;
  }
  auto value = values.find(piece.text);
  return value != values.end() ? &value->second : nullptr;
}

// The byte that ends what a placeholder without a value stands for: the first of the next text that is known.
const char* end_of_unknown(const Pieces& pieces, std::size_t next, const client::Values& values) {
  for (std::size_t i = next; i < pieces.size(); ++i) {
    const std::string* text = text_of(pieces[i], values);
    if (text != nullptr && !text->empty()) {
      return text->data();
    }
  }
  return nullptr;
}

}  // namespace

Match match(const client::PlaceholderText& text, const client::Values& values, std::string_view bytes) {
  const Pieces& pieces = text.pieces();
  std::size_t done = 0;
  for (std::size_t i = 0; i < pieces.size(); ++i) {
    std::string_view rest = bytes.substr(done);
    if (const std::string* known = text_of(pieces[i], values)) {
      std::size_t common = std::min(known->size(), rest.size());
      auto differs =
          std::mismatch(known->begin(), known->begin() + static_cast<std::ptrdiff_t>(common), rest.begin());
      std::size_t same = static_cast<std::size_t>(differs.first - known->begin());
      if (same < common) {
        return {Match::Outcome::other, done + same};
      }
      if (common < known->size()) {
        return {Match::Outcome::beginning, done + common};
      }
      done += common;
      continue;
    }
    const char* end = end_of_unknown(pieces, i + 1, values);
    std::size_t length = end != nullptr ? rest.find(*end) : rest.size();
    bool is_open = length == std::string_view::npos || (end == nullptr && rest.empty());
    if (is_open) {
      return {Match::Outcome::beginning, bytes.size()};
    }
    done += length;
  }
  return {Match::Outcome::whole, done};
}

}  // namespace attache::cassette
