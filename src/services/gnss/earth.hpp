#pragma once

#include "services/gnss/trajectory.hpp"

namespace attache::services {

/// Whether it is a place on the Earth, at most 50 km above or below its surface; numbers that are none are
/// not.
bool is_near_earth(const GeoPosition& place);

}  // namespace attache::services
