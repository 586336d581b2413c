#pragma once

#include <boost/asio/awaitable.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "client/conversation.hpp"

namespace attache::client {

/// What a modem has answered to one command.
struct Answer {
  /// What came before the final result, URCs and an echo included. A text in quotes that goes over several
  /// lines is one of them, with LF between.
  std::vector<std::string> lines;
  std::string result;  ///< The final result; empty if none came in time.

  /// False for an error and for no answer in time: `result` tells them apart.
  [[nodiscard]] bool ok() const { return result == "OK"; }

  /// What follows "NAME: " in the first line of that name; empty if there is none.
  [[nodiscard]] std::string_view value(std::string_view name) const;
};

/// Throws away what has come, sends the command and its line end, and waits for its final result.
asio::awaitable<Answer> ask(Conversation& conversation, std::string command, std::string_view line_end,
                            base::Duration timeout);

}  // namespace attache::client
