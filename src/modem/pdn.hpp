#pragma once

#include <boost/asio/ip/address_v4.hpp>
#include <boost/asio/ip/address_v6.hpp>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "base/cause.hpp"

namespace attache::modem {

/// What the network gave an active PDN connection.
struct PdnConnection {
  int cid = 0;
  std::string apn;
  std::optional<boost::asio::ip::address_v4> ipv4;
  std::optional<boost::asio::ip::address_v6> ipv6;
  std::uint16_t mtu = 1500;
};

/// Why something is not there, and what brings it about: sentences for a reader.
struct Obstacle {
  std::string why;     ///< Empty = nothing is in the way.
  std::string advice;  ///< What to do, or what comes by itself and when. May be empty.
  base::Cause cause = base::Cause::none;
};

/// Keeps a handler registered while it lives.
using Subscription = std::shared_ptr<void>;

/// The packet data connections of the modem. One thread only.
class Pdn {
 public:
  virtual ~Pdn() = default;

  /// The connection of a context (0 = the default one), or nothing while it is down.
  [[nodiscard]] virtual std::optional<PdnConnection> connection(int cid) const = 0;

  /// In words, why there is no connection now: "CFUN is 4 (flight mode)", "SIM PIN not given", "searching".
  /// Empty while the default connection is up.
  [[nodiscard]] virtual std::string why_down() const = 0;

  /// What to do about it, after its cause: "Give it with AT+CPIN="<PIN>".", or that it comes up by itself,
  /// and when. Empty while the default connection is up.
  [[nodiscard]] virtual std::string way_up() const = 0;

  /// What lies behind it, where that is known; none while the default connection is up.
  [[nodiscard]] virtual base::Cause cause_down() const { return base::Cause::none; }

  /// Calls `handler` each time a context comes up (true) or goes down (false), after the change.
  [[nodiscard]] virtual Subscription subscribe(std::function<void(int cid, bool up)> handler) = 0;
};

}  // namespace attache::modem
