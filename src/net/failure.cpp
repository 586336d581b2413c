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

std::string to_string(base::Duration duration) {
  auto milliseconds = std::chrono::duration_cast<std::chrono::milliseconds>(duration).count();
  return milliseconds % 1000 == 0 ? fmt::format("{} s", milliseconds / 1000)
                                  : fmt::format("{} ms", milliseconds);
}

}  // namespace attache::net
