#include "net/wire/base64.hpp"

#include <cstdint>

namespace attache::net {

namespace {

constexpr std::string_view base64_digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

std::optional<std::uint32_t> base64_value(char digit) {
  digit = digit == '-' ? '+' : digit == '_' ? '/' : digit;
  std::size_t value = base64_digits.find(digit);
  return value == std::string_view::npos ? std::nullopt : std::optional(static_cast<std::uint32_t>(value));
}

}  // namespace

std::string to_base64(std::string_view bytes) {
  std::string text;
  for (std::size_t at = 0; at < bytes.size(); at += 3) {
    std::string_view group = bytes.substr(at, 3);
    std::uint32_t bits = 0;
    for (std::size_t i = 0; i < 3; ++i) {
      bits = bits << 8 | (i < group.size() ? static_cast<unsigned char>(group[i]) : 0U);
    }
    for (std::size_t i = 0; i < 4; ++i) {
      text += i <= group.size() ? base64_digits[bits >> (18 - 6 * i) & 63] : '=';
    }
  }
  return text;
}

std::optional<std::string> from_base64(std::string_view text) {
  std::size_t padding = text.ends_with("==") ? 2 : text.ends_with('=') ? 1 : 0;
  if (padding != 0 && text.size() % 4 != 0) {
    return std::nullopt;
  }
  text.remove_suffix(padding);
  std::string bytes;
  std::uint32_t bits = 0;
  unsigned count = 0;
  for (char digit : text) {
    auto value = base64_value(digit);
    if (!value) {
      return std::nullopt;
    }
    bits = bits << 6 | *value;
    count += 6;
    if (count >= 8) {
      count -= 8;
      bytes += static_cast<char>(bits >> count & 0xFF);
    }
  }
  // A digit alone makes no byte, and what is left over must be zero.
  if (text.size() % 4 == 1 || (bits & ((1U << count) - 1)) != 0) {
    return std::nullopt;
  }
  return bytes;
}

}  // namespace attache::net
