#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "base/posix/file_descriptor.hpp"
#include "base/result.hpp"

namespace attache::cli {

/// Why a log or a file beside it cannot be read; `error`: an errno.
base::Reason cannot_read(const std::string& path, int error);

/// A log by its path; "-" is standard input. If it cannot be opened, errno says why.
base::FileDescriptor open_log(const std::string& path);

/// Reads a descriptor in pieces to its end: bytes, and whether there was less than there is room for (who
/// writes it waits). 0 or an errno.
int read_all(int descriptor, const std::function<void(std::string_view bytes, bool writer_waits)>& take);

/// A file that lies beside a log, of 4 MiB at most.
/// The reason is cannot_read().
base::Result<std::string> read_side_file(const std::string& path);

/// Prints logs without identities and secrets, and with `hosts` without names of servers; the exit code.
int anonymize(const std::vector<std::string>& logs, bool hosts);

}  // namespace attache::cli
