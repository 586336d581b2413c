#include <fmt/format.h>

#include <boost/system/system_error.hpp>

#include "base/posix/port_failure.hpp"
#include "serial/client_port.hpp"
#include "serial/paced_port.hpp"
#include "serial/port_spec.hpp"
#include "serial/pty_port.hpp"
#include "serial/server_port.hpp"
#include "serial/stream_port.hpp"
#include "serial/uart_port.hpp"

namespace attache::serial {

namespace {

using PortResult = base::Result<std::unique_ptr<Port>>;

PortResult open_unpaced(base::Clock& clock, const PortSpec& spec, std::uint32_t baud) {
  switch (spec.kind) {
    case PortSpec::Kind::pty:
      return open_pty_port(clock.context(), spec.target);
    case PortSpec::Kind::tty:
      return open_uart_port(clock.context(), spec.target, baud, spec.rtscts);
    case PortSpec::Kind::tcp:
      return open_tcp_port(clock, spec.target, spec.port);
    case PortSpec::Kind::unix_socket:
      return open_unix_port(clock, spec.target);
    case PortSpec::Kind::stdio:
      break;
  }
  return open_stdio_port(clock.context());
}

PortResult connect_unpaced(base::Clock& clock, const PortSpec& spec, std::uint32_t baud) {
  switch (spec.kind) {
    case PortSpec::Kind::pty:
      return connect_pty_port(clock.context(), spec.target);
    case PortSpec::Kind::tty:
      return open_uart_port(clock.context(), spec.target, baud, spec.rtscts);
    case PortSpec::Kind::tcp:
      return connect_tcp_port(clock.context(), spec.target, spec.port);
    case PortSpec::Kind::unix_socket:
      return connect_unix_port(clock.context(), spec.target);
    case PortSpec::Kind::stdio:
      break;
  }
  return open_stdio_port(clock.context());
}

// The loop refuses a descriptor when the system's limit of watches is reached.
template <class Open>
PortResult watched(const PortSpec& spec, Open open) {
  try {
    return open();
  } catch (const boost::system::system_error& error) {
    return base::port_failure(spec.target.empty() ? "stdio" : spec.target,
                              fmt::format("it cannot be watched: {}", error.code().message()));
  }
}

}  // namespace

PortResult open_port(base::Clock& clock, const PortSpec& spec, const PortOptions& options) {
  std::uint32_t baud = spec.baud.value_or(options.baud);
  auto port = watched(spec, [&] { return open_unpaced(clock, spec, baud); });
  if (!port || spec.kind == PortSpec::Kind::tty) {
    return port;  // A real UART has its own pace.
  }
  if (spec.baud || options.pace) {
    return make_paced_port(clock, std::move(*port), baud);
  }
  (void)(*port)->set_baud(baud);
  return port;
}

PortResult connect_port(base::Clock& clock, const PortSpec& spec) {
  std::uint32_t baud = spec.baud.value_or(PortOptions{}.baud);
  return watched(spec, [&] { return connect_unpaced(clock, spec, baud); });
}

}  // namespace attache::serial
