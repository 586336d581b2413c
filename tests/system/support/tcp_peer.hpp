#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstdint>
#include <stdexcept>
#include <string>

#include "system/support/line_client.hpp"
#include "system/support/loopback.hpp"

namespace attache::system_test {

/// A TCP server of this machine with one client: the device.
class TcpPeer {
 public:
  [[nodiscard]] std::uint16_t port() const { return listener_.port(); }

  /// Waits for the device's connection and gives it.
  [[nodiscard]] LineClient accept() { return LineClient(accept_descriptor()); }
  /// The same as a blocking descriptor, which the caller closes.
  [[nodiscard]] int accept_descriptor() {
    pollfd readable{listener_.descriptor(), POLLIN, 0};
    int count = ::poll(&readable, 1, static_cast<int>(std::chrono::milliseconds(patience).count()));
    int descriptor = count == 1 ? ::accept(listener_.descriptor(), nullptr, nullptr) : -1;
    if (descriptor < 0) {
      throw std::runtime_error("the device did not connect");
    }
    return descriptor;
  }

 private:
  Listener listener_;
};

/// A UDP socket on a port of the loopback that the kernel has chosen.
class UdpPeer {
 public:
  UdpPeer() : descriptor_(::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in address = loopback(0);
    ::bind(descriptor_, reinterpret_cast<sockaddr*>(&address), sizeof address);
  }
  UdpPeer(const UdpPeer&) = delete;
  UdpPeer& operator=(const UdpPeer&) = delete;
  ~UdpPeer() { ::close(descriptor_); }

  [[nodiscard]] std::uint16_t port() const {
    sockaddr_in address{};
    socklen_t size = sizeof address;
    ::getsockname(descriptor_, reinterpret_cast<sockaddr*>(&address), &size);
    return ntohs(address.sin_port);
  }

  void send_to(std::uint16_t port, const std::string& bytes) const {
    sockaddr_in address = loopback(port);
    ::sendto(descriptor_, bytes.data(), bytes.size(), 0, reinterpret_cast<sockaddr*>(&address),
             sizeof address);
  }

  /// The next datagram; throws if none comes within the patience.
  [[nodiscard]] std::string receive() const {
    pollfd readable{descriptor_, POLLIN, 0};
    if (::poll(&readable, 1, static_cast<int>(std::chrono::milliseconds(patience).count())) != 1) {
      throw std::runtime_error("no datagram came");
    }
    std::string bytes(65536, '\0');
    ssize_t count = ::recv(descriptor_, bytes.data(), bytes.size(), 0);
    bytes.resize(static_cast<std::size_t>(count));
    return bytes;
  }

 private:
  static sockaddr_in loopback(std::uint16_t port) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    return address;
  }

  int descriptor_;
};

/// A port of the loopback that was free a moment ago.
inline std::uint16_t free_port() {
  return Listener().port();
}

}  // namespace attache::system_test
