#pragma once

#include <fmt/format.h>

#include <cstdlib>
#include <fstream>
#include <string_view>

namespace attache::dialects {

/// Notes a line that a test sent and how its answer ended, in the file that ATTACHE_TRIED_LINES names:
/// tests/command_coverage.sh counts from it which forms of the command table have been tried.
inline void note_tried(std::string_view dialect, std::string_view line, std::string_view answer) {
  static std::ofstream file = [] {
    const char* path = std::getenv("ATTACHE_TRIED_LINES");
    return path != nullptr ? std::ofstream(path, std::ios::app) : std::ofstream();
  }();
  if (file.is_open()) {
    std::string_view end = answer.find("\r\nERROR\r\n") != std::string_view::npos ? "ERROR"
                           : answer.find("\r\nOK\r\n") != std::string_view::npos  ? "OK"
                                                                                  : "-";
    // Many tests write at a time: a line is one write.
    file << fmt::format("{}\t{}\t{}\n", dialect, end, line.substr(0, line.find_first_of("\r\n")))
         << std::flush;
  }
}

}  // namespace attache::dialects
