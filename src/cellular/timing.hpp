#pragma once

#include "base/clock.hpp"
#include "cellular/simulation_options.hpp"

namespace attache::cellular {

/// How long a progress step (UICC start, search, attach, detach, command) takes: none at instant timing.
inline base::Duration step_duration(const Timing& timing, base::Duration nominal) {
  return timing.speed <= 0 ? base::Duration::zero()
                           : std::chrono::duration_cast<base::Duration>(nominal / timing.speed);
}

/// How long a period or back-off (RRC inactivity, T3324, T3411, periodic search) takes: in full at instant
/// timing.
inline base::Duration period_duration(const Timing& timing, base::Duration nominal) {
  return timing.speed <= 0 ? nominal : std::chrono::duration_cast<base::Duration>(nominal / timing.speed);
}

}  // namespace attache::cellular
