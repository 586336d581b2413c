#pragma once

#include <string>
#include <string_view>

#include "base/result.hpp"

// The header-only form without exceptions, for the few files of this room that read TOML: it is a heavy one.
// Its assertions are off in every build: broken input alone trips one whose case its parser handles right
// behind it, and with NDEBUG Clang would take it as a promise.
#define TOML_EXCEPTIONS 0
#define TOML_ASSERT(expr) static_assert(true)
#pragma push_macro("NDEBUG")
#undef NDEBUG
#include <toml++/toml.h>
#pragma pop_macro("NDEBUG")

namespace attache::device {

/// Parses TOML text; `kind` ("configuration", "scenario") names it in reasons. The reason of a fault has
/// "name:line:column" as its place.
base::Result<toml::table> parse_toml(std::string_view text, std::string_view name, std::string_view kind);

/// "name:line:column".
std::string place_in(std::string_view name, const toml::source_position& place);

}  // namespace attache::device
