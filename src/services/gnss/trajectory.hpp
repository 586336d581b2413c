#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.hpp"
#include "base/result.hpp"

namespace attache::services {

/// A place: degrees north and east, metres above WGS-84.
struct GeoPosition {
  double latitude = 0;
  double longitude = 0;
  double altitude = 0;
};

/// "latitude,longitude" or "latitude,longitude,altitude" in degrees and metres; nothing if it is malformed or
/// no place near the Earth.
std::optional<GeoPosition> parse_position(std::string_view text);

/// Where something is, and how it moves.
struct Motion {
  GeoPosition position;
  double speed = 0;    ///< m/s over ground.
  double heading = 0;  ///< Degrees from north, clockwise.
};

/// One point of a recorded way.
struct TrackPoint {
  base::Duration offset{};  ///< Since the first point.
  GeoPosition position;
};

/// A recorded way; never empty.
using Track = std::vector<TrackPoint>;

/// Reads a GPX document: the points of its tracks, else of its routes, else its way points. Points without a
/// time follow each other at walking pace (5 km/h). The reason says what is wrong and where.
base::Result<Track> read_gpx(std::string_view text);
/// The same from a file of 64 MiB at most; `where` of the reason begins with its path.
base::Result<Track> read_gpx_file(const std::string& path);

/// The way of a device: one place, a circle around it, or a track. Time is that since the device's start.
struct Trajectory {
  GeoPosition centre{52.520008, 13.404954, 34};
  double radius = 0;                   ///< Metres; above 0 = a circle around the centre, clockwise.
  double speed = 5 / 3.6;              ///< m/s on the circle.
  std::shared_ptr<const Track> track;  ///< Takes the place of centre and circle.
  double time_scale = 1;               ///< The track goes so many times faster than it was recorded.
  bool repeat = false;                 ///< Begins anew at its end, else stays there.

  /// Place and movement at that time, which may be any: the same time gives the same answer.
  [[nodiscard]] Motion at(base::Duration time) const;
  /// Ends all movement.
  void stay_at(const GeoPosition& place);
};

/// The place `north` and `east` metres away; good for some kilometres.
GeoPosition moved(const GeoPosition& from, double north, double east);

}  // namespace attache::services
