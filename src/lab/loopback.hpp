#pragma once

#include <fmt/format.h>

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ip/v6_only.hpp>
#include <cstdint>
#include <type_traits>
#include <vector>

#include "base/result.hpp"

namespace attache::lab {

namespace asio = boost::asio;

/// True if something can be bound to ::1.
bool machine_has_ipv6_loopback(asio::io_context& context);

/// Why `service` cannot have `port` of `address`, and what to do.
base::Reason bind_reason(std::string_view service, const asio::ip::address& address, std::uint16_t port,
                         boost::system::error_code error);

/// Opens and binds `socket` to a loopback address, for one address family only.
template <class Socket>
void bind_one(Socket& socket, const typename Socket::protocol_type::endpoint& endpoint,
              boost::system::error_code& error) {
  socket.open(endpoint.protocol(), error);
  if (!error && endpoint.address().is_v6()) {
    socket.set_option(asio::ip::v6_only(true), error);
  }
  if constexpr (std::is_same_v<Socket, asio::ip::tcp::acceptor>) {
    if (!error) {
      socket.set_option(asio::socket_base::reuse_address(true), error);
    }
  }
  if (!error) {
    socket.bind(endpoint, error);
  }
}

/// Sockets (or acceptors) bound to the same port of 127.0.0.1 and, if `ipv6`, of ::1. Port 0 = any that is
/// free for both.
/// The reason names service, address and port.
template <class Socket>
base::Result<std::vector<Socket>> bind_loopback(asio::io_context& context, std::string_view service,
                                                std::uint16_t port, bool ipv6) {
  using Endpoint = typename Socket::protocol_type::endpoint;
  constexpr int tries = 100;
  const asio::ip::address v4 = asio::ip::address_v4::loopback();
  const asio::ip::address v6 = asio::ip::address_v6::loopback();
  boost::system::error_code error;
  for (int i = 0; i < tries; ++i) {
    std::vector<Socket> sockets;
    bind_one(sockets.emplace_back(context), Endpoint(v4, port), error);
    if (error) {
      return bind_reason(service, v4, port, error);
    }
    const auto chosen = sockets.front().local_endpoint().port();
    if (!ipv6) {
      return sockets;
    }
    bind_one(sockets.emplace_back(context), Endpoint(v6, chosen), error);
    if (!error) {
      return sockets;
    }
    if (port != 0 || error != asio::error::address_in_use) {
      return bind_reason(service, v6, chosen, error);
    }
  }
  return bind_reason(service, v6, port, error);
}

}  // namespace attache::lab
