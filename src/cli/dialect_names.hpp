#pragma once

#include <string_view>
#include <vector>

namespace attache::cli {

/// The names of all dialects that are described, the oldest first.
std::vector<std::string_view> names_of_dialects();

}  // namespace attache::cli
