#include "lab/echo.hpp"

#include <array>
#include <boost/asio/buffer.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <vector>

namespace attache::lab {

namespace {

using asio::ip::tcp;
using asio::ip::udp;
using boost::system::error_code;

constexpr std::size_t stream_piece = 16 * 1024;
constexpr std::size_t longest_datagram = 65536;

}  // namespace

asio::awaitable<void> echo_stream(tcp::socket socket) {
  std::vector<char> piece(stream_piece);
  error_code error;
  while (!error) {
    const auto size = co_await socket.async_read_some(asio::buffer(piece),
                                                      asio::redirect_error(asio::use_awaitable, error));
    co_await asio::async_write(socket, asio::buffer(piece.data(), size), asio::use_awaitable);
  }
}

asio::awaitable<void> never_answer(tcp::socket socket) {
  std::array<char, 1024> forgotten{};
  error_code error;
  while (!error) {
    co_await socket.async_read_some(asio::buffer(forgotten),
                                    asio::redirect_error(asio::use_awaitable, error));
  }
}

asio::awaitable<void> echo_datagrams(udp::socket socket) {
  std::vector<char> datagram(longest_datagram);
  const auto itself = socket.local_endpoint();
  for (;;) {
    udp::endpoint sender;
    error_code error;  // A datagram that cannot be received or sent is lost, as datagrams are.
    const auto size = co_await socket.async_receive_from(asio::buffer(datagram), sender,
                                                         asio::redirect_error(asio::use_awaitable, error));
    if (!error && sender != itself) {
      co_await socket.async_send_to(asio::buffer(datagram.data(), size), sender,
                                    asio::redirect_error(asio::use_awaitable, error));
    }
  }
}

}  // namespace attache::lab
