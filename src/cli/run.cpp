#include <fmt/format.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/signal_set.hpp>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <fstream>
#include <functional>
#include <iostream>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.hpp"
#include "base/loop.hpp"
#include "base/text.hpp"
#include "cli/commands.hpp"
#include "cli/complaint.hpp"
#include "cli/inner_device.hpp"
#include "client/keyboard.hpp"
#include "client/preparation.hpp"
#include "client/script.hpp"
#include "client/script_headers.hpp"
#include "client/script_runner.hpp"
#include "client/transcript.hpp"
#include "control/control_client.hpp"
#include "device/steering.hpp"
#include "serial/port_spec.hpp"

namespace attache::cli {

namespace {

namespace asio = boost::asio;

struct RunArguments {
  std::vector<std::string> scripts;
  std::string port;
  std::vector<std::string> settings;
  std::string timeout;
  std::string line_end;
  std::string save;
  std::string control;
  bool serve = false;
  std::vector<std::string> serve_options;
};

/// The arguments read and checked.
struct Plan {
  std::vector<client::Script> scripts;  ///< Empty: lines come from the keyboard.
  client::RunOptions options;
  std::optional<serial::PortSpec> port;
  std::string control;  ///< The socket that `$` lines go to; empty = none.
};

base::Reason usage(std::string what, std::string why, std::string advice = {}) {
  return base::make_reason(std::move(what), std::move(why), std::move(advice));
}

base::Result<client::Values> read_settings(const std::vector<std::string>& settings) {
  client::Values values;
  for (const std::string& setting : settings) {
    std::size_t equals = setting.find('=');
    if (equals == 0 || equals == std::string::npos) {
      return usage("The command line cannot be read", "what follows --set is not NAME=VALUE");
    }
    values.insert_or_assign(setting.substr(0, equals), setting.substr(equals + 1));
  }
  return base::Result<client::Values>(boost::system::in_place_value, std::move(values));
}

base::Result<void> read_options(const RunArguments& arguments, client::RunOptions& options) {
  auto values = read_settings(arguments.settings);
  if (!values) {
    return values.error();
  }
  options.values = std::move(*values);
  if (!arguments.timeout.empty()) {
    auto timeout = client::parse_seconds(arguments.timeout);
    if (!timeout) {
      return usage("The command line cannot be read",
                   fmt::format("'--timeout {}' is no number of seconds up to a day", arguments.timeout));
    }
    options.timeout = *timeout;
  }
  if (!arguments.line_end.empty()) {
    options.line_end = arguments.line_end == "cr"   ? client::LineEnd::cr
                       : arguments.line_end == "lf" ? client::LineEnd::lf
                                                    : client::LineEnd::crlf;
  }
  return {};
}

base::Result<void> read_port(const RunArguments& arguments, Plan& plan) {
  if (arguments.serve != arguments.port.empty()) {
    return usage("The command line cannot be read", "a modem is named by either --port SPEC or --serve",
                 "For example: attache run session.at --port pty:/tmp/modem");
  }
  if (!arguments.serve) {
    auto spec = serial::parse_port_spec(arguments.port);
    if (!spec) {
      return spec.error();
    }
    plan.port = std::move(*spec);
  }
  return {};
}

base::Result<void> read_scripts(const RunArguments& arguments, Plan& plan) {
  if (arguments.scripts.empty()) {
    return usage("The command line cannot be read", "no script is named",
                 "Name one or more SCRIPT.at, or - for the keyboard.");
  }
  if (arguments.scripts == std::vector<std::string>{"-"}) {
    return {};
  }
  for (const std::string& file : arguments.scripts) {
    auto script = client::read_script_file(file);
    if (!script) {
      return script.error();
    }
    auto checked = client::check_placeholders(*script, plan.options.values);
    if (!checked) {
      return checked.error();
    }
    plan.scripts.push_back(std::move(*script));
  }
  return {};
}

// What `$` lines say is checked before the first line runs.
base::Result<void> check_steering(const client::Script& script, bool can_steer) {
  const client::Step* first = client::first_steering_step(script);
  if (first != nullptr && !can_steer) {
    base::Reason reason =
        usage("The script cannot be run", "this line steers the modem, which is not known for that",
              "Name its state folder with --control, or run the script with --serve.");
    reason.where = script.place(*first);
    reason.excerpt = first->source;
    return reason;
  }
  for (const client::Step& step : script.steps) {
    bool is_known = step.text.pieces().size() == 1;  // No placeholder in it.
    if (step.directive != client::Directive::steer || !is_known) {
      continue;
    }
    if (auto checked = device::check_steering(step.text.fill({})); !checked) {
      base::Reason reason = checked.error();
      reason.where = script.place(step);
      reason.excerpt = step.source;
      return reason;
    }
  }
  return {};
}

base::Result<void> read_control(const RunArguments& arguments, Plan& plan) {
  if (!arguments.control.empty()) {
    auto socket = control::find_control_socket(arguments.control);
    if (!socket) {
      return socket.error();
    }
    plan.control = std::move(*socket);
  }
  for (const client::Script& script : plan.scripts) {
    if (auto checked = check_steering(script, arguments.serve || !plan.control.empty()); !checked) {
      return checked;
    }
  }
  return {};
}

base::Result<void> make_plan(const RunArguments& arguments, Plan& plan) {
  auto read = read_options(arguments, plan.options);
  if (read) {
    read = read_port(arguments, plan);
  }
  if (read) {
    read = read_scripts(arguments, plan);
  }
  if (read) {
    read = read_control(arguments, plan);
  }
  return read;
}

using Steer = std::function<base::Result<std::string>(const std::string& command)>;

/// Runs the plan on a loop of its own.
class ScriptSession {
 public:
  ScriptSession(const RunArguments& arguments, Plan plan, std::ostream* save)
      : arguments_(arguments), plan_(std::move(plan)), transcript_(clock_, sinks(save)) {}

