#include "runtime/live_trace.hpp"

#include <csignal>
#include <utility>

#include "runtime/device_options.hpp"

namespace attache::runtime {

LiveTrace::LiveTrace(const device::DeviceConfig& config, base::Clock& timer,
                     const std::shared_ptr<device::Device>& device, std::string application)
    : device_(device), tracing_(*device, timer, config.trace, std::move(application)) {}

base::Result<void> LiveTrace::check(const device::DeviceConfig& config) {
  if (config.trace.file == "-" && uses_stdio(config)) {
    return base::make_reason("the trace cannot be written to stdout",
                             "with --port stdio that is the line to the host", "name a file or a FIFO");
  }
  return {};
}

base::Result<std::unique_ptr<LiveTrace>> LiveTrace::attach(const device::DeviceConfig& config,
                                                           base::Clock& timer,
                                                           const std::shared_ptr<device::Device>& device,
                                                           std::string application) {
  using Attached = base::Result<std::unique_ptr<LiveTrace>>;
  std::unique_ptr<LiveTrace> trace(new LiveTrace(config, timer, device, std::move(application)));
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

}  // namespace attache::runtime
