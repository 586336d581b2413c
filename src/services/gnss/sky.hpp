#pragma once

#include <vector>

#include "base/clock.hpp"
#include "services/gnss/trajectory.hpp"

namespace attache::services {

/// A GPS satellite above the horizon.
struct Satellite {
  int number = 0;        ///< PRN
  double elevation = 0;  ///< Degrees.
  double azimuth = 0;    ///< Degrees from north, clockwise.
};

/// The satellites above `mask` degrees at a place and time, the highest first. The constellation is a model
/// of 30 satellites in six planes on GPS orbits: the geometry is that of GPS, the numbers are not today's.
std::vector<Satellite> satellites_above(const GeoPosition& place, base::WallTime time, double mask = 5);

/// What the geometry of satellites makes of the receiver's error.
struct Dilution {
  static constexpr double unknown = 99.99;

  double position = unknown;
  double horizontal = unknown;
  double vertical = unknown;
};

/// Unknown with fewer than four satellites.
Dilution dilution_of(const std::vector<Satellite>& satellites);

}  // namespace attache::services
