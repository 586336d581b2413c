#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <stdexcept>
#include <vector>

namespace attache::bench {

/// What is read and written at once.
inline constexpr std::size_t block = 64 * 1024;

/// A socket of this machine on a port that the kernel has chosen.
class Socket {
 public:
  explicit Socket(int type) : descriptor_(::socket(AF_INET, type | SOCK_CLOEXEC, 0)) {
    address_.sin_family = AF_INET;
    address_.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address_;
    auto* address = reinterpret_cast<sockaddr*>(&address_);
    if (::bind(descriptor_, address, size) != 0 || ::getsockname(descriptor_, address, &size) != 0) {
      throw std::runtime_error("no free port on 127.0.0.1");
    }
  }
  Socket(const Socket&) = delete;
  Socket& operator=(const Socket&) = delete;
  ~Socket() { ::close(descriptor_); }

  [[nodiscard]] int descriptor() const { return descriptor_; }
  [[nodiscard]] std::uint16_t port() const { return ntohs(address_.sin_port); }

 private:
  int descriptor_;
  sockaddr_in address_{};
};

/// The peer's end of one TCP connection.
class Peer {
 public:
  explicit Peer(const Socket& listener) : descriptor_(::accept(listener.descriptor(), nullptr, nullptr)) {
    if (descriptor_ < 0) {
      throw std::runtime_error("nobody connected");
    }
  }
  Peer(const Peer&) = delete;
  Peer& operator=(const Peer&) = delete;
  ~Peer() { ::close(descriptor_); }

  void read_all(std::size_t count) const {
    std::vector<char> buffer(block);
    while (count > 0) {
      ssize_t size = ::recv(descriptor_, buffer.data(), buffer.size(), 0);
      if (size <= 0) {
        throw std::runtime_error("the connection ended too early");
      }
      count -= std::min(count, static_cast<std::size_t>(size));
    }
  }

  void write_all(std::size_t count) const {
    std::vector<char> buffer(block, 'x');
    while (count > 0) {
      ssize_t size = ::send(descriptor_, buffer.data(), std::min(count, buffer.size()), MSG_NOSIGNAL);
      if (size <= 0) {
        throw std::runtime_error("the connection ended too early");
      }
      count -= static_cast<std::size_t>(size);
    }
  }

 private:
  int descriptor_;
};

}  // namespace attache::bench
