#include "cli/run_plan.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "cli/command_line.hpp"
#include "cli/inner_device.hpp"
#include "client/script_folder.hpp"
#include "client/script_headers.hpp"
#include "client/time_limits.hpp"
#include "control/control_client.hpp"
#include "device/steering/steering.hpp"

namespace attache::cli {

namespace {

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
  options.line_end = client::line_end_named(arguments.line_end);
  return {};
}

base::Result<void> read_port(const RunArguments& arguments, RunPlan& plan) {
  if (arguments.serve != arguments.port.empty()) {
    return usage("The command line cannot be read", "a modem is named by either --port PORT or --serve",
                 "For example: attache run session.at --port pty:/tmp/modem");
  }
  if (!arguments.serve) {
    auto spec = serial::parse_port_spec(arguments.port);
    if (!spec) {
      return spec.error();
    }
    plan.port = std::move(*spec);
    return {};
  }
  auto options = read_serve_options(arguments.serve_options);
  if (!options) {
    return options.error();
  }
  plan.inner_options = std::move(*options);
  return {};
}

// How fast the modem is, as far as one can know: 0 = instant.
base::Result<double> speed_of_modem(const RunPlan& plan) {
  if (plan.port) {
    return plan.port->kind == serial::PortSpec::Kind::tty ? 1.0 : 0.0;
  }
  auto config = runtime::to_config(*plan.inner_options);
  if (!config) {
    return config.error();
  }
  return config->simulation.timing.speed;
}

// What is not said follows from how long a modem takes for its longest step.
base::Result<void> set_limits(RunPlan& plan) {
  auto speed = speed_of_modem(plan);
  if (!speed) {
    return speed.error();
  }
  plan.options.usual_timeout = client::usual_limit(*speed);
  plan.preparation.timeout = client::usual_limit(*speed);
  plan.preparation.registration_timeout = client::registration_limit(*speed);
  plan.preparation.line_end = plan.options.line_end;
  return {};
}

base::Result<void> read_script(const std::string& file, RunPlan& plan) {
  auto script = client::read_script_file(file, plan.options.values);
  if (!script) {
    return script.error();
  }
  auto checked = client::check_placeholders(*script, plan.options.values);
  if (!checked) {
    return checked.error();
  }
  plan.scripts.push_back(std::move(*script));
  return {};
}

base::Result<void> read_scripts(const RunArguments& arguments, RunPlan& plan) {
  if (arguments.scripts.empty()) {
    return usage("The command line cannot be read", "no script is named",
                 "Name one or more SCRIPT.at, or - for the keyboard.");
  }
  bool is_report_asked = arguments.quiet || !arguments.junit.empty() || !arguments.json.empty();
  if (arguments.scripts == std::vector<std::string>{"-"}) {
    return is_report_asked ? usage("The command line cannot be read",
                                   "--quiet, --junit and --json tell of scripts, not of what is typed")
                           : base::Result<void>();
  }
  for (const std::string& path : arguments.scripts) {
    auto files = client::find_scripts(path);
    if (!files) {
      return files.error();
    }
    for (const std::string& file : *files) {
      if (auto read = read_script(file, plan); !read) {
        return read.error();
      }
    }
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

base::Result<void> read_control(const RunArguments& arguments, RunPlan& plan) {
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

}  // namespace

base::Result<void> make_plan(const RunArguments& arguments, RunPlan& plan) {
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
  if (read) {
    read = set_limits(plan);
  }
  return read;
}

}  // namespace attache::cli
