#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

namespace attache::device {

/// The offset of the first byte above 0x7F that stands in neither a string nor a comment, where TOML allows
/// none (a byte order mark at the start excepted). Nothing if there is none.
///
/// Asked before a text is given to toml++ 3.3, whose table of Unicode blanks promises the compiler that such
/// characters do not come.
std::optional<std::size_t> find_stray_character(std::string_view text);

}  // namespace attache::device