  int run() {
    asio::signal_set signals(loop_, SIGINT, SIGTERM, SIGHUP);
    signals.async_wait([this](boost::system::error_code error, int) {
      if (!error) {
        transcript_.note("interrupted");
        loop_.stop();
      }
    });
    asio::co_spawn(loop_, work(), [this](std::exception_ptr error, int code) {
      exit_code_ = error ? exit_failure : code;
      loop_.stop();
      if (error) {
        std::rethrow_exception(error);
      }
    });
    loop_.run([this](const base::Fault& fault) {
      transcript_.fault(fault.reason());
      exit_code_ = exit_failure;
      loop_.stop();
    });
    return exit_code_;
  }

 private:
  static std::vector<client::Transcript::Sink> sinks(std::ostream* save) {
    std::vector<client::Transcript::Sink> sinks{{&std::cout, ::isatty(STDOUT_FILENO) == 1}};
    if (save != nullptr) {
      sinks.push_back({save, false});
    }
    return sinks;
  }

  asio::awaitable<int> work() {
    if (arguments_.serve) {
      int code = co_await work_inside();
      co_return code;
    }
    auto port = serial::connect_port(clock_, *plan_.port);
    if (!port) {
      transcript_.fault(port.error());
      co_return exit_usage;
    }
    client::Conversation conversation(**port, clock_, &transcript_);
    transcript_.note((*port)->address());
    if (!plan_.control.empty()) {
      use_device([this](const std::string& command) { return ask(command); });
    }
    int code = exit_success;
    if (plan_.scripts.empty()) {
      code = co_await talk(conversation);
    }
    for (const client::Script& script : plan_.scripts) {
      int script_code = co_await run_one(conversation, script, false);
      code = std::max(code, script_code);
    }
    sum_up();
    co_return code;
  }

  // Every script has a fresh device.
  asio::awaitable<int> work_inside() {
    std::vector<client::Script> scripts = plan_.scripts;
    if (scripts.empty()) {
      scripts.emplace_back();
    }
    int code = exit_success;
    for (const client::Script& script : scripts) {
      auto device = start_inner_device(loop_, arguments_.serve_options, script.header_map());
      if (!device) {
        transcript_.fault(device.error());
        co_return exit_usage;
      }
      use_device([&device](const std::string& command) { return (*device)->steer(command); });
      client::Conversation conversation((*device)->host_port(), clock_, &transcript_);
      int script_code = exit_success;
      if (plan_.scripts.empty()) {
        script_code = co_await talk(conversation);
      } else {
        script_code = co_await run_one(conversation, script, true);
      }
      code = std::max(code, script_code);
    }
    sum_up();
    co_return code;
  }

  // `$` lines go there, and the question what it knows when a script fails.
  void use_device(Steer steer) {
    device_ = std::move(steer);
    plan_.options.steer = [this](const std::string& command) {
      auto done = device_(command);
      if (done) {
        transcript_.note(fmt::format("$ {}: {}", command, *done));
      }
      return done;
    };
  }

  base::Result<std::string> ask(const std::string& command) {
    auto answer = control::ask(plan_.control, command);
    if (!answer) {
      return answer.error();
    }
    return {boost::system::in_place_value, answer->text};
  }

