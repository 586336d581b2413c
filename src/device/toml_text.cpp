#include "device/toml_text.hpp"

#include <algorithm>
#include <string>

namespace attache::device {

namespace {

// The offset behind a string that begins at `start`; the end of the text if it is not closed.
std::size_t skip_string(std::string_view text, std::size_t start) {
  char quote = text[start];
  std::string triple(3, quote);
  bool multiline = text.substr(start, 3) == triple;
  std::string_view end = multiline ? std::string_view(triple) : text.substr(start, 1);
  bool escapes = quote == '"';
  for (std::size_t i = start + end.size(); i < text.size(); ++i) {
    if (escapes && text[i] == '\\') {
      ++i;
    } else if (text.substr(i, end.size()) == end) {
      return i + end.size();
    } else if (!multiline && text[i] == '\n') {
      return i;  // Not closed: the parser stops here as well.
    }
  }
  return text.size();
}

// A quote behind anything else than these belongs to something malformed, which the parser may read on.
bool may_begin_string(std::string_view text, std::size_t quote) {
  return quote == 0 || std::string_view(" \t\n=,.[{").find(text[quote - 1]) != std::string_view::npos;
}

}  // namespace

std::optional<std::size_t> find_stray_character(std::string_view text) {
  constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";
  std::size_t i = text.starts_with(byte_order_mark) ? byte_order_mark.size() : 0;
  while (i < text.size()) {
    char c = text[i];
    if (c == '#') {
      i = std::min(text.find('\n', i), text.size());
    } else if ((c == '"' || c == '\'') && may_begin_string(text, i)) {
      i = skip_string(text, i);
    } else if (static_cast<unsigned char>(c) > 0x7F) {
      return i;
    } else {
      ++i;
    }
  }
  return std::nullopt;
}

}  // namespace attache::device
