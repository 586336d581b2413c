#include "cellular/cbor.hpp"

namespace attache::cellular::cbor {

namespace {

enum class Major : unsigned { unsigned_integer, negative_integer, bytes, text, array, map, tag, simple };

// The initial byte and the argument in 0, 1, 2, 4 or 8 bytes (RFC 8949, 3).
std::string head(Major major, std::uint64_t argument) {
  constexpr std::uint64_t direct = 24;
  auto first = [major](std::uint64_t low) {
    return static_cast<char>(static_cast<unsigned>(major) << 5U | static_cast<unsigned>(low));
  };
  if (argument < direct) {
    return {first(argument)};
  }
  unsigned size = 1;
  std::uint64_t additional = direct;
  while (size < sizeof argument && argument >> 8U * size != 0) {
    size *= 2;
    ++additional;
  }
  std::string bytes{first(additional)};
  for (unsigned left = size; left > 0; --left) {
    bytes += static_cast<char>(argument >> 8U * (left - 1) & 0xFFU);
  }
  return bytes;
}

}  // namespace

std::string integer(std::int64_t value) {
  auto bits = static_cast<std::uint64_t>(value);
  return value < 0 ? head(Major::negative_integer, ~bits) : head(Major::unsigned_integer, bits);
}

std::string byte_string(std::string_view bytes) {
  return head(Major::bytes, bytes.size()).append(bytes);
}

std::string text_string(std::string_view utf8) {
  return head(Major::text, utf8.size()).append(utf8);
}

std::string array(std::size_t count) {
  return head(Major::array, count);
}

std::string map(std::size_t count) {
  return head(Major::map, count);
}

std::string tag(std::uint64_t number) {
  return head(Major::tag, number);
}

std::string null() {
  constexpr std::uint64_t value = 22;
  return head(Major::simple, value);
}

}  // namespace attache::cellular::cbor
