#pragma once

#include <numbers>

#include "services/gnss/trajectory.hpp"

namespace attache::services {

inline constexpr double earth_radius = 6'371'008.8;        ///< Metres, mean.
inline constexpr double radians = std::numbers::pi / 180;  ///< One degree.

/// Whether it is a place on the Earth, at most 50 km above or below its surface; numbers that are none are
/// not.
bool is_near_earth(const GeoPosition& place);

}  // namespace attache::services
