#include "services/gnss/trajectory.hpp"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <numbers>

#include "services/gnss/earth.hpp"

namespace attache::services {

namespace {

double seconds(base::Duration duration) {
  return std::chrono::duration<double>(duration).count();
}

struct Offset {
  double north = 0;
  double east = 0;
};

Offset between(const GeoPosition& from, const GeoPosition& to) {
  double east = std::remainder(to.longitude - from.longitude, 360) * radians;
  double middle = (from.latitude + to.latitude) / 2 * radians;
  return {(to.latitude - from.latitude) * radians * earth_radius, east * std::cos(middle) * earth_radius};
}

double degrees_clockwise(double north, double east) {
  double degrees = std::atan2(east, north) / radians;
  return degrees < 0 ? degrees + 360 : degrees;
}

Motion on_circle(const GeoPosition& centre, double radius, double speed, double time) {
  double angle = std::fmod(speed * time / radius, 2 * std::numbers::pi);
  Motion motion;
  motion.position = moved(centre, radius * std::cos(angle), radius * std::sin(angle));
  motion.speed = speed;
  motion.heading = std::fmod(angle / radians + 90, 360);
  return motion;
}

Motion on_leg(const TrackPoint& from, const TrackPoint& to, double time, double scale) {
  double length = seconds(to.offset - from.offset);
  double share = length > 0 ? std::clamp((time - seconds(from.offset)) / length, 0.0, 1.0) : 1;
  Offset whole = between(from.position, to.position);
  Motion motion;
  motion.position = moved(from.position, whole.north * share, whole.east * share);
  motion.position.altitude = from.position.altitude + (to.position.altitude - from.position.altitude) * share;
  motion.speed = length > 0 ? std::hypot(whole.north, whole.east) / length * scale : 0;
  motion.heading = degrees_clockwise(whole.north, whole.east);
  return motion;
}

Motion on_track(const Track& track, double time, double scale, bool repeat) {
  double length = seconds(track.back().offset);
  if (repeat && length > 0) {
    time = std::fmod(time, length);
  }
  if (track.size() == 1 || time >= length) {
    Motion rest;
    rest.position = track.back().position;
    return rest;
  }
  auto next = std::upper_bound(track.begin() + 1, track.end() - 1, time,
                               [](double at, const TrackPoint& point) { return at < seconds(point.offset); });
  return on_leg(*(next - 1), *next, time, scale);
}

}  // namespace

GeoPosition moved(const GeoPosition& from, double north, double east) {
  GeoPosition to = from;
  to.latitude = std::clamp(from.latitude + north / earth_radius / radians, -90.0, 90.0);
  double shrink = std::max(std::cos(from.latitude * radians), 1e-6);
  to.longitude = std::remainder(from.longitude + east / (earth_radius * shrink) / radians, 360);
  return to;
}

bool is_near_earth(const GeoPosition& place) {
  constexpr double highest = 50'000;
  return std::abs(place.latitude) <= 90 && std::abs(place.longitude) <= 180 &&
         std::abs(place.altitude) <= highest;
}

std::optional<GeoPosition> parse_position(std::string_view text) {
  GeoPosition place;
  int used = 0;
  std::string words(text);
  int count = std::sscanf(words.c_str(), "%lf ,%lf%n ,%lf%n", &place.latitude, &place.longitude, &used,
                          &place.altitude, &used);
  bool is_place = count >= 2 && static_cast<std::size_t>(used) == text.size() && is_near_earth(place);
  return is_place ? std::optional(place) : std::nullopt;
}

void Trajectory::stay_at(const GeoPosition& place) {
  centre = place;
  radius = 0;
  track.reset();
}

Motion Trajectory::at(base::Duration time) const {
  if (track) {
    return on_track(*track, seconds(time) * time_scale, time_scale, repeat);
  }
  if (radius > 0) {
    return on_circle(centre, radius, speed, seconds(time));
  }
  Motion rest;
  rest.position = centre;
  return rest;
}

}  // namespace attache::services
