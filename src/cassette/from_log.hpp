#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "base/result.hpp"
#include "cassette/cassette.hpp"

namespace attache::cassette {

/// A cassette made of a log that shows both sides of a line.
struct LogCassette {
  std::string text;          ///< As a file has it.
  client::Values secrets{};  ///< What the placeholders stand for, as far as the log shows it.
  std::size_t commands = 0;  ///< Lines of the host.
  std::size_t left_out = 0;  ///< Lines of the log that are neither a host's nor a modem's.
  std::string dialect = "slm-1.6";
};

/// Reads a log in whatever form a tool wrote it (doctor's reader). Line ends that it does not show are those
/// of `dialect`, times that it does not have are that of the line before. The reason says that there is no
/// command in it.
base::Result<LogCassette> make_cassette_of_log(std::string_view log, std::string_view name,
                                               std::string_view dialect);

}  // namespace attache::cassette
