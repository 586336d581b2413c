#pragma once

#include <boost/asio/ip/tcp.hpp>
#include <memory>
#include <optional>

#include "base/clock.hpp"
#include "net/bearer.hpp"
#include "net/lifeline.hpp"

namespace attache::net {

/// Connects a TCP socket of this machine to `target`. `device` and `peer` are what the device sees as its own
/// and the peer's endpoint (the port of `device` is that of the socket). Fails with ETIMEDOUT at `deadline`.
asio::awaitable<NetResult<std::unique_ptr<Stream>>> connect_host_stream(base::Clock& clock,
                                                                        std::shared_ptr<Lifeline> line,
                                                                        Endpoint target, Address device,
                                                                        Endpoint peer, base::Time deadline);

/// The stream over a connected socket (an accepted one).
std::unique_ptr<Stream> make_host_stream(base::Clock& clock, std::shared_ptr<Lifeline> line,
                                         asio::ip::tcp::socket socket, Endpoint device, Endpoint peer);

}  // namespace attache::net
