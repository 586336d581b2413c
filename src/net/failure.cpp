#include "net/failure.hpp"

#include <fmt/format.h>

namespace attache::net {

std::string to_string(const Endpoint& endpoint) {
  std::string address = endpoint.address.to_string();
  return endpoint.address.is_v6() ? fmt::format("[{}]:{}", address, endpoint.port)
                                  : fmt::format("{}:{}", address, endpoint.port);
}

std::string_view name(Family family) {
  return family == Family::ipv4 ? "IPv4" : "IPv6";
}

Failure too_large(const Endpoint& to, std::size_t size) {
  return make_failure(
      Errno::message_size, fmt::format("sending a datagram to {} failed", to_string(to)),
      fmt::format("It has {} bytes; {} is the most.", size, largest_datagram(family_of(to.address))),
      "Send the data in smaller pieces.");
}

Failure not_connected() {
  return make_failure(Errno::not_connected, "sending a datagram failed",
                      "The socket is not connected, so there is no peer to send to.",
                      "Connect the socket first, or name the receiver.");
}

std::string to_string(base::Duration duration) {
  auto milliseconds = std::chrono::duration_cast<std::chrono::milliseconds>(duration).count();
  return milliseconds % 1000 == 0 ? fmt::format("{} s", milliseconds / 1000)
                                  : fmt::format("{} ms", milliseconds);
}

}  // namespace attache::net
