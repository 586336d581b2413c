#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <cstdint>
#include <filesystem>

namespace attache::system_test {

/// A listening socket on a port of the loopback that the kernel has chosen.
class Listener {
 public:
  explicit Listener(const char* address = "127.0.0.1")
      : acceptor_(context_, {boost::asio::ip::make_address(address), 0}) {}

  [[nodiscard]] std::uint16_t port() const { return acceptor_.local_endpoint().port(); }
  [[nodiscard]] int descriptor() { return acceptor_.native_handle(); }

 private:
  boost::asio::io_context context_;
  boost::asio::ip::tcp::acceptor acceptor_;
};

inline bool has_ipv6_loopback() {
  try {
    Listener listener("::1");
    return true;
  } catch (const boost::system::system_error&) {
    return false;
  }
}

inline bool has_ptys() {
  return std::filesystem::exists("/dev/ptmx") && std::filesystem::exists("/dev/pts");
}

}  // namespace attache::system_test
