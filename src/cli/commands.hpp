#pragma once

#include <functional>

namespace CLI {
class App;
}

namespace attache::cli {

/// Runs a subcommand whose options have been parsed; gives the exit code.
using Run = std::function<int()>;

/// Each adds the options of one subcommand to `command` and returns what runs it.
Run add_serve(CLI::App& command);
Run add_lab(CLI::App& command);
Run add_run(CLI::App& command);
Run add_ctl(CLI::App& command);
Run add_networks(CLI::App& command);
Run add_doctor(CLI::App& command);
Run add_explain(CLI::App& command);
Run add_cert(CLI::App& command);
Run add_term(CLI::App& command);
Run add_record(CLI::App& command);
Run add_diff(CLI::App& command);
Run add_migrate(CLI::App& command);
Run add_trace(CLI::App& command);
Run add_demo(CLI::App& command);
Run add_extcap(CLI::App& command);

/// Exit codes of all subcommands.
inline constexpr int exit_success = 0;
inline constexpr int exit_failure = 1;  ///< The work was tried and failed (an expectation was not met).
inline constexpr int exit_usage = 2;    ///< Bad options, files or ports: nothing was tried.
inline constexpr int exit_timeout = 3;  ///< What was expected did not come in time (`run`).

}  // namespace attache::cli
