#include <fmt/format.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <cerrno>
#include <fstream>
#include <iostream>
#include <memory>
#include <utility>

#include "base/posix/private_file.hpp"
#include "cli/command_line.hpp"
#include "cli/commands.hpp"
#include "cli/complaint.hpp"
#include "cli/inner_device.hpp"
#include "cli/lint.hpp"
#include "cli/output.hpp"
#include "cli/run_plan.hpp"
#include "cli/run_session.hpp"

namespace attache::cli {

namespace {

/// A file of results that is opened before the first line runs: what cannot be written is said then.
class ResultFile {
 public:
  explicit ResultFile(std::string path) : path_(std::move(path)) {}

  base::Result<void> open() {
    if (path_.empty() || path_ == "-") {
      return {};
    }
    errno = 0;
    stream_.open(path_, std::ios::binary | std::ios::trunc);
    return stream_ ? base::Result<void>() : failure();
  }

  [[nodiscard]] bool is_asked() const { return !path_.empty(); }
  std::ostream& stream() { return path_ == "-" ? std::cout : stream_; }

  /// What was written is in the file now.
  base::Result<void> finish() {
    errno = 0;
    return !is_asked() || stream().flush() ? base::Result<void>() : failure();
  }

 private:
  [[nodiscard]] base::Reason failure() const {
    int error = errno;
    return base::make_reason(fmt::format("{} cannot be written", path_ == "-" ? "stdout" : path_),
                             error != 0 ? base::error_text(error) : "not all of it was taken",
                             base::path_advice(error));
  }

  std::string path_;
  std::ofstream stream_;
};

// The terminal's, unless a program reads stdout; what failed is then said on stderr.
client::Transcript::Sink screen(const RunArguments& arguments) {
  bool is_report = arguments.json == "-" || arguments.junit == "-";
  int descriptor = is_report ? STDERR_FILENO : STDOUT_FILENO;
  client::Transcript::Sink sink{is_report ? &std::cerr : &std::cout};
  sink.colour = wants_colours(descriptor);
  sink.shorten = ::isatty(descriptor) == 1;
  sink.failures_only = arguments.quiet || is_report;
  return sink;
}

int run(const RunArguments& arguments) {
  if (!arguments.lint.empty()) {
    return lint_scripts(arguments.scripts, arguments.lint, arguments.json);
  }
  RunPlan plan;
  if (auto made = make_plan(arguments, plan); !made) {
    return complain(made.error());
  }
  if (arguments.json == "-" && arguments.junit == "-") {
    return complain(base::make_reason("the reports cannot be written", "--json and --junit both name stdout",
                                      "name a file for one of them"));
  }
  ResultFile save(arguments.save);
  ResultFile json(arguments.json);
  ResultFile junit(arguments.junit);
  for (ResultFile* file : {&save, &json, &junit}) {
    if (auto opened = file->open(); !opened) {
      return complain(opened.error());
    }
  }
  std::vector<client::Transcript::Sink> sinks{screen(arguments)};
  if (save.is_asked()) {
    sinks.push_back({&save.stream()});
  }
  client::RunReport report = RunSession(std::move(plan), std::move(sinks)).run();
  if (json.is_asked()) {
    json.stream() << client::to_json(report);
  }
  if (junit.is_asked()) {
    junit.stream() << client::to_junit(report);
  }
  int code = report.exit_code;
  for (ResultFile* file : {&save, &json, &junit}) {
    if (auto finished = file->finish(); !finished) {
      complain(finished.error());
      code = code == exit_success ? exit_failure : code;
    }
  }
  return code;
}

}  // namespace

Run add_run(CLI::App& command) {
  describe(command, R"(
attache run get.at --port pty:/tmp/modem
attache run tests/ --junit results.xml --serve --config modem.toml --log-level off
attache run --lint slm-1.6 get.at
)",
           R"(
0  all went as expected
1  something else came than was expected, or the run was interrupted; `--lint` has found something
2  nothing was tried: bad options, a script or port that cannot be used
3  what was expected did not come in time, and nothing else failed
)");
  auto arguments = std::make_shared<RunArguments>();
  command
      .add_option("SCRIPT", arguments->scripts,
                  "AT scripts, run in order, or folders: all *.at in them; - reads lines from the keyboard")
      ->type_name("");
  command
      .add_option("--port", arguments->port,
                  "The modem: pty:LINK, tty:DEVICE[@BAUD][,rtscts], tcp:HOST:PORT, unix:PATH")
      ->type_name("PORT");
  add_repeatable(command, "--set", arguments->settings, "Value of the placeholder {NAME}")
      ->type_name("NAME=VALUE");
  command
      .add_option("--timeout", arguments->timeout,
                  "How long an expectation waits (what the script says, else 10; for a tty and with "
                  "--timing real 180)")
      ->type_name("SECONDS");
  add_line_end(command, arguments->line_end, ": as the dialect of the script wants it");
  command
      .add_option("--control", arguments->control,
                  "State folder or control socket of the virtual device behind --port, for lines with $")
      ->type_name("PATH");
  command.add_option("--save", arguments->save, "Also writes what is shown to this file")->type_name("FILE");
  command
      .add_option("--junit", arguments->junit,
                  "Writes the results to this file as JUnit's XML, a test case for each script; - is stdout")
      ->type_name("FILE");
  command
      .add_option("--json", arguments->json,
                  "Writes the results to this file as JSON (docs/run-report.schema.json); - is stdout")
      ->type_name("FILE");
  command
      .add_option("--lint", arguments->lint,
                  "Runs nothing: lists what the scripts use that this dialect lacks or has changed, what no "
                  "answer tells first; with --json as JSON (docs/migration.md)")
      ->type_name("DIALECT");
  command.add_flag("--quiet", arguments->quiet, "Shows only what fails")->disable_flag_override();
  auto* serve = add_inner_serve(
      command, "A fresh device inside for each script; all that follow are options of attache serve");
  return [arguments, serve] {
    arguments->serve = serve->parsed();
    arguments->serve_options = serve->remaining();
    if (asks_for_serve_help(arguments->serve_options)) {
      fmt::print("{}", serve_options_help());
      return exit_success;
    }
    return run(*arguments);
  };
}

}  // namespace attache::cli
