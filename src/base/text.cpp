#include "base/text.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <openssl/sha.h>

#include <algorithm>
#include <bit>
#include <charconv>
#include <numeric>

namespace attache::base {

namespace {

int digit_value(char c) {
  if (c >= '0' && c <= '9') {
    return c - '0';
  }
  if (c >= 'a' && c <= 'f') {
    return c - 'a' + 10;
  }
  if (c >= 'A' && c <= 'F') {
    return c - 'A' + 10;
  }
  return -1;
}

char lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

// Whether the second byte of a sequence may follow the first (RFC 3629, 4): no overlong forms, no surrogates,
// nothing above U+10FFFF. Nor the control characters U+0080 to U+009F, which terminals act on.
bool may_follow(unsigned char lead, unsigned char second) {
  switch (lead) {
    case 0xC2:
    case 0xE0:
      return second >= 0xA0;
    case 0xED:
      return second < 0xA0;
    case 0xF0:
      return second >= 0x90;
    case 0xF4:
      return second < 0x90;
    default:
      return true;
  }
}

// The length of the printable UTF-8 sequence of two to four bytes at the start of `text`, or 0.
std::size_t utf8_sequence(std::string_view text) {
  auto lead = static_cast<unsigned char>(text.front());
  std::size_t length = lead >= 0xF0 && lead < 0xF5 ? 4 : lead >= 0xE0 ? 3 : lead >= 0xC2 ? 2 : 0;
  if (lead >= 0xF5 || length == 0 || text.size() < length) {
    return 0;
  }
  bool continued = std::all_of(text.begin() + 1, text.begin() + static_cast<std::ptrdiff_t>(length),
                               [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) == 0x80U; });
  return continued && may_follow(lead, static_cast<unsigned char>(text[1])) ? length : 0;
}

// One byte that is not printable ASCII, or a whole sequence of UTF-8.
void append_escaped(std::string& text, std::string_view sequence) {
  if (sequence.size() > 1) {
    text += sequence;
  } else if (sequence == "\r") {
    text += "\\r";
  } else if (sequence == "\n") {
    text += "\\n";
  } else if (sequence == "\t") {
    text += "\\t";
  } else {
    text += "\\x";
    text += to_hex(sequence);
  }
}

// The bytes of a text as a set, upper and lower case alike.
std::uint32_t letters(std::string_view text) {
  std::uint32_t set = 0;
  for (char c : text) {
    set |= 1U << (static_cast<unsigned char>(c) & 0x1FU);
  }
  return set;
}

// The edit distance (a swapped pair of neighbours is one edit), or `limit` if it is not below that: then the
// rest of the work is saved.
std::size_t edit_distance(std::string_view left, std::string_view right, std::size_t limit) {
  if (std::max(left.size(), right.size()) - std::min(left.size(), right.size()) >= limit) {
    return limit;
  }
  std::vector<std::size_t> before(right.size() + 1);
  std::vector<std::size_t> above(right.size() + 1);
  std::vector<std::size_t> row(right.size() + 1);
  std::iota(above.begin(), above.end(), 0U);
  auto same = [&](std::size_t i, std::size_t j) { return lower(left[i]) == lower(right[j]); };
  for (std::size_t i = 0; i < left.size(); ++i) {
    std::size_t least = row[0] = i + 1;
    for (std::size_t j = 0; j < right.size(); ++j) {
      row[j + 1] = std::min({above[j] + (same(i, j) ? 0 : 1), row[j] + 1, above[j + 1] + 1});
      if (i > 0 && j > 0 && same(i, j - 1) && same(i - 1, j)) {
        row[j + 1] = std::min(row[j + 1], before[j - 1] + 1);
      }
      least = std::min(least, row[j + 1]);
    }
    if (least >= limit) {
      return limit;
    }
    before.swap(above);
    above.swap(row);
  }
  return std::min(above.back(), limit);
}

}  // namespace

std::string to_hex(std::string_view bytes) {
  constexpr std::string_view digits = "0123456789ABCDEF";
  std::string text;
  text.reserve(bytes.size() * 2);
  for (char c : bytes) {
    auto byte = static_cast<unsigned char>(c);
    text += digits[byte >> 4U];
    text += digits[byte & 0x0FU];
  }
  return text;
}

std::optional<std::string> from_hex(std::string_view digits) {
  if (digits.size() % 2 != 0) {
    return std::nullopt;
  }
  std::string bytes;
  bytes.reserve(digits.size() / 2);
  for (std::size_t i = 0; i < digits.size(); i += 2) {
    int high = digit_value(digits[i]);
    int low = digit_value(digits[i + 1]);
    if (high < 0 || low < 0) {
      return std::nullopt;
    }
    bytes += static_cast<char>(high * 16 + low);
  }
  return bytes;
}

