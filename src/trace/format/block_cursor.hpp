#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include "trace/format/block_types.hpp"

namespace attache::trace {

/// The number of `size` bytes at that place, which must be inside.
[[nodiscard]] inline std::uint64_t block_number(std::string_view bytes, std::size_t place, std::size_t size,
                                                bool big_endian) {
  std::uint64_t value = 0;
  for (std::size_t i = 0; i < size; ++i) {
    std::size_t at = big_endian ? place + i : place + size - 1 - i;
    value = value << 8U | static_cast<unsigned char>(bytes[at]);
  }
  return value;
}

/// What a value takes in a block: whole words of four bytes.
[[nodiscard]] inline std::size_t block_padded_size(std::size_t size) {
  return (size + 3) / 4 * 4;
}

/// Goes through the body of a block; what is not there is `short_of` from then on.
struct BlockCursor {
  std::string_view rest;
  bool big_endian = false;
  bool short_of = false;

  /// The next number, of 8 bytes at most; 0 if it is not there.
  std::uint64_t number(std::size_t size) {
    if (rest.size() < size) {
      short_of = true;
      rest = {};
      return 0;
    }
    std::uint64_t value = block_number(rest, 0, size, big_endian);
    rest.remove_prefix(size);
    return value;
  }
  std::uint16_t number16() { return static_cast<std::uint16_t>(number(2)); }
  std::uint32_t number32() { return static_cast<std::uint32_t>(number(4)); }

  /// Time comes as two halves, the upper one first in either byte order.
  std::uint64_t halves() {
    std::uint64_t upper = number32();
    return upper << 32U | number32();
  }

  /// The next value without its padding; empty if it is not there whole.
  std::string_view padded(std::size_t size) {
    if (rest.size() < size || rest.size() < block_padded_size(size)) {
      short_of = true;
      rest = {};
      return {};
    }
    std::string_view bytes = rest.substr(0, size);
    rest.remove_prefix(block_padded_size(size));
    return bytes;
  }

  /// Calls `take(code, value)` for each option up to the end of them.
  template <class Take>
  void options(Take&& take) {
    while (!rest.empty()) {
      std::uint16_t code = number16();
      std::uint16_t size = number16();
      if (short_of || code == option_code::end) {
        return;
      }
      std::string_view value = padded(size);
      if (short_of) {
        return;
      }
      take(code, value);
    }
  }

  /// The number in the value of an option; nothing if that has another size.
  [[nodiscard]] std::optional<std::uint64_t> number_in(std::string_view value, std::size_t size) const {
    return value.size() == size ? std::optional(block_number(value, 0, size, big_endian)) : std::nullopt;
  }
};

}  // namespace attache::trace
