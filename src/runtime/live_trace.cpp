#include "runtime/live_trace.hpp"

#include <csignal>

#include "runtime/device_options.hpp"

namespace attache::runtime {

base::Result<void> check_trace(const device::DeviceConfig& config) {
  if (config.trace.file == "-" && uses_stdio(config)) {
    return base::make_reason("the trace cannot be written to stdout",
                             "with --port stdio that is the line to the host", "name a file or a FIFO");
  }
  return {};
}

base::Result<void> begin_trace(trace::Tracing& tracing, const device::DeviceConfig& config) {
  if (config.trace.file.empty()) {
    return {};
  }
  std::signal(SIGPIPE, SIG_IGN);  // A reader that leaves ends the trace, not the program.
  if (config.trace.at_start) {
    if (auto started = tracing.start({}, false); !started) {
      return started.error();
    }
  }
  return {};
}

}  // namespace attache::runtime
