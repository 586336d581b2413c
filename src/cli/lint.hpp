#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"

namespace attache::cli {

/// The text of a script file.
/// The reason has the path as its place.
base::Result<std::string> read_script_text(const std::string& path);

/// Prints what the scripts use that the dialect lacks or has changed, or writes it as JSON to the file `json`
/// (docs/migration.md); "-" is stdout, empty = no such file. Gives the exit code.
int lint_scripts(const std::vector<std::string>& scripts, std::string_view dialect, const std::string& json);

}  // namespace attache::cli
