#pragma once

#include <memory>
#include <string>
#include <vector>

#include "base/clock.hpp"

namespace attache::net {

class Resolver;
class TlsContexts;

/// What all devices of one thread share of the network of this machine: the loop and clock, the DNS channels
/// (one per list of servers) and the TLS contexts (one per set of credentials and cipher suites). All are
/// made at first use. Outlives the bearers made on it; the clock outlives it.
class HostNetwork {
 public:
  explicit HostNetwork(base::Clock& clock);
  ~HostNetwork();
  HostNetwork(const HostNetwork&) = delete;
  HostNetwork& operator=(const HostNetwork&) = delete;

  [[nodiscard]] base::Clock& clock() { return clock_; }
  [[nodiscard]] base::asio::io_context& context() { return clock_.context(); }

  /// The resolver that asks these servers ("address" or "address:port"); empty = those of the system.
  [[nodiscard]] Resolver& resolver(const std::vector<std::string>& dns_servers);
  /// The contexts of all devices of this thread: equal credentials are read once.
  [[nodiscard]] TlsContexts& tls_contexts();

 private:
  struct Parts;

  base::Clock& clock_;
  std::unique_ptr<Parts> parts_;
};

}  // namespace attache::net
