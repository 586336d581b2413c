#pragma once

#include <cstdint>
#include <functional>
#include <optional>

#include "base/clock.hpp"
#include "cellular/pdn.hpp"

namespace attache::cellular {

/// What the radio does to user data: how fast it is now, and whether it has to wake first. One thread only.
class UserPlane {
 public:
  enum class Direction { up, down };

  struct Quality {
    base::Duration delay{};           ///< One way.
    std::uint64_t uplink_rate = 0;    ///< bit/s; 0 = not limited.
    std::uint64_t downlink_rate = 0;  ///< The same.
    double loss = 0;                  ///< The share of packets that do not arrive, 0 … 1.

    bool operator==(const Quality&) const = default;
  };

  virtual ~UserPlane() = default;

  /// The radio link as it is now.
  [[nodiscard]] virtual Quality link_quality() const = 0;

  /// Data wants to pass: up, it wakes the radio (service request, RRC connection); either way it starts the
  /// inactivity timer anew. Returns from when on it may pass, or nothing while it cannot (no coverage; down:
  /// the device sleeps in PSM): then ask again when the link has changed. Called for every piece of data, so
  /// it is cheap while the radio is awake.
  virtual std::optional<base::Time> request_passage(Direction direction) = 0;

  /// Calls `handler` after each change of the quality and each time that data may pass again.
  [[nodiscard]] virtual Subscription subscribe_to_link(std::function<void()> handler) = 0;
};

}  // namespace attache::cellular
