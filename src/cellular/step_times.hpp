#pragma once

#include <cstdint>

#include "base/random.hpp"
#include "cellular/timing.hpp"

namespace attache::cellular {

/// Between which limits a step of the device takes (reference nrf91-modem/timings.md).
struct Span {
  base::Duration least{};
  base::Duration most{};
};

/// Draws how long steps take: evenly between their limits, by the seed of the device; nothing at instant
/// timing.
class StepTimes {
 public:
  /// The timing must outlive it.
  StepTimes(const Timing& timing, std::uint64_t seed) : timing_(timing), random_(seed) {}

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
