#pragma once

#include <span>
#include <string_view>

#include "dialects/dialect.hpp"

namespace attache::dialects {

/// The dialects that there are; the first is the one without a choice.
std::span<const Dialect* const> all_dialects();
/// The dialect of that name; nullptr = none.
const Dialect* find_dialect(std::string_view name);
/// Adds one of the program's own, before the first device is made; it must last as long as the program.
void add_dialect(const Dialect& dialect);

}  // namespace attache::dialects
