#include "cellular/radio_bands.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace attache::cellular {

std::vector<int> supported_bands(const FirmwareProfile& profile, AccessTechnology technology) {
  if (profile.nrf91x1) {
    return technology == AccessTechnology::lte_m
               ? std::vector{1, 2, 3, 4, 5, 8, 12, 13, 18, 19, 20, 25, 26, 28, 66, 85}
               : std::vector{1, 2, 3, 4, 5, 8, 12, 13, 17, 19, 20, 25, 26, 28, 65, 66, 85};
  }
  if (!profile.at_least(1, 3)) {
    return {1, 2, 3, 4, 5, 8, 12, 13, 14, 17, 20, 25, 26, 28, 66};
  }
  return {1, 2, 3, 4, 5, 8, 12, 13, 18, 19, 20, 25, 26, 28, 66};
}

int downlink_channel(int band) {
  static constexpr std::array<std::pair<int, int>, 19> channels{{
      {1, 300},   {2, 900},   {3, 1575},   {4, 2175},   {5, 2525},   {8, 3625},  {12, 5095},
      {13, 5230}, {14, 5330}, {17, 5790},  {18, 5925},  {19, 6075},  {20, 6300}, {25, 8365},
      {26, 8865}, {28, 9435}, {65, 65986}, {66, 66886}, {85, 70456},
  }};
  const auto* found = std::find_if(channels.begin(), channels.end(),
                                   [band](const auto& channel) { return channel.first == band; });
  return found == channels.end() ? 0 : found->second;
}

}  // namespace attache::cellular
