#include <fmt/format.h>

#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

#include "device/device.hpp"
#include "device/steering/steering_families.hpp"
#include "services/gnss/trajectory.hpp"

namespace attache::device {

namespace {

using Words = SteeringCommand::Words;
using Answer = base::Result<SteeringAnswer>;

Answer pin(Device& device, Words words) {
  if (words.size() == 2 && words[0] == "wake-up" && words[1] == "low") {
    device.wake_up();
    return SteeringAnswer{"the wake-up pin was low for a moment", {}};
  }
  auto on = words.size() == 2 && words[0] == "dtr" ? on_or_off(words[1]) : std::nullopt;
  if (!on) {
    return misuse("`wake-up low`, `dtr on` or `dtr off` is expected");
  }
  auto set = device.set_dtr(*on);
  if (!set) {
    return set.error();
  }
  return SteeringAnswer{fmt::format("DTR is {}", words[1]), {}};
}

Answer gnss(Device& device, Words words) {
  services::GnssOptions& options = device.gnss();
  if (words.size() == 2 && words[0] == "position") {
    auto place = services::parse_position(words[1]);
    if (!place) {
      return misuse(fmt::format("`{}` is no LATITUDE,LONGITUDE[,ALTITUDE]", words[1]));
    }
    options.trajectory.stay_at(*place);
  } else if (words.size() == 2 && words[0] == "sky" && on_or_off(words[1])) {
    options.sky = *on_or_off(words[1]);
  } else if (!words.empty()) {
    return misuse("`position` or `sky` is expected");
  }
  return SteeringAnswer{gnss_text(options), {}};
}

}  // namespace

std::string gnss_text(const services::GnssOptions& options) {
  const services::Trajectory& way = options.trajectory;
  std::string place = way.track        ? std::string("on a recorded track")
                      : way.radius > 0 ? fmt::format("on a circle of {} m around", way.radius)
                                       : std::string("at");
  if (!way.track) {
    place +=
        fmt::format(" {:.6f},{:.6f},{:.0f}", way.centre.latitude, way.centre.longitude, way.centre.altitude);
  }
  return fmt::format("GNSS: sky {}, {}", options.sky ? "on" : "off", place);
}

void add_surroundings_commands(std::vector<SteeringCommand>& commands) {
  commands.push_back({"gnss", "gnss [position LATITUDE,LONGITUDE[,ALTITUDE] | sky on|off]",
                      "Puts the device in a place, takes satellites away (no fix), or shows both.", gnss});
  commands.push_back({"pin", "pin wake-up low | dtr on|off",
                      "Drives an input pin: the wake-up pin ends #XSLEEP; DTR if the dialect has it.", pin});
}

}  // namespace attache::device
