#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "base/clock.hpp"
#include "base/result.hpp"
#include "serial/port.hpp"

namespace attache::serial {

/// Listens on a TCP port (0 = any free one; address() names the real one) and serves one client at a time,
/// with TCP_NODELAY. A further client is told so in a line of text and turned away. When a client goes, what
/// it had sent is still read, and the port waits for the next.
base::Result<std::unique_ptr<Port>> open_tcp_port(base::Clock& clock, const std::string& host,
                                                  std::uint16_t port);

/// The same on a unix socket, which only this user may open. A lock on `path`.lock tells whether the socket
/// is alive; one left behind is replaced, anything else at `path` is left alone and is an error.
base::Result<std::unique_ptr<Port>> open_unix_port(base::Clock& clock, const std::string& path);

}  // namespace attache::serial
