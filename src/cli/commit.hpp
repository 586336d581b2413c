#pragma once

#include <string_view>

namespace attache::cli {

/// The project's version: "0.1.0". Defined, as the next, in a file that the build writes
/// (cmake/commit.cmake).
extern const std::string_view version;

/// The commit of the sources, "9f3d8580e46c"; "unknown" where nothing tells it; with "+changes" behind it if
/// files of the tree differed from it.
extern const std::string_view commit;

/// Its date, "2026-11-20", or empty.
extern const std::string_view commit_date;

}  // namespace attache::cli
