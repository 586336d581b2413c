#pragma once

#include <sys/types.h>

#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"

namespace CLI {
class App;
}

namespace attache::cli {

/// A program of the user's, for as long as which a device or the lab runs: what stands behind `--`. On the
/// thread of its loop.
class ChildCommand {
 public:
  using Variables = std::map<std::string, std::string>;

  /// Starts it, looked for in PATH, with `variables` on top of this program's environment; of this program's
  /// descriptors it has the standard streams alone. `ended` hears its exit code once, from the loop: 128 and
  /// the number of the signal that ended it, if one did. The reason says why it cannot be started.
  static base::Result<std::unique_ptr<ChildCommand>> start(boost::asio::io_context& context,
                                                           const std::vector<std::string>& words,
                                                           const Variables& variables,
                                                           std::function<void(int exit_code)> ended);
  ChildCommand(const ChildCommand&) = delete;
  ChildCommand& operator=(const ChildCommand&) = delete;
  /// Asks it to end (SIGTERM) if it still runs.
  ~ChildCommand();

  /// The first signal that is to stop this program is the child's, whose end then stops all. False for a
  /// further one, and when it has ended: the caller's.
  bool take_stop(int signal);

 private:
  ChildCommand(boost::asio::io_context& context, std::function<void(int)> ended);
  void await_end();

  boost::asio::signal_set child_signals_;
  std::function<void(int)> ended_;
  pid_t process_ = -1;  ///< -1 when it has ended.
  bool is_stopping_ = false;
};

/// Gives a subcommand a place for the words behind `--`.
void add_child_command(CLI::App& command, std::vector<std::string>& words);

/// Cuts `--` and what stands behind it off the words of the program, if `command` has a place for it: the
/// parser would read that too. Nothing without a `--`.
std::optional<std::vector<std::string>> cut_child_command(const CLI::App& command, std::vector<char*>& words);

/// Puts there what was cut off, when the rest is parsed. The reason says that a word stands there without a
/// `--`, or a `--` without a word; `name` is what the subcommand is called: "attache serve".
base::Result<void> set_child_command(CLI::App& command, const std::optional<std::vector<std::string>>& child,
                                     std::string_view name);

}  // namespace attache::cli
