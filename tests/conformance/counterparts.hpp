#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <cstdint>

#include "base/clock.hpp"

namespace attache::conformance {

// Counterparts of transcripts that the lab has not, all on this machine. Each runs until its loop ends.

/// `tcp-oneshot`: of each client the first bytes are sent back, then the connection is closed.
boost::asio::awaitable<void> echo_once(boost::asio::ip::tcp::acceptor acceptor);

/// `http-server` and `http-echo`: answers GET with the body "hello", everything else with the body that came,
/// and keeps connections. Chunked bodies are not known.
boost::asio::awaitable<void> serve_http(boost::asio::ip::tcp::acceptor acceptor);

/// `http-echo` of Serial Modem: the paths that svc-httpc.at asks for.
boost::asio::awaitable<void> serve_http_paths(boost::asio::ip::tcp::acceptor acceptor, base::Clock& clock);

/// `http-fota`: /app.bin, an image of the application that takes about three seconds; /text.bin, which is
/// none; and nothing else.
boost::asio::awaitable<void> serve_firmware(boost::asio::ip::tcp::acceptor acceptor, base::Clock& clock);

/// `udp-client`: sends "Hello" from its own port to the device's each second until a datagram comes back.
boost::asio::awaitable<void> greet_by_datagrams(base::Clock& clock, std::uint16_t own_port,
                                                std::uint16_t port);

}  // namespace attache::conformance
