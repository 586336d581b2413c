#include <fmt/format.h>
#include <sys/resource.h>

#include <CLI/CLI.hpp>
#include <boost/asio/signal_set.hpp>
#include <csignal>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/logging.hpp"
#include "base/loop.hpp"
#include "cli/child_command.hpp"
#include "cli/command_line.hpp"
#include "cli/commands.hpp"
#include "cli/complaint.hpp"
#include "cli/output.hpp"
#include "cli/serve_options.hpp"
#include "cli/service_manager.hpp"
#include "cli/stop_signals.hpp"
#include "cli/version.hpp"
#include "device/device.hpp"
#include "device/supervision.hpp"
#include "runtime/hosted_device.hpp"
#include "runtime/live_steering.hpp"
#include "serial/port_spec.hpp"

namespace attache::cli {

namespace {

namespace asio = boost::asio;

// Thousands of devices need as many descriptors as the system allows.
void raise_descriptor_limit() {
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) == 0) {
    limit.rlim_cur = limit.rlim_max;
    setrlimit(RLIMIT_NOFILE, &limit);
  }
}

struct ServeCommand {
  runtime::DeviceOptions device;
  std::vector<std::string> child;
};

// Tells where a port is. With stdio the host's bytes are on stdout, with a command that one's.
base::Result<void> tell_ready(const ServeCommand& command, const serial::PortSpec& spec,
                              const std::string& address) {
  bool is_taken = spec.kind == serial::PortSpec::Kind::stdio || !command.child.empty();
  return say(is_taken ? stderr : stdout, fmt::format("ready {}\n", address));
}

// ATTACHE_PORT, and ATTACHE_PORT_2 … if there are several: what a command finds in its environment.
void add_port(const serial::PortSpec& spec, const std::string& address, ChildCommand::Variables& variables) {
  constexpr std::string_view name = "ATTACHE_PORT";
  if (spec.role != serial::PortSpec::Role::at) {
    return;
  }
  if (!variables.emplace(name, address).second) {
    variables.emplace(fmt::format("{}_{}", name, variables.size() + 1), address);
  }
}

// Whoever does not hear it finds out by other ways: the device goes on.
void announce(std::string_view state) {
  if (auto told = tell_service_manager(state); !told) {
    complain(told.error());
  }
}

// From the first port to the end of the device. Gives the exit code.
int run_device(base::Loop& loop, runtime::HostedDevice& hosted, const device::DeviceConfig& config,
               const ServeCommand& command) {
  device::Device& device = *hosted.device();
  device::Supervision supervision(loop, device.clock(), hosted.device());
  asio::signal_set stop(loop);
  add_stop_signals(stop);
  std::unique_ptr<ChildCommand> child;
  // The first signal ends in order, a second one at once.
  on_each_signal(stop, [&](int number) {
    if (!child || !child->take_stop(number)) {
      supervision.stop();
    }
  });
  asio::signal_set wake(loop, SIGUSR1);
  on_each_signal(wake, [&](int) { device.wake_up(); });
  device.set_port_end_handler([&] { supervision.stop(); });
  ChildCommand::Variables variables;
  auto ready = hosted.open_ports(config, [&](const serial::PortSpec& spec, const std::string& address) {
    add_port(spec, address, variables);
    return tell_ready(command, spec, address);
  });
  if (ready) {
    ready = hosted.start(config, application_name());
  }
  int exit_code = exit_success;
  if (ready && !command.child.empty()) {
    if (std::string socket = runtime::control_socket_of(command.device, config); !socket.empty()) {
      variables.emplace("ATTACHE_DEVICE", std::filesystem::absolute(socket));
    }
    exit_code = exit_failure;  // Until the command has one.
    auto begun = ChildCommand::start(loop, command.child, variables, [&](int code) {
      exit_code = code;
      supervision.stop();
    });
    if (begun) {
      child = std::move(*begun);
    } else {
      ready = begun.error();
    }
  }
  if (!ready) {
    hosted.close();
    return complain(ready.error());
  }
  announce("READY=1");
  auto fault = supervision.run();
  announce("STOPPING=1");
  hosted.close();
  stop.cancel();
  wake.cancel();
  supervision.drain();
  if (fault) {
    complain(*fault);
    return exit_failure;
  }
  return exit_code;
}

base::Reason stdio_is_taken() {
  return base::make_reason("--port stdio cannot be used", "stdin and stdout belong to the command behind --",
                           "take a pseudo terminal or a TCP port: its address is in ATTACHE_PORT");
}

int serve(const ServeCommand& command) {
  const runtime::DeviceOptions& options = command.device;
  auto config = runtime::to_config(options);
  if (!config) {
    return complain(config.error());
  }
  if (!command.child.empty() && runtime::uses_stdio(*config)) {
    return complain(stdio_is_taken());
  }
  auto log_options = runtime::to_log_options(options, config->log_level);
  if (!log_options) {
    return complain(log_options.error());
  }
  auto sink = base::make_log_sink(*log_options);
  if (!sink) {
    return complain(sink.error());
  }
  raise_descriptor_limit();
  std::signal(SIGPIPE, SIG_IGN);

  base::Loop loop;
  auto surroundings = std::make_shared<runtime::Surroundings>(loop, config->manual_clock);
  base::LoopEnd end(loop, *surroundings->clock);
  auto hosted = runtime::HostedDevice::create(surroundings, options, *config, *sink);
  if (!hosted) {
    return complain(hosted.error());
  }
  return run_device(loop, **hosted, *config, command);
}

}  // namespace

Run add_serve(CLI::App& command) {
  describe(command, R"(
attache serve --port pty:/tmp/modem --state /tmp/device --transcript session.at
attache serve --port tcp:127.0.0.1:0 --log-level off -- sh -c 'echo "the modem is at $ATTACHE_PORT"'
)",
           R"(
0  ended by a signal, or by the end of stdin with --port stdio; with a command: its own exit code
1  a fault of the program
2  nothing was tried: bad options, a file or port that cannot be used
)");
  auto given = std::make_shared<ServeCommand>();
  add_serve_options(command, given->device);
  add_child_command(command, given->child);
  return [given] { return serve(*given); };
}

}  // namespace attache::cli
