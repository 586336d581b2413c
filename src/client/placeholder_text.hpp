#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace attache::client {

/// What `{NAME}` stands for.
using Values = std::map<std::string, std::string, std::less<>>;

/// A text of a script cut at its placeholders: `{NAME}`, a letter followed by letters, digits and `_`.
/// Other braces are text, so JSON needs no escapes.
class PlaceholderText {
 public:
  struct Piece {
    enum class Kind { literal, placeholder, file };
    Kind kind = Kind::literal;
    std::string text;        ///< The text, the placeholder's name, or the file's path.
    std::size_t offset = 0;  ///< Where the piece begins in the text as written.
  };

  PlaceholderText() = default;
  /// Never fails: what is no placeholder is text.
  static PlaceholderText parse(std::string_view text);

  /// Also takes a parameter `"@file:PATH"` as a file piece; its quotes stay.
  static PlaceholderText parse_with_files(std::string_view text);

  /// The text with the values put in. Names without a value stay as they are written; file pieces must have
  /// been replaced by then.
  [[nodiscard]] std::string fill(const Values& values) const;
  /// The same for a regular expression: values are escaped so that they match themselves.
  [[nodiscard]] std::string fill_pattern(const Values& values) const;

  [[nodiscard]] const std::vector<Piece>& pieces() const { return pieces_; }
  /// To put the content of files in the place of file pieces.
  [[nodiscard]] std::vector<Piece>& pieces() { return pieces_; }

 private:
  void add_literal(std::string_view text, std::size_t offset);
  void add_placeholders(std::string_view text, std::size_t offset);

  std::vector<Piece> pieces_;
};

}  // namespace attache::client
