#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ip/udp.hpp>

namespace attache::lab {

namespace asio = boost::asio;

/// Sends back what comes until the peer closes its side, then closes. Throws when cancelled.
asio::awaitable<void> echo_stream(asio::ip::tcp::socket socket);

/// Reads and forgets until the peer leaves; never writes. Throws when cancelled.
asio::awaitable<void> never_answer(asio::ip::tcp::socket socket);

/// Sends every datagram back to where it came from. Throws when cancelled.
asio::awaitable<void> echo_datagrams(asio::ip::udp::socket socket);

}  // namespace attache::lab
