#pragma once

#include <cstddef>
#include <string_view>

#include "base/result.hpp"

namespace attache::services {

/// What the head of an answer to a GET says of the file (RFC 9110: 200, or 206 with Content-Range).
struct DownloadAnswer {
  std::size_t first = 0;  ///< Where in the file the body begins.
  std::size_t total = 0;  ///< Bytes of the whole file.
};

/// Reads status line and headers. The reason of an error says why the file cannot be had this way: another
/// status, no length, a redirection. Sans-I/O.
base::Result<DownloadAnswer> read_download_answer(unsigned status, std::string_view head);

}  // namespace attache::services
