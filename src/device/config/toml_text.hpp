#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

namespace attache::device {

/// What must not come to toml++ 3.3, and where it is: an offset.
struct TomlFault {
  enum class Kind {
    /// A byte above 0x7F in neither a string nor a comment, where TOML allows none (a byte order mark at the
    /// start excepted). The library's table of Unicode blanks promises the compiler that none comes.
    stray_character,
    /// A key of more than most_key_parts. Each part is a table in the one before; the library takes as many
    /// as there are, and gives them back by recursion.
    deep_key
  };
  Kind kind = Kind::stray_character;
  std::size_t offset = 0;
};

inline constexpr std::size_t most_key_parts = 16;

/// The first of them in a text; nothing if there is none.
std::optional<TomlFault> find_fault(std::string_view text);

}  // namespace attache::device
