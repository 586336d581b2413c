#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

namespace attache::at {

/// How many bytes of the text's beginning are the name (two bytes or more) as it is, or with one byte lost,
/// doubled, changed or two swapped; nothing if they are not. Of several ways to read it that one which a = or
/// ? follows.
std::optional<std::size_t> length_of_near(std::string_view text, std::string_view name);

}  // namespace attache::at
