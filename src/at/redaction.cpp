#include "at/redaction.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <optional>

#include "at/characters.hpp"
#include "at/masking.hpp"
#include "at/ordinary_names.hpp"
#include "at/secret_parameters.hpp"
#include "base/text.hpp"

namespace attache::at {

namespace {

void mask(std::string& text, std::size_t begin, std::size_t end) {
  mask(text, begin, end, Kept::quotes_and_controls);
}

std::size_t line_end_after(std::string_view text, std::size_t begin) {
  return std::min(text.find_first_of("\r\n", begin), text.size());
}

// ---- URLs ---------------------------------------------------------------------------------------------

bool ends_url(char c) {
  return c == '"' || c == ' ' || c == ',' || c == '\r' || c == '\n';
}

// One URL, path or other word from `begin` to `end`: user and password in front of @, what stands where a
// port should be, and the query, also if its ? was lost.
void mask_url(std::string& text, std::size_t begin, std::size_t end, std::size_t authority) {
  std::string_view word = std::string_view(text).substr(0, end);
  std::size_t at = word.rfind('@');
  std::size_t slash = word.find('/', begin);
  bool has_user = at != std::string_view::npos && at >= begin && (slash < at || word.find(':', begin) < at);
  if (has_user) {
    std::size_t last_slash = word.substr(0, at).rfind('/');
    bool is_inside = last_slash != std::string_view::npos && last_slash >= begin;
    mask(text, is_inside ? last_slash + 1 : begin, at);
  }
  std::size_t port = authority == std::string::npos ? authority : word.find_first_of(":/[", authority);
  if (port < end && text[port] == ':' && !has_user) {
    std::size_t port_end = std::min(word.find_first_not_of("0123456789", port + 1), end);
    mask(text, port_end == end || text[port_end] == '/' ? end : port + 1, end);
  }
  mask(text, slash < end ? std::min(word.find_first_of("?=&", slash), end - 1) + 1 : end, end);
}

// In a host's line every word that may be a URL is looked at, elsewhere what has "://" in it.
void mask_urls(std::string& text, std::size_t begin, std::size_t end, bool is_host_line) {
  while (begin < end) {
    std::size_t stop = begin;
    while (stop < end && !ends_url(text[stop])) {
      ++stop;
    }
    std::size_t scheme = std::string_view(text).substr(0, stop).find("://", begin);
    bool has_scheme = scheme != std::string::npos;
    if (stop > begin && (has_scheme || is_host_line)) {
      mask_url(text, begin, stop, has_scheme ? scheme + 3 : scheme);
    }
    begin = stop + 1;
  }
}

// ---- Lines --------------------------------------------------------------------------------------------

constexpr auto basic_commands =
    std::to_array<std::string_view>({"", "a/", "at", "at&f", "ate0", "ate1", "ath", "ati", "atz", "+++"});

// Where in a line (lower case) a command begins: AT and a prefix, or a known name of which at most AT is
// damaged. Its name ends at `name_end`.
struct Found {
  std::size_t begin = 0;
  std::size_t name_end = 0;
  bool is_known = false;
};

std::size_t name_end_of(std::string_view line, std::size_t prefix) {
  std::size_t end = prefix + 1;
  while (end < line.size() && is_alphanumeric(line[end])) {
    ++end;
  }
  return end;
}

std::optional<Found> find_command(std::string_view line) {
  if (std::find(basic_commands.begin(), basic_commands.end(), base::trim(line)) != basic_commands.end()) {
    return Found{0, line.size(), true};
  }
  constexpr std::size_t most_before_prefix = 6;
  for (std::size_t i = 0; i < line.size(); ++i) {
    if (!is_prefix(line[i])) {
      continue;
    }
    std::size_t end = name_end_of(line, i);
    bool is_known = is_ordinary_name(line.substr(i, end - i));
    if (i >= 2 && line.substr(i - 2, 2) == "at") {
      return Found{i - 2, end, is_known};
    }
    bool is_rest_of_at = i <= most_before_prefix &&
                         std::all_of(line.begin(), line.begin() + static_cast<std::ptrdiff_t>(i), [](char c) {
                           return c == 'a' || c == 't' || c == ' ' || is_control(c);
                         });
    if (is_rest_of_at && is_known) {
      return Found{0, end, true};
    }
  }
  return std::nullopt;
}

bool is_noise(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return c == ' ' || is_control(c); });
}

