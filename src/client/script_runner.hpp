#pragma once

#include <boost/asio/awaitable.hpp>
#include <chrono>
#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "client/conversation.hpp"
#include "client/failure.hpp"
#include "client/line_end.hpp"
#include "client/script.hpp"

namespace attache::client {

/// How run_script() sends and waits.
struct RunOptions {
  Values values;  ///< What placeholders stand for.
  /// How long an expectation waits. Without it `@ timeout`, without that `usual_timeout`.
  std::optional<base::Duration> timeout;
  base::Duration usual_timeout = std::chrono::seconds(10);
  /// Without it that of the dialect.
  std::optional<LineEnd> line_end;
  /// A text without a line end counts as a line once it is as expected and nothing has followed for so long.
  base::Duration tail_silence = std::chrono::milliseconds(100);
  /// Carries out a `$` line; says what changed. Without it such a line fails.
  std::function<base::Result<std::string>(const std::string& command)> steer;
};

/// How a script went. An exchange is a command with what is expected until the next one; what is expected
/// before the first command is one too.
struct RunResult {
  std::size_t exchanges = 0;
  std::size_t passed = 0;
  std::optional<Failure> failure;  ///< The first; the script ends there.
  Values values;                   ///< Those given and those that named groups took.

  [[nodiscard]] bool ok() const { return !failure; }
  /// Exchanges behind the one that failed.
  [[nodiscard]] std::size_t not_run() const { return exchanges - passed - (failure ? 1 : 0); }
};

/// Runs a script whose files are loaded and placeholders checked. The device is as its headers say already
/// (client/preparation.hpp). After a failure the lines of `@ cleanup` are sent and the answers awaited.
///
/// Rules (reference/README.md): `>` and `$` are barriers. Complete lines that came before one, read or still
/// in the port, lie behind it; what comes later counts, also while a steering command is at work. Bytes
/// without a line end stay, as raw data is completed by what comes next, but a line that is coming is awaited
/// before `$`. `<` and `</` pass over URCs (client/urc_sorter.hpp) and their payload, wherever they fall
/// between command, answer and result. `!` and `!/` take a line from the aside if it came after the last
/// barrier.
asio::awaitable<RunResult> run_script(Conversation& conversation, const Script& script,
                                      RunOptions options = {});

}  // namespace attache::client
