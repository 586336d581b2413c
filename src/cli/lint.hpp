#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace attache::cli {

/// Prints what the scripts use that the dialect lacks or has changed, or writes it as JSON to the file `json`
/// (docs/migration.md); "-" is stdout, empty = no such file. Gives the exit code.
int lint_scripts(const std::vector<std::string>& scripts, std::string_view dialect, const std::string& json);

}  // namespace attache::cli