// A line without secret commands in it, from `begin` to `end`.
void mask_strange_line(std::string& text, std::string_view lowered, std::size_t begin, std::size_t end) {
  auto command = find_command(lowered.substr(begin, end - begin));
  if (!command) {
    mask(text, begin, end);
    return;
  }
  if (!is_noise(lowered.substr(begin, command->begin))) {
    mask(text, begin, begin + command->begin);
    mask(text, begin + command->name_end + 1, end);
  }
}

// What stands before the name at `name` and is no AT, whole or damaged.
void mask_rubbish(std::string& text, std::string_view lowered, std::size_t begin, std::size_t name) {
  constexpr std::string_view letters_of_at = "at ";
  constexpr std::size_t longest = 4;
  std::size_t end = name;
  while (end > begin && name - end < longest &&
         letters_of_at.find(lowered[end - 1]) != std::string_view::npos) {
    --end;
  }
  mask_strange_line(text, lowered, begin, end);
}

std::string redact_lines(std::string_view original, bool is_host_line) {
  std::string text(original);
  std::string lowered = base::to_lower(original);
  std::size_t begin = 0;
  while (begin < text.size()) {
    std::size_t end = line_end_after(text, begin);
    auto secret = find_secret_command(lowered, begin, end);
    if (is_host_line && !secret) {
      mask_strange_line(text, lowered, begin, end);
    }
    if (is_host_line && secret) {
      mask_rubbish(text, lowered, begin, secret->name_begin);
    }
    std::string_view line = std::string_view(lowered).substr(begin, end - begin);
    bool has_command = is_host_line || line.find("at+") != std::string_view::npos ||
                       line.find("at#") != std::string_view::npos ||
                       line.find("at%") != std::string_view::npos;
    std::size_t next = (secret ? mask_secrets(text, *secret) : end) + 1;
    mask_urls(text, begin, end, has_command);
    begin = next;
  }
  return text;
}

}  // namespace

std::string redact(std::string_view text) {
  return redact_lines(text, false);
}

std::string redact_host_line(std::string_view line) {
  return redact_lines(line, true);
}

std::vector<std::string> secrets_of(std::string_view line, std::string_view masked) {
  constexpr std::size_t telling = 4;
  std::vector<std::string> secrets;
  std::size_t begin = 0;
  while (begin < line.size()) {
    std::size_t end = begin;
    while (end < line.size() && masked[end] != line[end]) {
      ++end;
    }
    if (end - begin >= telling) {
      secrets.emplace_back(line.substr(begin, end - begin));
    }
    begin = end + 1;
  }
  return secrets;
}

std::string hide(std::string text, std::span<const std::string> secrets) {
  for (const std::string& secret : secrets) {
    for (std::size_t at = text.find(secret); at != std::string::npos; at = text.find(secret, at)) {
      text.replace(at, secret.size(), secret.size(), '*');
    }
  }
  return text;
}

LineKind kind_of(std::string_view line) {
  std::string lowered = base::to_lower(line.substr(0, line_end_after(line, 0)));
  if (find_secret_command(lowered, 0, lowered.size())) {
    return LineKind::wary;
  }
  auto command = find_command(lowered);
  if (!command || !is_noise(std::string_view(lowered).substr(0, command->begin))) {
    return LineKind::other;
  }
  return command->is_known ? LineKind::command : LineKind::wary;
}

std::string mask_all(std::string_view text) {
  std::string masked(text);
  mask(masked, 0, masked.size());
  return masked;
}

}  // namespace attache::at
