#pragma once

#include <cstddef>
#include <optional>

#include "base/clock.hpp"

namespace attache::serial::cmux {

/// What a multiplexer does wrong on purpose, so that hosts can be tried on it. Each frame that is not as it
/// would have been is said in the log.
struct FaultOrders {
  bool loses_ua = false;          ///< UA frames are not sent.
  bool doubles_ua = false;        ///< UA frames are sent twice.
  base::Duration ua_delay{};      ///< UA frames come so late.
  base::Duration status_delay{};  ///< MSC messages come so late.
  base::Duration delay{};         ///< All that is sent comes so late.
  bool wrong_check = false;       ///< The check sequence of all that is sent is wrong.
  base::Duration octet_gap{};     ///< Each octet is sent for itself, with this between them; zero: not so.
  /// Information fields of this many octets at most are sent, whatever N1 is: N1 does not match.
  std::optional<std::size_t> frame_size{};
  /// A host that closes a channel or the multiplexer finds that the device does so at the same moment.
  bool closes_too = false;
  /// After so many frames none of this holds any more; nothing = until it is changed.
  std::optional<std::size_t> times{};

  /// Something is ordered: frames may differ from what they would be.
  [[nodiscard]] bool are_any() const;
  /// A frame is not as it would have been.
  void spend();

  friend bool operator==(const FaultOrders&, const FaultOrders&) = default;
};

}  // namespace attache::serial::cmux
