#pragma once

#include <cstddef>
#include <filesystem>
#include <string>

#include "base/posix/file_descriptor.hpp"
#include "base/result.hpp"

namespace attache::base {

/// Reads a file, FIFO or device to its end. One that has more than `most` bytes is refused once so many have
/// been read, and so is a folder: a device such as /dev/zero has no end.
///
/// The reason of an error says "PATH cannot be read" and why.
Result<std::string> read_whole_file(const std::filesystem::path& path, std::size_t most);

/// The same of what is open, or could not be opened with the reason in errno; `path` is for the reason.
Result<std::string> read_to_end(const FileDescriptor& file, const std::filesystem::path& path,
                                std::size_t most);

}  // namespace attache::base
