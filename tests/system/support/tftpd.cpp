#include "system/support/tftpd.hpp"

#include <fmt/format.h>
#include <sys/time.h>
#include <unistd.h>

#include <array>
#include <boost/asio/buffer.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/udp.hpp>
#include <chrono>
#include <filesystem>
#include <stdexcept>
#include <vector>

namespace attache::system_test {

namespace {

using boost::asio::ip::udp;

std::uint16_t free_udp_port() {
  boost::asio::io_context context;
  udp::socket probe(context, udp::endpoint(boost::asio::ip::address_v4::loopback(), 0));
  return probe.local_endpoint().port();
}

// It says nothing when it is ready; a file that is not there is answered with an error.
bool answers(std::uint16_t port) {
  boost::asio::io_context context;
  udp::socket socket(context, udp::endpoint(boost::asio::ip::address_v4::loopback(), 0));
  timeval patience_of_one{.tv_sec = 0, .tv_usec = 50'000};
  ::setsockopt(socket.native_handle(), SOL_SOCKET, SO_RCVTIMEO, &patience_of_one, sizeof(patience_of_one));
  constexpr std::string_view request("\0\1no-such-file\0octet\0", 21);
  boost::system::error_code error;
  socket.send_to(boost::asio::buffer(request), {boost::asio::ip::address_v4::loopback(), port}, 0, error);
  std::array<char, 512> answer{};
  return ::recv(socket.native_handle(), answer.data(), answer.size(), 0) > 0;
}

}  // namespace

Tftpd::Tftpd(const std::string& program) {
  std::filesystem::permissions(folder_ / "", std::filesystem::perms::all);
  for (int attempts = 5; attempts > 0; --attempts) {
    port_ = free_udp_port();
    process_.emplace(std::vector<std::string>{program, "--foreground", "--listen", "--ipv4", "--address",
                                              fmt::format("127.0.0.1:{}", port_), "--create", "--secure",
                                              folder_ / ""});
    for (auto end = std::chrono::steady_clock::now() + patience; std::chrono::steady_clock::now() < end;) {
      if (answers(port_)) {
        return;
      }
      if (!process_->errors().empty()) {
        break;
      }
    }
  }
  throw std::runtime_error("in.tftpd did not start:\n" + process_->errors());
}

std::optional<std::string> Tftpd::obstacle() {
  if (!find_program("in.tftpd")) {
    return "tftpd-hpa is not installed";
  }
  if (::geteuid() != 0) {
    return "in.tftpd can be started by root only";
  }
  return std::nullopt;
}

}  // namespace attache::system_test
