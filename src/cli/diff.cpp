#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "cassette/cassette.hpp"
#include "cli/command_line.hpp"
#include "cli/commands.hpp"
#include "cli/complaint.hpp"
#include "cli/diff_session.hpp"
#include "cli/inner_device.hpp"
#include "client/script_headers.hpp"

namespace attache::cli {

namespace {

int show_differences(const DiffArguments& arguments) {
  auto plan = make_diff_plan(arguments);
  if (!plan) {
    return complain(plan.error());
  }
  std::string name = plan->cassette.name;
  DiffSession session(std::move(*plan));
  auto comparison = session.run();
  if (!comparison) {
    return complain(comparison.error());
  }
  fmt::print("{}", arguments.json ? cassette::render_json(*comparison, name, session.modem())
                                  : cassette::render_text(*comparison, name, session.modem()));
  return comparison->differences.empty() ? exit_success : exit_failure;
}

}  // namespace

Run add_diff(CLI::App& command) {
  describe(command, R"(
attache diff session.cassette --port pty:/tmp/modem
attache diff session.cassette --json --serve --config modem.toml --log-level off
)",
           R"(
0  no difference
1  something differs
2  it could not be found out: bad options, a cassette or modem that cannot be used, a secret that is missing
)");
  auto arguments = std::make_shared<DiffArguments>();
  command.add_option("CASSETTE", arguments->cassette, "What attache record has made")->type_name("");
  command
      .add_option("--port", arguments->port,
                  "The modem: pty:LINK, tty:DEVICE[@BAUD][,rtscts], tcp:HOST:PORT, unix:PATH")
      ->type_name("PORT");
  add_repeatable(command, "--set", arguments->settings, "Value of the placeholder {NAME}")
      ->type_name("NAME=VALUE");
  command.add_option("--secrets", arguments->secrets, "A file with values, as attache record writes it")
      ->type_name("FILE");
  command
      .add_option(
          "--timeout", arguments->timeout,
          "How long an answer may take, if it did not take longer then (default 10; for a tty and with "
          "--timing real 180)")
      ->type_name("SECONDS");
  command.add_flag("--times", arguments->times, "Says everything with the pauses that were recorded")
      ->disable_flag_override();
  command
      .add_flag("--exact", arguments->exact,
                "Identities, addresses, times and signal must be the same as well")
      ->disable_flag_override();
  command.add_flag("--json", arguments->json, "One JSON object for programs")->disable_flag_override();
  auto* serve =
      add_inner_serve(command, "A fresh device inside; all that follow are options of attache serve");
  return [arguments, serve] {
    arguments->serve = serve->parsed();
    arguments->serve_options = serve->remaining();
    if (asks_for_serve_help(arguments->serve_options)) {
      fmt::print("{}", serve_options_help());
      return exit_success;
    }
    return show_differences(*arguments);
  };
}

}  // namespace attache::cli
