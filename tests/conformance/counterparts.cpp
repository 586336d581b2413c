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
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "lab/firmware_file.hpp"

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

/// A request as it came.
struct Asked {
  std::string head;
  std::string body;
};

// Nothing once the client has gone.
asio::awaitable<std::optional<Asked>> read_request(tcp::socket& client, std::string& input) {
  auto [cut_short, size] =
      co_await asio::async_read_until(client, asio::dynamic_buffer(input), "\r\n\r\n", as_result);
  if (cut_short) {
    co_return std::nullopt;
  }
  Asked asked;
  asked.head = input.substr(0, size);
  input.erase(0, size);
  std::size_t length = content_length(asked.head);
  if (input.size() < length) {
    auto [lost, more] = co_await asio::async_read(client, asio::dynamic_buffer(input),
                                                  asio::transfer_at_least(length - input.size()), as_result);
    if (lost) {
      co_return std::nullopt;
    }
  }
  asked.body = input.substr(0, length);
  input.erase(0, length);
  co_return asked;
}

std::string whole_answer(std::string_view status, std::string_view fields, std::string_view body) {
  return fmt::format("HTTP/1.1 {}\r\nContent-Length: {}\r\n{}\r\n{}", status, body.size(), fields, body);
}

std::string_view path_of(std::string_view head) {
  std::size_t begin = head.find(' ') + 1;
  return head.substr(begin, head.find(' ', begin) - begin);
}

std::string answer_to(const Asked& asked) {
  constexpr std::string_view greeting = "Hello World!";
  std::string_view path = path_of(asked.head);
  if (path == "/hello") {
    std::string answer = whole_answer("200 OK", "", greeting);
    return asked.head.starts_with("HEAD ") ? answer.substr(0, answer.size() - greeting.size()) : answer;
  }
  if (path == "/post") {
    return whole_answer("200 OK", "", asked.body);
  }
  if (path == "/close") {
    return whole_answer("200 OK", "Connection: close\r\n", greeting);
  }
  if (path == "/chunked") {
    return fmt::format("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nc\r\n{}\r\n0\r\n\r\n", greeting);
  }
  return whole_answer("404 Not Found", "", "not found");
}

asio::awaitable<void> answer_paths(tcp::socket client, base::Clock& clock) {
  std::string input;
  while (auto asked = co_await read_request(client, input)) {
    std::string_view path = path_of(asked->head);
    if (path == "/slow") {
      co_await clock.sleep_for(std::chrono::seconds(20));
    }
    std::string answer = answer_to(*asked);
    co_await asio::async_write(client, asio::buffer(answer), as_result);
    if (path == "/close") {
      co_return;
    }
  }
}

// In fragments as the device asks for them, or the whole; each piece takes its time.
asio::awaitable<void> answer_firmware(tcp::socket client, base::Clock& clock) {
  constexpr std::size_t piece = 2048;
  std::string image = lab::make_firmware_file({.major = 9, .body_size = 40'000});
  std::string input;
  while (auto asked = co_await read_request(client, input)) {
    std::string_view path = path_of(asked->head);
    std::string answer = path == "/app.bin"    ? whole_answer("200 OK", "", image)
                         : path == "/text.bin" ? whole_answer("200 OK", "", "no image at all")
                                               : whole_answer("404 Not Found", "", "not found");
    for (std::size_t at = 0; at < answer.size(); at += piece) {
      std::string part = answer.substr(at, piece);
      auto [lost, size] = co_await asio::async_write(client, asio::buffer(part), as_result);
      if (lost) {
        co_return;
      }
      co_await clock.sleep_for(std::chrono::milliseconds(150));
    }
  }
}

asio::awaitable<void> answer_requests(tcp::socket client) {
  std::string input;
  while (auto asked = co_await read_request(client, input)) {
    std::string body = asked->head.starts_with("GET ") ? "hello" : asked->body;
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

asio::awaitable<void> serve_http_paths(tcp::acceptor acceptor, base::Clock& clock) {
  while (true) {
    auto [refused, client] = co_await acceptor.async_accept(as_result);
    if (refused) {
      co_return;
    }
    asio::co_spawn(acceptor.get_executor(), answer_paths(std::move(client), clock), asio::detached);
  }
}

asio::awaitable<void> serve_firmware(tcp::acceptor acceptor, base::Clock& clock) {
  while (true) {
    auto [refused, client] = co_await acceptor.async_accept(as_result);
    if (refused) {
      co_return;
    }
    asio::co_spawn(acceptor.get_executor(), answer_firmware(std::move(client), clock), asio::detached);
  }
}

asio::awaitable<void> greet_by_datagrams(base::Clock& clock, std::uint16_t own_port, std::uint16_t port) {
  udp::socket socket(clock.context(), udp::v4());
  socket.set_option(udp::socket::reuse_address(true));  // The one for a device before may not have ended yet.
  socket.bind({asio::ip::address_v4::loopback(), own_port});
  udp::endpoint device(asio::ip::address_v4::loopback(), port);
  std::array<char, 64> buffer{};
  while (socket.available() == 0) {
    co_await socket.async_send_to(asio::buffer("Hello", 5), device, as_result);
    co_await clock.sleep_for(std::chrono::seconds(1));
  }
  co_await socket.async_receive(asio::buffer(buffer), as_result);
}

}  // namespace attache::conformance
