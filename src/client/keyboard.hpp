#pragma once

#include <boost/asio/awaitable.hpp>
#include <chrono>

#include "client/conversation.hpp"
#include "client/line_end.hpp"

namespace attache::client {

/// How send_lines_of() sends, and how long it waits.
struct KeyboardOptions {
  LineEnd line_end = LineEnd::crlf;
  /// From a pipe or file a line waits for the final result of the one before, at most this long; a command
  /// whose quotes are open is not waited for. A person's lines are sent as they are typed.
  base::Duration timeout = std::chrono::seconds(10);
  /// At the end of the input: how long the line must have been quiet.
  base::Duration quiet = std::chrono::milliseconds(500);
};

/// Reads lines from the file descriptor (a terminal, pipe or file, which stays open) and sends each with the
/// line end. Ends at the end of the input once the line is quiet, or when the modem's side has gone.
asio::awaitable<void> send_lines_of(int descriptor, Conversation& conversation, KeyboardOptions options);

}  // namespace attache::client