std::string escape_control(std::string_view bytes) {
  auto is_plain = [](char c) { return c >= 0x20 && c < 0x7F; };
  std::string text;
  text.reserve(bytes.size());
  while (!bytes.empty()) {
    auto end = std::find_if_not(bytes.begin(), bytes.end(), is_plain);
    auto taken = static_cast<std::size_t>(end - bytes.begin());
    if (taken == 0) {
      taken = std::max<std::size_t>(utf8_sequence(bytes), 1);
      append_escaped(text, bytes.substr(0, taken));
    } else {
      text += bytes.substr(0, taken);
    }
    bytes.remove_prefix(taken);
  }
  return text;
}

std::optional<std::string> unescape(std::string_view text) {
  std::string bytes;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '\\') {
      bytes += text[i];
      continue;
    }
    if (++i == text.size()) {
      return std::nullopt;
    }
    switch (text[i]) {
      case 'r':
        bytes += '\r';
        break;
      case 'n':
        bytes += '\n';
        break;
      case 't':
        bytes += '\t';
        break;
      case '0':
        bytes += '\0';
        break;
      case '\\':
        bytes += '\\';
        break;
      case '"':
        bytes += '"';
        break;
      case 'x': {
        auto byte = from_hex(text.substr(std::min(i + 1, text.size()), 2));
        if (!byte || byte->size() != 1) {
          return std::nullopt;
        }
        bytes += *byte;
        i += 2;
        break;
      }
      default:
        return std::nullopt;
    }
  }
  return bytes;
}

std::string to_lower(std::string_view text) {
  std::string lowered(text);
  std::transform(lowered.begin(), lowered.end(), lowered.begin(), lower);
  return lowered;
}

bool equal_ignoring_case(std::string_view left, std::string_view right) {
  return std::equal(left.begin(), left.end(), right.begin(), right.end(),
                    [](char a, char b) { return lower(a) == lower(b); });
}

std::optional<std::string_view> nearest(std::string_view word, std::span<const std::string_view> candidates) {
  std::optional<std::string_view> best;
  std::size_t best_distance = std::max<std::size_t>(1, word.size() / 3) + 1;
  std::uint32_t wanted = letters(word);
  for (std::string_view candidate : candidates) {
    // Each letter that the candidate has not costs an edit of its own.
    if (static_cast<std::size_t>(std::popcount(wanted & ~letters(candidate))) >= best_distance) {
      continue;
    }
    std::size_t distance = edit_distance(word, candidate, best_distance);
    if (distance < best_distance) {
      best_distance = distance;
      best = candidate;
    }
  }
  return best;
}

std::string_view trim(std::string_view text) {
  auto is_blank = [](char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; };
  while (!text.empty() && is_blank(text.front())) {
    text.remove_prefix(1);
  }
  while (!text.empty() && is_blank(text.back())) {
    text.remove_suffix(1);
  }
  return text;
}

std::vector<std::string_view> split(std::string_view text, char separator) {
  std::vector<std::string_view> parts;
  std::size_t start = 0;
  for (std::size_t end = text.find(separator); end != std::string_view::npos;
       end = text.find(separator, start)) {
    parts.push_back(text.substr(start, end - start));
    start = end + 1;
  }
  parts.push_back(text.substr(start));
  return parts;
}

template <class Integer>
std::optional<Integer> parse_number(std::string_view text) {
  Integer value{};
  const char* end = text.data() + text.size();
  auto [rest, error] = std::from_chars(text.data(), end, value);
  if (text.empty() || error != std::errc{} || rest != end) {
    return std::nullopt;
  }
  return value;
}

template std::optional<std::int32_t> parse_number(std::string_view);
template std::optional<std::int64_t> parse_number(std::string_view);
template std::optional<std::uint8_t> parse_number(std::string_view);
template std::optional<std::uint16_t> parse_number(std::string_view);
template std::optional<std::uint32_t> parse_number(std::string_view);
template std::optional<std::uint64_t> parse_number(std::string_view);

std::string sha256(std::string_view bytes) {
  std::string digest(SHA256_DIGEST_LENGTH, '\0');
  SHA256(reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size(),
         reinterpret_cast<unsigned char*>(digest.data()));
  return digest;
}

std::string suggestion(std::string_view word, std::span<const std::string_view> known) {
  if (auto near = nearest(word, known)) {
    return fmt::format("did you mean `{}`?", *near);
  }
  return fmt::format("known: `{}`", fmt::join(known, "`, `"));
}

}  // namespace attache::base
