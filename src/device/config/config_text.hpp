#pragma once

#include <string>

#include "base/result.hpp"

namespace attache::device {

/// The text of a file of at most 1 MiB that configures a device. The reason of a failure has `what` as its
/// first line and the path as its place.
base::Result<std::string> read_text_file(const std::string& path, const std::string& what);

}  // namespace attache::device
