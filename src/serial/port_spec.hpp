#pragma once

#include <boost/asio/io_context.hpp>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/clock.hpp"
#include "base/result.hpp"
#include "serial/port.hpp"

namespace attache::serial {

/// A parsed port SPEC of the command line or configuration:
/// `pty:LINK`, `tty:DEVICE[@BAUD][,rtscts]`, `tcp:HOST:PORT[@BAUD]`, `unix:PATH[@BAUD]`, `stdio`.
struct PortSpec {
  enum class Kind { pty, tty, tcp, unix_socket, stdio };
  enum class Role { at, log };

  Kind kind = Kind::pty;
  Role role = Role::at;
  std::string target;                 ///< Path, device or host; empty for stdio. IPv6 hosts without brackets.
  std::uint16_t port = 0;             ///< TCP only; 0 = any free one.
  std::optional<std::uint32_t> baud;  ///< Given with @BAUD: the port is paced (PTY, TCP, unix) or set (tty).
  bool rtscts = false;                ///< tty only.
  /// The UART of the chip that it stands for (0 or 2): which of them carries AT decides the role.
  std::optional<unsigned> uart{};
};

/// Reads `[at=|log=|uart0=|uart2=]SPEC`. The reason names what is wrong, the column in `text`, and the known
/// kinds.
base::Result<PortSpec> parse_port_spec(std::string_view text);

/// How the device's side of a line behaves.
struct PortOptions {
  bool pace = false;            ///< `[uart] pace = true`: bytes flow at the line rate in both directions.
  std::uint32_t baud = 115200;  ///< The rate at start unless the SPEC names one.
};

/// Opens the device's side: makes the PTY and its link, listens, takes the UART exclusively.
base::Result<std::unique_ptr<Port>> open_port(base::Clock& clock, const PortSpec& spec,
                                              const PortOptions& options = {});

/// Opens the host's side of an existing line: a PTY link or UART device, a TCP or unix server, as `run` does.
base::Result<std::unique_ptr<Port>> connect_port(base::Clock& clock, const PortSpec& spec);

/// The SPEC used without `--port`: a PTY at `$XDG_RUNTIME_DIR/attache/modem`, else `/tmp/attache-UID/modem`.
/// Makes the folder with mode 0700 and refuses one that belongs to somebody else.
base::Result<PortSpec> default_port_spec();

}  // namespace attache::serial
