#pragma once

#include <array>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <cstdint>
#include <string>

#include "base/clock.hpp"

namespace attache::conformance {

/// The counterpart `tcp-client` of a transcript: connects to the port of this machine as soon as somebody
/// listens, sends "Hello", closes when it has got "bye".
inline boost::asio::awaitable<void> greet_the_device(base::Clock& clock, std::uint16_t port) {
  namespace asio = boost::asio;
  constexpr auto as_result = asio::as_tuple(asio::use_awaitable);
  constexpr auto pause = std::chrono::milliseconds(20);
  asio::ip::tcp::endpoint device(asio::ip::address_v4::loopback(), port);
  asio::ip::tcp::socket socket(clock.context());
  while (true) {
    auto [refused] = co_await socket.async_connect(device, as_result);
    if (!refused) {
      break;
    }
    socket = asio::ip::tcp::socket(clock.context());
    co_await clock.sleep_for(pause);
  }
  co_await asio::async_write(socket, asio::buffer("Hello", 5), as_result);
  std::string received;
  while (!received.ends_with("bye")) {
    std::array<char, 64> buffer{};
    auto [error, size] = co_await socket.async_read_some(asio::buffer(buffer), as_result);
    if (error) {
      co_return;
    }
    received.append(buffer.data(), size);
  }
}

}  // namespace attache::conformance
