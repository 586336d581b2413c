#include "migration/steps.hpp"

#include <algorithm>
#include <vector>

namespace attache::migration {

std::span<const Step> all_steps() {
  static const std::vector<Step> steps{step_to_slm_1_6(), step_to_slm_2_9(), step_to_slm_3_1(),
                                       step_to_serial_modem_2_0(), step_within_serial_modem()};
  return steps;
}

std::vector<const Step*> steps_between(std::string_view from, std::string_view to) {
  std::vector<const Step*> way;
  auto steps = all_steps();
  while (from != to) {
    auto next = std::find_if(steps.begin(), steps.end(), [&](const Step& step) { return step.from == from; });
    if (next == steps.end()) {
      return {};
    }
    way.push_back(&*next);
    from = next->to;
  }
  return way;
}

}  // namespace attache::migration
