#include <array>
#include <memory>

#include "device/config/config_key_families.hpp"
#include "device/config/config_setters.hpp"

namespace attache::device {

namespace {

Outcome set_gnss_position(DeviceConfig& config, const ConfigValue& value) {
  auto place = services::parse_position(text_of(value));
  if (!place) {
    return unfit();
  }
  config.gnss.trajectory.centre = *place;
  return {};
}

Outcome set_gnss_track(DeviceConfig& config, const ConfigValue& value) {
  auto track = services::read_gpx_file(text_of(value));
  if (!track) {
    return track.error();
  }
  config.gnss.trajectory.track = std::make_shared<const services::Track>(std::move(*track));
  return {};
}

Outcome set_gnss_start(DeviceConfig& config, const ConfigValue& value) {
  using Start = services::GnssStart;
  constexpr std::array<std::pair<std::string_view, Start>, 3> starts{
      {{"cold", Start::cold}, {"warm", Start::warm}, {"hot", Start::hot}}};
  return set_enumerator(config.gnss.start, value, starts);
}

using C = DeviceConfig;
using V = ConfigValue;
using K = ConfigKind;

// clang-format off
constexpr std::array keys_of_gnss{
  ConfigKey{"gnss", "sky", K::flag, "true", "true or false",
    "Whether satellites can be heard at all.",
    [](C& c, const V& v) { return set_flag(c.gnss.sky, v); }},
  ConfigKey{"gnss", "position", K::text, R"("52.520008,13.404954,34")", R"("latitude,longitude" or "latitude,longitude,altitude" in degrees and metres)",
    "Where the device is.",
    [](C& c, const V& v) { return set_gnss_position(c, v); }},
  ConfigKey{"gnss", "radius", K::whole_number, "0", "a whole number from 0 to 100000",
    "Metres; above 0 the device goes on a circle around its position, clockwise.",
    [](C& c, const V& v) { return set_number(c.gnss.trajectory.radius, v, 0, 100000); }},
  ConfigKey{"gnss", "speed", K::whole_number, "5", "a whole number from 0 to 2000",
    "Kilometres an hour on the circle.",
    [](C& c, const V& v) {
      constexpr double metres_a_second = 3.6;
      auto outcome = set_number(c.gnss.trajectory.speed, v, 0, 2000);
      c.gnss.trajectory.speed /= metres_a_second;
      return outcome; }},
  ConfigKey{"gnss", "track", K::text, "(none)", "the path of a GPX file",
    "The device goes along this track, from its start on. "
    "It has at most 1,000,000 points and 64 MiB, "
    "is no longer than ten years, and stays within 50 km of the ground.",
    [](C& c, const V& v) { return set_gnss_track(c, v); }},
  ConfigKey{"gnss", "track_speed", K::whole_number, "1", "a whole number from 1 to 1000",
    "The track goes so many times faster than it was recorded.",
    [](C& c, const V& v) { return set_number(c.gnss.trajectory.time_scale, v, 1, 1000); }},
  ConfigKey{"gnss", "repeat", K::flag, "false", "true or false",
    "The track begins anew at its end, else the device stays there.",
    [](C& c, const V& v) { return set_flag(c.gnss.trajectory.repeat, v); }},
  ConfigKey{"gnss", "start", K::text, R"("cold")", R"("cold", "warm" or "hot")",
    "What the receiver knows at first: nothing, almanac and time, or ephemerides too.",
    [](C& c, const V& v) { return set_gnss_start(c, v); }},
  ConfigKey{"gnss", "cold_time", K::duration, R"("35s")", R"(a time such as "1.5s", or seconds)",
    "Time to the first fix of a cold start, give or take a fifth.",
    [](C& c, const V& v) { return set_duration(c.gnss.cold_time, v); }},
  ConfigKey{"gnss", "warm_time", K::duration, R"("28s")", R"(a time such as "1.5s", or seconds)",
    "The same of a warm start.",
    [](C& c, const V& v) { return set_duration(c.gnss.warm_time, v); }},
  ConfigKey{"gnss", "hot_time", K::duration, R"("2s")", R"(a time such as "1.5s", or seconds)",
    "The same of a hot start: within four hours of the last fix.",
    [](C& c, const V& v) { return set_duration(c.gnss.hot_time, v); }},
  ConfigKey{"gnss", "accuracy", K::whole_number, "5", "a whole number from 0 to 1000",
    "Metres, the standard deviation of a fix.",
    [](C& c, const V& v) { return set_number(c.gnss.accuracy, v, 0, 1000); }},
};
// clang-format on

}  // namespace

std::span<const ConfigKey> gnss_keys() {
  return keys_of_gnss;
}

}  // namespace attache::device
