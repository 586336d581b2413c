#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/time.h>

#include <boost/asio/ip/udp.hpp>
#include <random>
#include <string>

#include "lab/running_lab.hpp"

namespace attache::lab {
namespace {

using asio::ip::udp;

/// Random bytes, mixed with what the parsers look for so that they get further than the first byte.
std::string noise(std::mt19937& generator) {
  static constexpr std::array<std::string_view, 16> words{"GET ",
                                                          "POST /echo",
                                                          " HTTP/1.1\r\n",
                                                          "Host: lab\r\n",
                                                          "\r\n\r\n",
                                                          "Content-Length: 99999999999999\r\n",
                                                          "/bytes/",
                                                          "9999999999",
                                                          "\r\n",
                                                          "Transfer-Encoding: chunked\r\n",
                                                          "fffffffff\r\n",
                                                          "\x16\x03\x01",
                                                          "\x16\x03\x03\x40",
                                                          "Expect: 100-continue\r\n",
                                                          "Connection: keep-alive\r\n",
                                                          "PUT /put"};
  std::string bytes;
  for (auto parts = 1 + generator() % 8; parts > 0; --parts) {
    if (generator() % 2 == 0) {
      bytes += words[generator() % words.size()];
    } else {
      for (auto count = generator() % 200; count > 0; --count) {
        bytes += static_cast<char>(generator());
      }
    }
  }
  return bytes;
}

/// Sends, perhaps reads a little, and leaves: politely, or with a reset.
void bother(std::uint16_t port, std::mt19937& generator) {
  error_code ignored;
  Client client(port);
  const auto bytes = noise(generator);
  asio::write(client.socket(), asio::buffer(bytes), ignored);
  const auto manner = generator() % 3;
  if (manner == 0) {
    client.socket().set_option(asio::socket_base::linger(true, 0), ignored);
  } else if (manner == 1) {
    client.socket().shutdown(tcp::socket::shutdown_send, ignored);
    client.receive(generator() % 100000);
  }
}

TEST(LabWithHostileClients, GoesOnServingTheOthers) {
  const RunningLab lab;
  std::mt19937 generator(1);
  for (int round = 0; round < 60; ++round) {
    for (const auto& service : services()) {
      if (service.transport == "tcp" && service.name != "refused") {
        bother(lab->port(service.name), generator);
      }
    }
    ASSERT_EQ(body_of(exchange(lab->port("http"), get_request("/hello"))), "hello") << "round " << round;
  }
}

TEST(LabWithHostileClients, EchoesDatagramsAfterSendersThatAreGone) {
  const RunningLab lab;
  asio::io_context context;
  const udp::endpoint server(asio::ip::address_v4::loopback(), lab->port("udp-echo"));
  // Bound before the others, so that it gets none of their ports and with it their echoes.
  udp::socket socket(context, udp::v4());
  socket.connect(server);
  std::mt19937 generator(2);
  for (int i = 0; i < 100; ++i) {
    udp::socket gone(context, udp::v4());
    gone.send_to(asio::buffer(noise(generator)), server);
  }
  // The server's buffer may be full of theirs: a datagram may be lost, the service must not be.
  constexpr timeval patience{1, 0};
  ::setsockopt(socket.native_handle(), SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
  char byte = 0;
  boost::system::error_code error = asio::error::would_block;
  for (int attempt = 0; attempt < 30 && error; ++attempt) {
    socket.send(asio::buffer("x", 1));
    error.clear();
    if (::recv(socket.native_handle(), &byte, 1, 0) < 0) {
      error.assign(errno, boost::system::system_category());
    }
  }
  EXPECT_FALSE(error) << error.message();
  EXPECT_EQ(byte, 'x');
}

}  // namespace
}  // namespace attache::lab
