#include "device/config/toml_text.hpp"

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

/// Walks through a text as the parser does: up to the first fault in it they are at the same place.
class Walk {
 public:
  explicit Walk(std::string_view text) : text_(text) {}

  std::optional<TomlFault> find_fault() {
    at_ = text_.starts_with(byte_order_mark) ? byte_order_mark.size() : 0;
    while (at_ < text_.size()) {
      char c = text_[at_];
      if (is_outside_ascii(c)) {
        return TomlFault{TomlFault::Kind::stray_character, at_};
      }
      if (c == '.' && place_ == Place::key && ++key_parts_ > most_key_parts) {
        return TomlFault{TomlFault::Kind::deep_key, at_};
      }
      if (c == '#') {
        at_ = std::min(text_.find('\n', at_), text_.size());
      } else if ((c == '"' || c == '\'') && place_ != Place::behind_value) {
        at_ = skip_string(text_, at_);
        place_ = place_ == Place::value ? Place::behind_value : place_;
      } else if (place_ == Place::value && std::string_view("[{").find(c) == std::string_view::npos &&
                 value_ends.find(c) == std::string_view::npos) {
        if (auto stray = skip_bare_value()) {
          return TomlFault{TomlFault::Kind::stray_character, *stray};
        }
      } else {
        follow(c);
        ++at_;
      }
    }
    return std::nullopt;
  }

 private:
  enum class Place { key, value, behind_value };

  static constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";
  static constexpr std::string_view value_ends = " \t\n\v\f\r]},#";
  static constexpr std::string_view key_ends = "\n=,{";

  static bool is_outside_ascii(char c) { return static_cast<unsigned char>(c) > 0x7F; }

  // The parser looks at all of a number, date or word before it knows which: quotes in it begin no string.
  std::optional<std::size_t> skip_bare_value() {
    std::size_t end = std::min(text_.find_first_of(value_ends, at_), text_.size());
    for (; at_ < end; ++at_) {
      if (is_outside_ascii(text_[at_])) {
        return at_;
      }
    }
    place_ = Place::behind_value;
    return std::nullopt;
  }

  void follow(char c) {
    key_parts_ = key_ends.find(c) == std::string_view::npos ? key_parts_ : 1;
    switch (c) {
      case '=':
        place_ = Place::value;
        break;
      case '\n':
        place_ = open_.empty() ? Place::key : place_;
        break;
      case ',':
        place_ = !open_.empty() && open_.back() == '[' ? Place::value : Place::key;
        break;
      case '[':
      case '{':
        if (place_ == Place::value) {
          open_.push_back(c);
          place_ = c == '[' ? Place::value : Place::key;
        }
        break;
      case ']':
      case '}':
        if (!open_.empty()) {
          open_.pop_back();
          place_ = Place::behind_value;
        }
        break;
      default:
        break;
    }
  }

  std::string_view text_;
  std::size_t at_ = 0;
  Place place_ = Place::key;
  std::size_t key_parts_ = 1;
  std::string open_;  // Arrays and inline tables.
};

}  // namespace

std::optional<TomlFault> find_fault(std::string_view text) {
  return Walk(text).find_fault();
}

}  // namespace attache::device
