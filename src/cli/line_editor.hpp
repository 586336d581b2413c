#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace attache::cli {

namespace asio = boost::asio;

/// Where the lines of a person or a program come from.
class LineSource {
 public:
  virtual ~LineSource() = default;
  /// The next line without its end; nothing at the end of the input.
  virtual asio::awaitable<std::optional<std::string>> next() = 0;
  /// Ends a next() that waits, as the end of the input does.
  virtual void stop() = 0;
  /// Around each text that goes to the terminal while a line is being typed: takes the line off the screen,
  /// and shows it again below.
  virtual void hide() {}
  /// Only after hide().
  virtual void show() {}
  /// Keeps the line for the keys up and down.
  virtual void remember(const std::string& line) { (void)line; }
};

/// What to do with the key Tab: gets the line up to the cursor; returns what to insert there.
using Completer = std::function<std::string(std::string_view line)>;

/// Lines that are typed on the terminal, which is standard input and output: editing, history and completion
/// (libedit). One at a time in a process. The terminal is as it was when it goes.
std::unique_ptr<LineSource> edit_lines(asio::io_context& context, const std::string& prompt,
                                       Completer completer);

/// Lines of standard input as they come: a pipe or a file.
std::unique_ptr<LineSource> read_lines(asio::io_context& context);

}  // namespace attache::cli
