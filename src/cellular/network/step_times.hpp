#pragma once

#include <chrono>
#include <cstdint>

#include "base/random.hpp"
#include "cellular/timing.hpp"

namespace attache::cellular {

/// Between which limits a step of the device takes (reference nrf91-modem/timings.md).
struct Span {
  base::Duration least{};
  base::Duration most{};
};

/// How often a modem that roams looks for its home network (3GPP 23.122, 4.4.3.3.1).
inline constexpr std::chrono::minutes home_search_period(60);

/// What the IPv6 address of a PDN connection takes after the IPv4 address (reference nrf91-modem/timings.md).
inline constexpr std::chrono::milliseconds ipv6_resolution(400);

/// Draws how long steps take: evenly between their limits, by the seed of the device; nothing at instant
/// timing.
class StepTimes {
 public:
  /// The timing must outlive it.
  StepTimes(const Timing& timing, std::uint64_t seed) : timing_(timing), random_(seed) {}

  /// In time of the clock, scaled by the timing. Each call draws anew.
  base::Duration draw(const Span& span) {
    if (timing_.speed <= 0) {
      return base::Duration::zero();
    }
    auto width = static_cast<double>((span.most - span.least).count());
    base::Duration drawn(static_cast<base::Duration::rep>(width * random_.fraction()));
    return step_duration(timing_, span.least + drawn);
  }

 private:
  const Timing& timing_;
  base::Random random_;
};

}  // namespace attache::cellular
