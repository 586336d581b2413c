#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>

#include "base/clock.hpp"
#include "modem/pdn.hpp"

namespace attache::modem {

/// What a sender tells the modem about what comes next (SO_RAI).
enum class ReleaseAssistance {
  none,
  no_more,       ///< Nothing more: release now.
  last,          ///< The next send is the last.
  one_response,  ///< After this one answer is expected.
  ongoing,       ///< More will follow.
  wait_more,     ///< More will come from the network.
};

/// How the radio carries traffic at present. At instant timing it takes no time and has no limit.
struct LinkQuality {
  base::Duration delay{};           ///< One way, beyond that of the Internet.
  std::uint64_t uplink_rate = 0;    ///< bit/s; 0 = not limited.
  std::uint64_t downlink_rate = 0;  ///< bit/s; 0 = not limited.
};

/// The radio as sockets see it (reference nrf91-modem/state-machine.md, "Sockets per state"): traffic wakes a
/// sleeping modem and keeps the radio connection; without coverage it has to wait. One thread only.
class RadioLink {
 public:
  enum class Verdict {
    passes,        ///< After `wait`.
    no_pdn,        ///< The context is not active: ENETDOWN.
    no_coverage,   ///< Stalls: ask again when the link changes; in the end ETIMEDOUT.
    asleep,        ///< Downlink only: PSM. What arrives is lost or kept by the network.
    rate_limited,  ///< APN rate control of the network: ECANCELED.
  };
  struct Clearance {
    Verdict verdict = Verdict::passes;
    base::Duration wait{};  ///< Radio set-up, or until the modem can be paged.
  };

  virtual ~RadioLink() = default;

  /// A piece of `bytes` of a socket on context `cid` wants to leave. Call once for each piece.
  virtual Clearance send(int cid, std::size_t bytes,
                         ReleaseAssistance assistance = ReleaseAssistance::none) = 0;
  /// A piece of `bytes` has arrived in the network for a socket on context `cid`.
  virtual Clearance receive(int cid, std::size_t bytes) = 0;

  /// Sockets on context `cid` neither send nor await anything more for now (SO_RAI, `no_more`).
  virtual void release(int cid) { static_cast<void>(cid); }

  /// What was let pass is on the air until then: the radio connection stays so long, and its time of
  /// inactivity begins after it.
  virtual void carry_until(base::Time end) = 0;

  /// As of now; ask again when subscribe_link() tells of a change. Nothing is limited at instant timing.
  [[nodiscard]] virtual LinkQuality quality() const = 0;

  /// Calls `handler` whenever traffic that had to wait may try again, or the quality may have changed.
  [[nodiscard]] virtual Subscription subscribe_link(std::function<void()> handler) = 0;
};

}  // namespace attache::modem
