#include <fmt/format.h>

#include <array>
#include <cmath>
#include <cstring>
#include <fstream>
#include <iterator>
#include <optional>
#include <pugixml.hpp>
#include <sstream>
#include <utility>

#include "base/utc_time.hpp"
#include "services/gnss/earth.hpp"
#include "services/gnss/trajectory.hpp"

namespace attache::services {

namespace {

constexpr std::size_t largest_file = 64U * 1024 * 1024;
constexpr std::size_t most_points = 1'000'000;
constexpr double walking_pace = 5 / 3.6;
constexpr double metres_per_degree = 111195;

using Seconds = std::chrono::duration<double>;
constexpr Seconds longest = std::chrono::years(10);

base::Reason unreadable(std::string why, std::string advice = {}) {
  return base::make_reason("the GPX track cannot be used", std::move(why), std::move(advice));
}

double distance(const GeoPosition& from, const GeoPosition& to) {
  double north = to.latitude - from.latitude;
  double east =
      std::remainder(to.longitude - from.longitude, 360) * std::cos(from.latitude * 3.14159265358979 / 180);
  return std::hypot(north, east) * metres_per_degree;
}

/// Makes a track of points as they come.
class TrackBuilder {
 public:
  std::optional<base::Reason> add(const pugi::xml_node& node) {
    TrackPoint point;
    point.position.latitude = node.attribute("lat").as_double(NAN);
    point.position.longitude = node.attribute("lon").as_double(NAN);
    point.position.altitude = node.child("ele").text().as_double(0);
    if (!is_near_earth({point.position.latitude, point.position.longitude, 0})) {
      return unreadable(fmt::format("point {} has no `lat` and `lon` in degrees", track_.size() + 1));
    }
    if (!is_near_earth(point.position)) {
      return unreadable(fmt::format("point {} is higher or deeper than 50 km", track_.size() + 1));
    }
    if (track_.size() == most_points) {
      return unreadable(fmt::format("it has more than {} points", most_points));
    }
    double offset = offset_of(point.position, node.child("time").text().as_string());
    if (offset < offset_) {
      return unreadable(fmt::format("point {} is earlier than the one before", track_.size() + 1));
    }
    if (offset > longest.count()) {
      return unreadable(fmt::format("point {} comes more than ten years after the first", track_.size() + 1));
    }
    offset_ = offset;
    point.offset = std::chrono::duration_cast<base::Duration>(Seconds(offset));
    track_.push_back(point);
    return std::nullopt;
  }

  Track take() { return std::move(track_); }

 private:
  // Seconds since the first point.
  double offset_of(const GeoPosition& position, const char* text) {
    auto time = base::parse_utc(text);
    if (time && !start_) {
      start_ = *time - std::chrono::duration_cast<base::WallTime::duration>(Seconds(offset_));
    }
    if (time) {
      return Seconds(*time - *start_).count();
    }
    return track_.empty() ? offset_ : offset_ + distance(track_.back().position, position) / walking_pace;
  }

  Track track_;
  std::optional<base::WallTime> start_;  ///< When the track began.
  double offset_ = 0;
};

}  // namespace

base::Result<Track> read_gpx(std::string_view text) {
  pugi::xml_document document;
  pugi::xml_parse_result parsed = document.load_buffer(text.data(), text.size());
  if (!parsed) {
    return unreadable(fmt::format("at byte {}: {}", parsed.offset, parsed.description()));
  }
  pugi::xml_node root = document.child("gpx");
  if (!root) {
    return unreadable("it has no element `gpx`", "export the track as GPX 1.0 or 1.1");
  }
  TrackBuilder builder;
  for (const char* path : {"trk/trkseg/trkpt", "rte/rtept", "wpt"}) {
    pugi::xpath_node_set points = root.select_nodes(path);
    points.sort();
    for (const pugi::xpath_node& point : points) {
      if (auto fault = builder.add(point.node())) {
        return *fault;
      }
    }
    if (!points.empty()) {
      return builder.take();
    }
  }
  return unreadable("it has no points");
}

base::Result<Track> read_gpx_file(const std::string& path) {
  auto fault = [&](base::Reason reason) {
    reason.where = path;
    return reason;
  };
  std::ifstream file(path, std::ios::binary);
  if (!file) {
    return fault(unreadable(std::strerror(errno)));
  }
  std::string text;
  std::array<char, 65536> piece{};
  while (file.read(piece.data(), piece.size()) || file.gcount() > 0) {
    text.append(piece.data(), static_cast<std::size_t>(file.gcount()));
    if (text.size() > largest_file) {
      return fault(unreadable("it is larger than 64 MiB"));
    }
  }
  auto track = read_gpx(text);
  return track ? std::move(track) : base::Result<Track>(fault(track.error()));
}

}  // namespace attache::services
