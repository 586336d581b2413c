#include <chrono>
#include <cmath>
#include <memory>

#include "services/gnss/trajectory.hpp"
#include "targets/invariant.hpp"
#include "targets/targets.hpp"

namespace attache::fuzz {

void fuzz_gpx(std::string_view input) {
  using namespace std::chrono_literals;
  auto track = services::read_gpx(input);
  if (!track) {
    must(!track.error().what.empty() && !track.error().why.empty(), "a track refused has a reason");
    base::to_block(track.error());
    return;
  }
  must(!track->empty() && track->front().offset >= base::Duration::zero(), "a track begins with itself");
  for (std::size_t i = 1; i < track->size(); ++i) {
    must((*track)[i - 1].offset <= (*track)[i].offset, "points are in the order of their times");
  }
  services::Trajectory way;
  way.track = std::make_shared<const services::Track>(std::move(*track));
  for (bool repeats : {false, true}) {
    way.repeat = repeats;
    for (base::Duration time : std::initializer_list<base::Duration>{0s, 1s, 90s, 24h, 24h * 365 * 20}) {
      services::Motion motion = way.at(time);
      must(std::abs(motion.position.latitude) <= 90 && std::abs(motion.position.longitude) <= 180,
           "a way stays on the Earth");
      must(std::isfinite(motion.position.altitude) && std::isfinite(motion.speed) && motion.speed >= 0 &&
               std::isfinite(motion.heading),
           "motion is finite");
    }
  }
}

}  // namespace attache::fuzz
