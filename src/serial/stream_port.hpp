#pragma once

#include <boost/asio/io_context.hpp>
#include <memory>
#include <string>

#include "base/posix/file_descriptor.hpp"
#include "base/result.hpp"
#include "serial/port.hpp"

namespace attache::serial {

/// A port over a connected, non-blocking stream; it ends when the stream ends.
std::unique_ptr<Port> make_stream_port(asio::io_context& context, std::string address,
                                       base::FileDescriptor stream);

/// A port that reads `input` and writes `output`, which stay the caller's and need not be non-blocking: they
/// are opened anew where that is possible, so that others who share them (a shell, the log) notice nothing,
/// and get their flags back on close() where it is not. Reads return 0 at the end of the input.
/// From then on the process ignores SIGPIPE: output that nobody reads is dropped and counted.
base::Result<std::unique_ptr<Port>> open_stdio_port(asio::io_context& context, int input = 0, int output = 1);

}  // namespace attache::serial
