#pragma once

#include <string>
#include <vector>

#include "base/result.hpp"

namespace attache::client {

/// The scripts that a word of the command line names: a file is itself, a folder all files `*.at` in it and
/// below it, sorted by their paths. Hidden files and folders, and links to folders, are passed over. The
/// reason says that a folder holds none or cannot be read.
base::Result<std::vector<std::string>> find_scripts(const std::string& path);

}  // namespace attache::client
