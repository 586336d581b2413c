#include "certificates/content_digest.hpp"

#include <array>
#include <utility>

#include "base/text.hpp"

namespace attache::certificates {

namespace {

std::string with_crlf(std::string_view text) {
  std::string result;
  for (char c : text) {
    if (c == '\n') {
      result += '\r';
    }
    result += c;
  }
  return result;
}

}  // namespace

std::string digest_of_content(std::string_view content) {
  return base::to_hex(base::sha256(content));
}

std::optional<std::string> difference_from(std::string_view digest, std::string_view content) {
  bool ended = content.ends_with('\n');
  std::string other_end(ended ? content.substr(0, content.size() - 1) : content);
  other_end += ended ? "" : "\n";
  std::string end_text = ended ? "without its last line end" : "with a line end behind it";
  const std::array<std::pair<std::string, std::string>, 4> variants{
      {{std::string(content), ""},
       {other_end, end_text},
       {with_crlf(content), "with CR LF line ends"},
       {with_crlf(other_end), "with CR LF line ends and " + end_text}}};
  for (const auto& [text, difference] : variants) {
    if (digest_of_content(text) == digest) {
      return difference;
    }
  }
  return std::nullopt;
}

}  // namespace attache::certificates
