#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <optional>
#include <string>

namespace attache::client {

namespace asio = boost::asio;

/// The lines of a file descriptor: a terminal, pipe or file, which stays open.
class InputLines {
 public:
  /// Reads a duplicate of the descriptor. `context` must outlive this.
  InputLines(asio::io_context& context, int descriptor);

  /// The next line without its end; the last one may lack one. Nothing at the end of the input.
  asio::awaitable<std::optional<std::string>> next();
  /// Ends a next() that waits, as the end of the input does.
  void stop() { stream_.cancel(); }

 private:
  asio::posix::stream_descriptor stream_;
  std::string text_;
};

}  // namespace attache::client
