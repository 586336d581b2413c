#include "device/radio.hpp"

#include <utility>

#include "cellular/simulated_nrf91.hpp"

namespace attache::device {

RadioFactory simulated_radio(cellular::SimulationOptions options, base::Clock& clock) {
  return [options = std::move(options), &clock](base::Settings& settings, base::Journal& journal) {
    std::shared_ptr<cellular::SimulatedNrf91> simulated =
        cellular::SimulatedNrf91::create(options, clock, settings, journal);
    cellular::SimulatedNrf91& faces = *simulated;
    return Radio{std::move(simulated), faces, faces, faces, faces, &faces, &faces, &faces};
  };
}

}  // namespace attache::device
