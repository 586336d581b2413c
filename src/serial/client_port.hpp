#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <cstdint>
#include <memory>
#include <string>

#include "base/clock.hpp"
#include "base/result.hpp"
#include "serial/port.hpp"

namespace attache::serial {

/// The host's side of a PTY: opens the terminal at `link` and sets it raw. A link whose device has gone,
/// though its target may exist again for another program, is refused.
base::Result<std::unique_ptr<Port>> connect_pty_port(asio::io_context& context, const std::string& link);

/// A TCP client with TCP_NODELAY: tries all addresses of the host, each for 5 s at most, during which it
/// blocks. The port ends when the server closes the connection.
base::Result<std::unique_ptr<Port>> connect_tcp_port(asio::io_context& context, const std::string& host,
                                                     std::uint16_t port);

/// The same without blocking, except to look a name up. Suspends until it is connected or cannot be.
asio::awaitable<base::Result<std::unique_ptr<Port>>> reconnect_tcp_port(base::Clock& clock, std::string host,
                                                                        std::uint16_t port);

/// A client of a unix socket. The port ends when the server closes the connection.
base::Result<std::unique_ptr<Port>> connect_unix_port(asio::io_context& context, const std::string& path);

}  // namespace attache::serial