  // What was waited for did not come: the device may know why.
  void tell_state() {
    auto state = device_ ? device_("state") : base::Result<std::string>(base::Reason());
    if (!state) {
      return;
    }
    transcript_.note("the state of the device:");
    for (std::string_view line : base::split(*state, '\n')) {
      transcript_.note(line);
    }
  }

  void sum_up() {
    if (plan_.scripts.size() > 1) {
      transcript_.note(fmt::format("{} of {} scripts passed", scripts_passed_, plan_.scripts.size()));
    }
  }

  asio::awaitable<int> run_one(client::Conversation& conversation, const client::Script& script, bool fresh) {
    transcript_.note(script.name);
    client::PreparationOptions preparation;
    preparation.fresh_device = fresh;
    preparation.line_end = plan_.options.line_end;
    auto fault = co_await client::prepare(conversation, script, preparation);
    if (fault) {
      transcript_.fault(*fault);
      co_return exit_failure;
    }
    auto result = co_await client::run_script(conversation, script, plan_.options);
    transcript_.result(script, result);
    if (result.failure && result.failure->got.empty()) {
      tell_state();
    }
    scripts_passed_ += result.ok() ? 1 : 0;
    co_return result.ok() ? exit_success : exit_failure;
  }

  asio::awaitable<int> talk(client::Conversation& conversation) {
    client::KeyboardOptions options;
    options.line_end = plan_.options.line_end.value_or(client::LineEnd::crlf);
    options.timeout = plan_.options.timeout.value_or(options.timeout);
    co_await client::send_lines_of(STDIN_FILENO, conversation, options);
    transcript_.flush();
    if (conversation.is_closed()) {
      transcript_.note("the line was closed: " + conversation.close_reason());
      co_return exit_failure;
    }
    co_return exit_success;
  }

  base::Loop loop_;
  base::RealClock clock_{loop_};
  RunArguments arguments_;
  Plan plan_;
  client::Transcript transcript_;
  Steer device_;  ///< Empty: the modem cannot be steered.
  std::size_t scripts_passed_ = 0;
  int exit_code_ = exit_failure;
  base::LoopEnd end_{loop_, clock_};
};

int run(const RunArguments& arguments) {
  Plan plan;
  auto made = make_plan(arguments, plan);
  if (!made) {
    return complain(made.error());
  }
  std::ofstream save;
  if (!arguments.save.empty()) {
    save.open(arguments.save, std::ios::binary | std::ios::trunc);
    if (!save) {
      return complain(usage(fmt::format("{} cannot be written", arguments.save), std::strerror(errno)));
    }
  }
  ScriptSession session(arguments, std::move(plan), save.is_open() ? &save : nullptr);
  return session.run();
}

}  // namespace

Run add_run(CLI::App& command) {
  auto arguments = std::make_shared<RunArguments>();
  command.add_option("SCRIPT", arguments->scripts,
                     "AT scripts, run in order; - reads lines from the keyboard");
  command
      .add_option("--port", arguments->port,
                  "The modem: pty:LINK, tty:DEVICE[@BAUD][,rtscts], tcp:HOST:PORT, unix:PATH")
      ->type_name("SPEC");
  command.add_option("--set", arguments->settings, "Value of the placeholder {NAME}; may be repeated")
      ->type_name("NAME=VALUE")
      ->expected(1)
      ->take_all();
  command
      .add_option("--timeout", arguments->timeout,
                  "How long an expectation waits (10, or what the script says)")
      ->type_name("SECONDS");
  command.add_option("--line-end", arguments->line_end, "What ends a line sent: crlf, cr or lf")
      ->check(CLI::IsMember({"crlf", "cr", "lf"}));
  command.add_option("--control", arguments->control,
                     "State folder or control socket of the virtual device behind --port, for lines with $");
  command.add_option("--save", arguments->save, "Also writes the transcript to this file")->type_name("LOG");
  // CLI11 lets a subcommand alone take all that follows it, whatever it looks like.
  auto serve = std::make_shared<CLI::App>(
      "Instead of --port, last: starts a fresh device inside for each script; "
      "all that follows are options of attache serve",
      "--serve");
  serve->set_help_flag();
  serve->allow_extras();
  command.add_subcommand(serve);
  return [arguments, serve = serve.get()] {
    arguments->serve = serve->parsed();
    arguments->serve_options = serve->remaining();
    return run(*arguments);
  };
}

}  // namespace attache::cli
