#include "conformance/counterparts.hpp"

#include <fmt/format.h>

#include <array>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/ip/udp.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <string>
#include <string_view>
#include <utility>

namespace attache::conformance {

namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using asio::ip::udp;

constexpr auto as_result = asio::as_tuple(asio::use_awaitable);

std::size_t content_length(std::string_view head) {
  constexpr std::string_view name = "Content-Length: ";
  std::size_t at = head.find(name);
  return at == std::string_view::npos ? 0 : std::stoul(std::string(head.substr(at + name.size())));
}

asio::awaitable<void> answer_requests(tcp::socket client) {
  std::string input;
  while (true) {
    auto [cut_short, size] =
        co_await asio::async_read_until(client, asio::dynamic_buffer(input), "\r\n\r\n", as_result);
    if (cut_short) {
      co_return;
    }
    std::string head = input.substr(0, size);
    input.erase(0, size);
    std::size_t length = content_length(head);
    if (input.size() < length) {
      auto [lost, more] = co_await asio::async_read(
          client, asio::dynamic_buffer(input), asio::transfer_at_least(length - input.size()), as_result);
      if (lost) {
        co_return;
      }
    }
    std::string body = head.starts_with("GET ") ? "hello" : input.substr(0, length);
    input.erase(0, length);
    std::string answer = fmt::format("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n{}", body.size(), body);
    co_await asio::async_write(client, asio::buffer(answer), as_result);
  }
}

}  // namespace

asio::awaitable<void> echo_once(tcp::acceptor acceptor) {
  while (true) {
    auto [refused, client] = co_await acceptor.async_accept(as_result);
    if (refused) {
      co_return;
    }
    std::array<char, 4096> buffer{};
    auto [lost, size] = co_await client.async_read_some(asio::buffer(buffer), as_result);
    if (!lost) {
      co_await asio::async_write(client, asio::buffer(buffer.data(), size), as_result);
    }
  }
}

asio::awaitable<void> serve_http(tcp::acceptor acceptor) {
  while (true) {
    auto [refused, client] = co_await acceptor.async_accept(as_result);
    if (refused) {
      co_return;
    }
    asio::co_spawn(acceptor.get_executor(), answer_requests(std::move(client)), asio::detached);
  }
}

asio::awaitable<void> greet_by_datagrams(base::Clock& clock, std::uint16_t port) {
  udp::socket socket(clock.context(), udp::endpoint(asio::ip::address_v4::loopback(), 0));
  udp::endpoint device(asio::ip::address_v4::loopback(), port);
  std::array<char, 64> buffer{};
  while (socket.available() == 0) {
    co_await socket.async_send_to(asio::buffer("Hello", 5), device, as_result);
    co_await clock.sleep_for(std::chrono::seconds(1));
  }
  co_await socket.async_receive(asio::buffer(buffer), as_result);
}

}  // namespace attache::conformance
