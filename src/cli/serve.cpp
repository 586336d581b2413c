#include <fmt/format.h>
#include <sys/resource.h>

#include <CLI/CLI.hpp>
#include <boost/asio/signal_set.hpp>
#include <csignal>
#include <cstdio>
#include <memory>
#include <string>

#include "base/logging.hpp"
#include "base/loop.hpp"
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

// Tells where a port is.
base::Result<void> tell_ready(const serial::PortSpec& spec, const std::string& address) {
  // With stdio the host's bytes are on stdout.
  std::FILE* out = spec.kind == serial::PortSpec::Kind::stdio ? stderr : stdout;
  return say(out, fmt::format("ready {}\n", address));
}

// The first signal ends in order, a second one at once.
void stop_on(asio::signal_set& signals, device::Supervision& supervision) {
  signals.async_wait([&](boost::system::error_code error, int) {
    if (!error) {
      stop_on(signals, supervision);
      supervision.stop();
    }
  });
}

// Whoever does not hear it finds out by other ways: the device goes on.
void announce(std::string_view state) {
  if (auto told = tell_service_manager(state); !told) {
    complain(told.error());
  }
}

// Pulls the wake-up pin at each signal.
void wake_on(asio::signal_set& signals, device::Device& device) {
  signals.async_wait([&](boost::system::error_code error, int) {
    if (!error) {
      device.wake_up();
      wake_on(signals, device);
    }
  });
}

// From the first port to the end of the device. Gives the exit code.
int run_device(base::Loop& loop, runtime::HostedDevice& hosted, const device::DeviceConfig& config) {
  device::Device& device = *hosted.device();
  device::Supervision supervision(loop, device.clock(), hosted.device());
  asio::signal_set stop(loop);
  add_stop_signals(stop);
  stop_on(stop, supervision);
  asio::signal_set wake(loop, SIGUSR1);
  wake_on(wake, device);
  device.set_port_end_handler([&] { supervision.stop(); });
  auto ready = hosted.open_ports(config, tell_ready);
  if (ready) {
    ready = hosted.start(config, application_name());
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
  return exit_success;
}

int serve(const runtime::DeviceOptions& options) {
  auto config = runtime::to_config(options);
  if (!config) {
    return complain(config.error());
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
  return run_device(loop, **hosted, *config);
}

}  // namespace

Run add_serve(CLI::App& command) {
  describe(command, R"(
attache serve --port pty:/tmp/modem --state /tmp/device --transcript session.at
)",
           R"(
0  ended by a signal, or by the end of stdin with --port stdio
1  a fault of the program
2  nothing was tried: bad options, a file or port that cannot be used
)");
  auto options = std::make_shared<runtime::DeviceOptions>();
  add_serve_options(command, *options);
  return [options] { return serve(*options); };
}

}  // namespace attache::cli
