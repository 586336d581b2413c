#include "cli/live_trace.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <csignal>

#include "cli/commit.hpp"

namespace attache::cli {

namespace {

bool speaks_on_stdout(const device::DeviceConfig& config) {
  return std::any_of(config.ports.begin(), config.ports.end(),
                     [](const serial::PortSpec& spec) { return spec.kind == serial::PortSpec::Kind::stdio; });
}

}  // namespace

LiveTrace::LiveTrace(const device::DeviceConfig& config, boost::asio::io_context& context,
                     const std::shared_ptr<device::Device>& device)
    : clock_(context),
      device_(device),
      tracing_(*device, clock_, config.trace, fmt::format("Attaché {}", version)) {}

base::Result<std::unique_ptr<LiveTrace>> LiveTrace::attach(const device::DeviceConfig& config,
                                                           boost::asio::io_context& context,
                                                           const std::shared_ptr<device::Device>& device) {
  using Attached = base::Result<std::unique_ptr<LiveTrace>>;
  if (config.trace.file == "-" && speaks_on_stdout(config)) {
    return base::make_reason("the trace cannot be written to stdout",
                             "with --port stdio that is the line to the host", "name a file or a FIFO");
  }
  std::unique_ptr<LiveTrace> trace(new LiveTrace(config, context, device));
  if (!config.trace.file.empty()) {
    std::signal(SIGPIPE, SIG_IGN);  // A reader that leaves ends the trace, not the program.
  }
  if (!config.trace.file.empty() && config.trace.at_start) {
    if (auto started = trace->tracing_.start({}, false); !started) {
      return started.error();
    }
  }
  return Attached(std::move(trace));
}

}  // namespace attache::cli
