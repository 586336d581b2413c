#pragma once

#include <algorithm>
#include <chrono>

#include "base/clock.hpp"

namespace attache::client {

/// How long to wait for what a modem says, unless the user or the script knows better. `speed` is how many
/// times faster than a real one its steps are; 0 = they take no time.
///
/// The longest step of a real modem is the search on all bands, which takes about two minutes.
inline base::Duration usual_limit(double speed) {
  constexpr base::Duration shortest = std::chrono::seconds(10);
  constexpr auto real = std::chrono::seconds(180);
  return speed <= 0 ? shortest : std::max(shortest, std::chrono::duration_cast<base::Duration>(real / speed));
}

/// How long to wait for the registration, for which a modem may have to search more than once.
inline base::Duration registration_limit(double speed) {
  constexpr base::Duration shortest = std::chrono::seconds(120);
  return std::max(shortest, 2 * usual_limit(speed));
}

}  // namespace attache::client
