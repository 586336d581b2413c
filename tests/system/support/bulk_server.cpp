#include "system/support/bulk_server.hpp"

#include <arpa/inet.h>
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <string_view>

namespace attache::system_test {

namespace {

constexpr std::size_t bulk_block = 64UL * 1024;

int listening_socket(int type, std::uint16_t& port) {
  int socket = ::socket(AF_INET, type | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  EXPECT_EQ(::bind(socket, reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
  socklen_t size = sizeof address;
  EXPECT_EQ(::getsockname(socket, reinterpret_cast<sockaddr*>(&address), &size), 0);
  port = ntohs(address.sin_port);
  if (type == SOCK_STREAM) {
    EXPECT_EQ(::listen(socket, 4), 0);
  }
  return socket;
}

constexpr std::uint64_t empty_sum = 14695981039346656037U;  // FNV-1a …

std::uint64_t add_to_sum(std::uint64_t sum, char byte) {
  constexpr std::uint64_t prime = 1099511628211U;
  return (sum ^ static_cast<unsigned char>(byte)) * prime;
}

std::string shown_sum(std::uint64_t sum) {
  return fmt::format("{:016x}", sum);
}

}  // namespace

char bulk_byte(std::uint64_t place) {
  return static_cast<char>((place * 2654435761U) >> 13U);
}

std::string bulk_sum(std::uint64_t size, std::uint64_t first) {
  std::uint64_t sum = empty_sum;
  for (std::uint64_t i = 0; i < size; ++i) {
    sum = add_to_sum(sum, bulk_byte(first + i));
  }
  return shown_sum(sum);
}

BulkServer::BulkServer(Does does, std::uint64_t size, std::uint64_t first)
    : socket_(listening_socket(SOCK_STREAM, port_)), sum_(empty_sum), thread_([this, does, size, first] {
        int client = ::accept(socket_, nullptr, nullptr);
        does == Does::give ? give(client, size, first) : take(client);
        ::close(client);
      }) {}

BulkServer::~BulkServer() {
  ::shutdown(socket_, SHUT_RDWR);
  if (thread_.joinable()) {
    thread_.join();
  }
  ::close(socket_);
}

std::string BulkServer::taken_sum() {
  thread_.join();
  return shown_sum(sum_);
}

void BulkServer::give(int client, std::uint64_t size, std::uint64_t first) {
  std::string buffer(bulk_block, '\0');
  while (given_ < size) {
    std::uint64_t piece = std::min<std::uint64_t>(bulk_block, size - given_);
    for (std::uint64_t i = 0; i < piece; ++i) {
      buffer[i] = bulk_byte(first + given_ + i);
    }
    ssize_t sent = ::send(client, buffer.data(), piece, MSG_NOSIGNAL);
    if (sent <= 0) {
      return;
    }
    given_ += static_cast<std::uint64_t>(sent);
  }
}

void BulkServer::take(int client) {
  std::string buffer(bulk_block, '\0');
  ssize_t size = 0;
  while ((size = ::recv(client, buffer.data(), buffer.size(), 0)) > 0) {
    for (char byte : std::string_view(buffer).substr(0, static_cast<std::size_t>(size))) {
      sum_ = add_to_sum(sum_, byte);
    }
  }
}

EchoOfOne::EchoOfOne(const std::string& greeting)
    : socket_(listening_socket(SOCK_DGRAM, port_)), thread_([this, greeting] {
        std::array<char, 1500> buffer{};
        sockaddr_in from{};
        socklen_t length = sizeof from;
        auto* place = reinterpret_cast<sockaddr*>(&from);
        ssize_t size = ::recvfrom(socket_, buffer.data(), buffer.size(), 0, place, &length);
        if (size > 0) {
          std::string answer = greeting + std::string(buffer.data(), static_cast<std::size_t>(size));
          ::sendto(socket_, answer.data(), answer.size(), 0, place, length);
        }
      }) {}

EchoOfOne::~EchoOfOne() {
  ::shutdown(socket_, SHUT_RDWR);
  thread_.join();
  ::close(socket_);
}

}  // namespace attache::system_test
