#pragma once

#include <cstdint>
#include <optional>

#include "net/bearer.hpp"

namespace attache::net {

/// What a secured stream or datagram socket can tell of its connection, and who wraps one passes on.
class Secured {
 public:
  virtual ~Secured() = default;
  /// IANA's number of the cipher suite; nothing if the connection is not secured after all.
  [[nodiscard]] virtual std::optional<std::uint16_t> cipher_suite() const = 0;
};

/// The cipher suite of a Stream or DatagramSocket; nothing if it is plain.
template <class Connection>
[[nodiscard]] std::optional<std::uint16_t> cipher_suite_of(const Connection& connection) {
  const auto* secured = dynamic_cast<const Secured*>(&connection);
  return secured != nullptr ? secured->cipher_suite() : std::nullopt;
}

}  // namespace attache::net
