#include <fmt/format.h>
#include <sys/resource.h>

#include <CLI/CLI.hpp>
#include <boost/asio/signal_set.hpp>
#include <csignal>
#include <cstdio>
#include <memory>

#include "base/clock.hpp"
#include "base/loop.hpp"
#include "cli/command_line.hpp"
#include "cli/commands.hpp"
#include "cli/complaint.hpp"
#include "cli/device_clock.hpp"
#include "cli/live_events.hpp"
#include "cli/live_steering.hpp"
#include "cli/live_trace.hpp"
#include "cli/live_transcript.hpp"
#include "cli/output.hpp"
#include "cli/serve_options.hpp"
#include "cli/service_manager.hpp"
#include "cli/stop_signals.hpp"
#include "device/device.hpp"
#include "device/supervision.hpp"
#include "net/host_network.hpp"
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

// Opens the ports and tells where they are, one line each.
base::Result<void> open_ports(device::Device& device, base::Clock& clock,
                              const device::DeviceConfig& config) {
  std::vector<serial::PortSpec> specs = config.ports;
  if (specs.empty()) {
    auto spec = serial::default_port_spec();
    if (!spec) {
      return spec.error();
    }
    specs.push_back(*spec);
  }
  for (const serial::PortSpec& spec : specs) {
    auto port = serial::open_port(clock, spec, config.uart);
    if (!port) {
      return port.error();
    }
    // With stdio the host's bytes are on stdout.
    std::FILE* out = spec.kind == serial::PortSpec::Kind::stdio ? stderr : stdout;
    auto said = say(out, fmt::format("ready {}\n", (*port)->address()));
    if (!said) {
      return said.error();
    }
    if (spec.role == serial::PortSpec::Role::at) {
      device.add_at_port(std::move(*port));
    } else {
      device.add_log_port(std::move(*port));
    }
  }
  return {};
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

int serve(const ServeOptions& options) {
  auto config = to_config(options);
  if (!config) {
    return complain(config.error());
  }
  auto log_options = to_log_options(options, config->log_level);
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
  auto clock = make_device_clock(loop, config->manual_clock);
  net::HostNetwork network(*clock);
  base::LoopEnd end(loop, *clock);
  auto transcript = LiveTranscript::open(options, *config, loop);
  if (!transcript) {
    return complain(transcript.error());
  }
  auto events = LiveEvents::open(options, *config, loop);
  if (!events) {
    return complain(events.error());
  }
  auto device = device::Device::create(*config, *clock, network);
  if (!device) {
    return complain(device.error());
  }
  (*device)->add_journal_sink(*sink);
  device::Supervision supervision(loop, *clock, *device);
  asio::signal_set stop(loop);
  add_stop_signals(stop);
  stop_on(stop, supervision);
  asio::signal_set wake(loop, SIGUSR1);
  std::function<void(boost::system::error_code, int)> on_wake = [&](boost::system::error_code error, int) {
    if (!error) {
      (*device)->wake_up();
      wake.async_wait(on_wake);
    }
  };
  wake.async_wait(on_wake);
  (*device)->set_port_end_handler([&] { supervision.stop(); });
  auto steering = LiveSteering::start(options, *config, *clock, *device);
  if (!steering) {
    (*device)->close();
    return complain(steering.error());
  }
  if (auto opened = open_ports(**device, *clock, *config); !opened) {
    (*device)->close();
    return complain(opened.error());
  }
  if (*transcript) {
    (*transcript)->attach(*device);
  }
  if (*events) {
    (*events)->attach(*device);
  }
  auto trace = LiveTrace::attach(*config, loop, *device);
  if (!trace) {
    (*device)->close();
    return complain(trace.error());
  }
  (*device)->start();
  announce("READY=1");
  auto fault = supervision.run();
  announce("STOPPING=1");

  *steering = LiveSteering();
  transcript->reset();
  trace->reset();
  (*device)->close();
  events->reset();
  stop.cancel();
  wake.cancel();
  supervision.drain();
  if (fault) {
    complain(*fault);
    return exit_failure;
  }
  return exit_success;
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
  auto options = std::make_shared<ServeOptions>();
  add_serve_options(command, *options);
  return [options] { return serve(*options); };
}

}  // namespace attache::cli
