#pragma once

#include <string>
#include <utility>

#include "net/bearer.hpp"

namespace attache::net {

/// What mostly lies behind an error of a socket.
[[nodiscard]] base::Cause usual_cause(Errno code);

/// A failure with its reason in words; what lies behind it is what mostly does.
[[nodiscard]] inline Failure make_failure(Errno code, std::string what, std::string why,
                                          std::string advice = {}) {
  return {code, base::make_reason(usual_cause(code), std::move(what), std::move(why), std::move(advice))};
}
/// The same for who knows better.
[[nodiscard]] inline Failure make_failure(base::Cause cause, Errno code, std::string what, std::string why,
                                          std::string advice = {}) {
  return {code, base::make_reason(cause, std::move(what), std::move(why), std::move(advice))};
}

/// "192.0.2.1:443", "[2001:db8::1]:443".
[[nodiscard]] std::string to_string(const Endpoint& endpoint);

/// "IPv4" or "IPv6".
[[nodiscard]] std::string_view name(Family family);

/// The family of an address; an IPv4 address mapped into IPv6 is IPv6.
[[nodiscard]] inline Family family_of(const Address& address) {
  return address.is_v4() ? Family::ipv4 : Family::ipv6;
}

/// The most bytes of a UDP datagram: what the length fields of IPv4 (with its header) and of UDP allow.
[[nodiscard]] constexpr std::size_t largest_datagram(Family family) {
  return family == Family::ipv4 ? 65507 : 65527;
}

/// EMSGSIZE of a larger one.
[[nodiscard]] Failure too_large(const Endpoint& to, std::size_t size);

/// ENOTCONN of a datagram socket without a peer.
[[nodiscard]] Failure not_connected();

/// "10 s", "1500 ms": whole seconds where they are.
[[nodiscard]] std::string to_string(base::Duration duration);

}  // namespace attache::net
