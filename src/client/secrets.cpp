#include "client/secrets.hpp"

#include <algorithm>
#include <array>
#include <span>

#include "at/near_name.hpp"
#include "at/redaction.hpp"
#include "base/text.hpp"

namespace attache::client {

namespace {

bool has_one_nearly(std::string_view text, std::span<const std::string_view> words) {
  return std::any_of(words.begin(), words.end(), [&](std::string_view word) {
    for (std::size_t i = 0; i < text.size(); ++i) {
      if (at::length_of_near(text.substr(i), word)) {
        return true;
      }
    }
    return false;
  });
}

// Headers and fields of data that hold secrets. A byte of a word may be damaged, but too much is near the
// short ones ("taken").
bool speaks_of_a_secret(std::string_view line) {
  constexpr auto words = std::to_array<std::string_view>({"token", "passw"});
  constexpr auto long_words =
      std::to_array<std::string_view>({"authorization", "bearer", "cookie", "password", "passwd", "secret",
                                       "api-key", "apikey", "private key"});
  std::string lowered = base::to_lower(line);
  bool has_one = std::any_of(words.begin(), words.end(),
                             [&](std::string_view word) { return lowered.find(word) != std::string::npos; });
  return has_one || has_one_nearly(lowered, long_words);
}

}  // namespace

std::string SecretMask::mask(std::string_view text) {
  std::string masked;
  while (!text.empty()) {
    std::size_t content = std::min(text.find_first_of("\r\n"), text.size());
    std::size_t end = std::min(text.find_first_not_of("\r\n", content), text.size());
    masked += mask_line(text.substr(0, end));
    text.remove_prefix(end);
  }
  return masked;
}

std::string SecretMask::mask_line(std::string_view line) {
  if (!open_command_.empty()) {
    bool has_url =
        base::to_lower(open_command_).find("http") != std::string::npos;  // Its :// may be torn off.
    std::string masked = mask_command(line);
    return has_url ? at::mask_all(line) : masked;
  }
  at::LineKind kind = at::kind_of(line);
  if (kind == at::LineKind::other) {
    bool has_open_quote = std::count(line.begin(), line.end(), '"') % 2 != 0;
    wary_ = wary_ || has_open_quote || speaks_of_a_secret(line);
    return wary_ ? at::mask_all(line) : at::redact(line);
  }
  wary_ = kind == at::LineKind::wary;
  return mask_command(line);
}

std::string SecretMask::mask_command(std::string_view line) {
  std::size_t shown = open_command_.size();
  open_command_ += line;
  std::string masked = at::redact(open_command_).substr(shown);
  // A command that never closes its quotes is not remembered for ever: 64 KiB is more than any line takes.
  constexpr std::size_t longest = 64UL * 1024;
  bool is_open = std::count(open_command_.begin(), open_command_.end(), '"') % 2 != 0;
  if (!is_open || open_command_.size() > longest) {
    open_command_.clear();
  }
  return masked;
}

std::string mask_received(std::string_view line) {
  return speaks_of_a_secret(line) ? at::mask_all(line) : at::redact(line);
}

std::string shorten_masks(std::string_view text) {
  constexpr std::string_view mask = "********";
  std::string result;
  for (std::size_t i = 0; i < text.size();) {
    std::size_t end = std::min(text.find_first_not_of('*', i), text.size());
    if (end - i > mask.size()) {
      result += mask;
      i = end;
    } else {
      result += text[i++];
    }
  }
  return result;
}

}  // namespace attache::client
