#include <fmt/format.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/signal_set.hpp>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "base/loop.hpp"
#include "cli/command_line.hpp"
#include "cli/commands.hpp"
#include "cli/complaint.hpp"
#include "cli/output.hpp"
#include "cli/stop_signals.hpp"
#include "cli/term_session.hpp"
#include "client/line_end.hpp"
#include "serial/port_spec.hpp"
#include "vocabulary/vocabulary.hpp"

namespace attache::cli {

namespace {

struct TermArguments {
  std::string port;
  std::string dialect;
  std::string line_end;
  bool times = false;
};

TermOptions term_options(const TermArguments& arguments, const serial::PortSpec& spec) {
  TermOptions options;
  options.dialect = arguments.dialect.empty() ? options.dialect : arguments.dialect;
  options.detects = arguments.dialect.empty() && arguments.line_end.empty();
  options.tries_rates = spec.kind == serial::PortSpec::Kind::tty && !spec.baud;
  auto given = client::line_end_named(arguments.line_end);
  options.line_end = client::bytes_of(given.value_or(client::line_end_of(options.dialect)));
  options.is_terminal = ::isatty(STDIN_FILENO) == 1 && ::isatty(STDOUT_FILENO) == 1;
  options.colours = wants_colours(STDOUT_FILENO);
  options.times = arguments.times;
  return options;
}

int talk_on(const serial::PortSpec& spec, TermOptions options) {
  base::Loop loop;
  base::RealClock clock(loop);
  auto port = serial::connect_port(clock, spec);
  if (!port) {
    return complain(port.error());
  }
  bool is_terminal = options.is_terminal;
  TermSession session(**port, clock, std::move(options));
  auto source = is_terminal ? edit_lines(loop, "> ",
                                         [&session](std::string_view line) { return session.complete(line); })
                            : read_lines(loop);
  int exit_code = exit_success;
  base::LoopEnd end(loop, clock);
  boost::asio::signal_set signals(loop);
  add_stop_signals(signals);
  signals.async_wait([&](boost::system::error_code error, int) {
    if (!error) {
      loop.stop();
    }
  });
  boost::asio::co_spawn(loop, session.run(*source), [&](std::exception_ptr error, int code) {
    loop.stop();
    if (error) {
      std::rethrow_exception(error);
    }
    exit_code = code;
  });
  loop.run([&](const base::Fault& fault) {
    complain(fault.reason());
    exit_code = exit_failure;
    loop.stop();
  });
  return exit_code;
}

int open_terminal(const TermArguments& arguments) {
  std::vector<std::string_view> names;
  for (const vocabulary::Vocabulary& words : vocabulary::dialects()) {
    names.push_back(words.name());
  }
  if (!arguments.dialect.empty() && vocabulary::find(arguments.dialect) == nullptr) {
    return complain(base::make_reason(fmt::format("there is no dialect \"{}\"", arguments.dialect),
                                      "attache term does not know it",
                                      base::suggestion(arguments.dialect, names)));
  }
  auto spec = serial::parse_port_spec(arguments.port);
  if (!spec) {
    return complain(spec.error());
  }
  return talk_on(*spec, term_options(arguments, *spec));
}

}  // namespace

Run add_term(CLI::App& command) {
  describe(command, R"(
attache term --port pty:/tmp/modem
)",
           R"(
0  left by :quit, the end of the input or a signal
1  the modem's side has gone
2  bad options, or a port that cannot be used
)");
  auto arguments = std::make_shared<TermArguments>();
  command
      .add_option("--port", arguments->port,
                  "The modem: pty:LINK, tty:DEVICE[@BAUD][,rtscts], tcp:HOST:PORT, unix:PATH")
      ->type_name("PORT");
  command
      .add_option(
          "--dialect", arguments->dialect,
          "The application whose commands Tab completes; without it the modem is asked, and for its line end "
          "and, on a tty without @BAUD, its rate")
      ->type_name("NAME");
  add_line_end(command, arguments->line_end, ": as the dialect wants it");
  command.add_flag("--times", arguments->times, "Shows the seconds since the start before each line")
      ->disable_flag_override();
  return [arguments] { return open_terminal(*arguments); };
}

}  // namespace attache::cli
