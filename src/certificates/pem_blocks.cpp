#include "certificates/pem_blocks.hpp"

#include <algorithm>
#include <optional>

#include "base/text.hpp"

namespace attache::certificates {

namespace {

constexpr std::string_view dashes = "-----";
constexpr std::string_view begin_border = "-----BEGIN ";
constexpr std::string_view end_border = "-----END ";

std::string without_escapes(std::string_view text) {
  std::string plain;
  for (std::size_t i = 0; i < text.size(); ++i) {
    bool is_escape = text[i] == '\\' && i + 1 < text.size() && (text[i + 1] == 'n' || text[i + 1] == 'r');
    if (is_escape) {
      plain += '\n';
      ++i;
    } else {
      plain += text[i];
    }
  }
  return plain;
}

// Of a line as it stands in a file or in a C source.
std::string_view content_of_line(std::string_view line) {
  constexpr std::string_view around = " \t\r\",;\\";
  std::size_t first = line.find_first_not_of(around);
  if (first == std::string_view::npos) {
    return {};
  }
  return line.substr(first, line.find_last_not_of(around) - first + 1);
}

std::optional<std::string_view> label_behind(std::string_view line, std::string_view border) {
  std::size_t begin = line.find(border);
  if (begin == std::string_view::npos) {
    return std::nullopt;
  }
  std::string_view rest = line.substr(begin + border.size());
  std::size_t end = rest.find(dashes);
  return end == std::string_view::npos ? std::nullopt : std::optional(rest.substr(0, end));
}

}  // namespace

PemText read_pem_blocks(std::string_view text) {
  PemText found;
  found.had_carriage_returns = text.find('\r') != std::string_view::npos;
  found.had_escapes =
      text.find("-----\\n") != std::string_view::npos || text.find("-----\\r") != std::string_view::npos;
  std::string plain = found.had_escapes ? without_escapes(text) : std::string(text);
  PemBlock* open = nullptr;
  bool is_behind_header = false;
  for (std::string_view whole : base::split(plain, '\n')) {
    std::string_view line = content_of_line(whole);
    if (auto label = label_behind(line, begin_border)) {
      if (open != nullptr) {
        open->ended = false;
      }
      found.blocks.push_back({std::string(*label), std::string(line.substr(line.find(begin_border))) + "\n"});
      open = &found.blocks.back();
      is_behind_header = false;
    } else if (open == nullptr) {
      found.had_other_text = found.had_other_text || !line.empty();
    } else if (!line.empty()) {
      // "Proc-Type: 4,ENCRYPTED" and the like: an empty line parts them from the content (RFC 1421, 4.4).
      bool is_header = line.find(':') != std::string_view::npos;
      open->text += is_behind_header && !is_header ? "\n" : "";
      is_behind_header = is_header;
      open->text += line;
      open->text += '\n';
      if (label_behind(line, end_border)) {
        open = nullptr;
      }
    }
  }
  if (open != nullptr) {
    open->ended = false;
  }
  return found;
}

}  // namespace attache::certificates
