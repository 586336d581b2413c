#pragma once

#include <cstdint>

#include "base/clock.hpp"

namespace attache::trace {

/// The time of a packet: `units` of if_tsresol `resolution` (a power of ten, or with its highest bit set a
/// power of two) after `offset` seconds (if_tsoffset). What lies outside of the range of WallTime is the
/// nearest time that lies in it.
base::WallTime wall_time(std::uint64_t units, std::uint8_t resolution, std::int64_t offset);

}  // namespace attache::trace
