#include "client/placeholder_text.hpp"

#include "client/pattern.hpp"

namespace attache::client {

namespace {

bool is_letter(char c) {
  return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}

bool is_name_character(char c) {
  return is_letter(c) || (c >= '0' && c <= '9') || c == '_';
}

// The name of the placeholder at the start of `text`, or nothing.
std::string_view placeholder_at(std::string_view text) {
  if (text.size() < 3 || text.front() != '{' || !is_letter(text[1])) {
    return {};
  }
  std::size_t end = 1;
  while (end < text.size() && is_name_character(text[end])) {
    ++end;
  }
  return end < text.size() && text[end] == '}' ? text.substr(1, end - 1) : std::string_view{};
}

}  // namespace

PlaceholderText PlaceholderText::parse(std::string_view text) {
  PlaceholderText result;
  result.add_placeholders(text, 0);
  return result;
}

PlaceholderText PlaceholderText::parse_with_files(std::string_view text) {
  constexpr std::string_view marker = "\"@file:";
  PlaceholderText result;
  std::size_t done = 0;
  for (std::size_t found = text.find(marker); found != std::string_view::npos;
       found = text.find(marker, done)) {
    std::size_t path = found + marker.size();
    std::size_t end = text.find('"', path);
    if (end == std::string_view::npos) {
      break;
    }
    result.add_placeholders(text.substr(done, found + 1 - done), done);
    result.pieces_.push_back({Piece::Kind::file, std::string(text.substr(path, end - path)), path});
    done = end;
  }
  result.add_placeholders(text.substr(done), done);
  return result;
}

void PlaceholderText::add_literal(std::string_view text, std::size_t offset) {
  if (!text.empty()) {
    pieces_.push_back({Piece::Kind::literal, std::string(text), offset});
  }
}

void PlaceholderText::add_placeholders(std::string_view text, std::size_t offset) {
  std::size_t done = 0;
  for (std::size_t at = text.find('{'); at != std::string_view::npos; at = text.find('{', at + 1)) {
    std::string_view name = placeholder_at(text.substr(at));
    if (name.empty()) {
      continue;
    }
    add_literal(text.substr(done, at - done), offset + done);
    pieces_.push_back({Piece::Kind::placeholder, std::string(name), offset + at});
    done = at + name.size() + 2;
  }
  add_literal(text.substr(done), offset + done);
}

namespace {

template <class Escape>
std::string join(const std::vector<PlaceholderText::Piece>& pieces, const Values& values, Escape escape) {
  std::string text;
  for (const auto& piece : pieces) {
    if (piece.kind != PlaceholderText::Piece::Kind::placeholder) {
      text += piece.text;
      continue;
    }
    auto value = values.find(piece.text);
    text += escape(value != values.end() ? value->second : "{" + piece.text + "}");
  }
  return text;
}

}  // namespace

std::string PlaceholderText::fill(const Values& values) const {
  return join(pieces_, values, [](std::string value) { return value; });
}

std::string PlaceholderText::fill_pattern(const Values& values) const {
  return join(pieces_, values, [](const std::string& value) { return Pattern::quote(value); });
}

}  // namespace attache::client
