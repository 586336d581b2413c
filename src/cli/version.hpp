#pragma once

#include <string>

namespace attache::cli {

/// What `attache --version` prints: the version; the commit it was built of and that commit's date, `unknown`
/// if the sources were neither a git tree nor made by `git archive`; the libraries in use with their
/// versions. Lines without a last line end.
std::string version_text();

/// "Attaché 0.1.0": who has written a file.
std::string application_name();

}  // namespace attache::cli
