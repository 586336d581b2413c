#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.hpp"
#include "net/bearer.hpp"
#include "net/link.hpp"

namespace attache::net {

/// One `[[route]]`: where connections to a name or address really go.
struct Route {
  enum class Kind { address, unreachable, refused, blackhole };

  std::string from_host;                   ///< "google.com", "*.example.com", "*", or an address literal.
  std::optional<std::uint16_t> from_port;  ///< Nothing = any.
  Kind kind = Kind::address;
  std::string to_host;  ///< With Kind::address: an address literal or a name of this machine.
  std::optional<std::uint16_t> to_port;  ///< Nothing = the port that was asked for.
  std::optional<Family> family;          ///< Nothing = both families exist for the name.
};

/// One `[[listen]]`: where this machine's clients reach a port the device listens on.
struct ListenRule {
  std::uint16_t device_port = 0;
  Address host_address;
  std::uint16_t host_port = 0;  ///< 0 = any free one, reported in the log.
};

/// What carries the IP packets of a device's host (PPP) on this machine.
enum class PacketNetworkKind {
  slirp,  ///< libslirp: sockets of this user, no privileges.
  tun     ///< A TUN device, given or made.
};

/// What lies between the device and the real network of this machine.
struct NetworkOptions {
  /// Tells the device from others of this process (its IMEI, say): the same key gets the same 127.x.y.z to
  /// listen on without a ListenRule.
  std::string device_key;
  std::vector<std::string> dns_servers;  ///< "address" or "address:port"; empty = those of the system.
  base::Duration connect_timeout = std::chrono::seconds(60);  ///< TCP and TLS handshake together.
  bool refuse_unrouted = false;                               ///< `default_route = "refused"`: sealed CI.
  std::vector<Route> routes;
  std::vector<ListenRule> listens;
  PacketNetworkKind packets = PacketNetworkKind::slirp;  ///< `[network] packets`.
  std::string tun_device = "attache%d";                  ///< `[network] tun`: with PacketNetworkKind::tun.
  LinkOptions link;                            ///< What lies between device and network at the start.
  std::uint64_t seed = 0;                      ///< Of the losses of the link.
  std::string firmware = "mfw_nrf9160_1.3.5";  ///< Decides the TLS cipher suites (tls.md).
  bool tls_failure_is_refused = true;  ///< ECONNREFUSED 111 (modem library ≥ 1.1.0), else EOPNOTSUPP 95.
};

}  // namespace attache::net
