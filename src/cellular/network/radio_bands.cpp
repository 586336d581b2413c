#include "cellular/network/radio_bands.hpp"

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

ChannelRange downlink_channels(int band) {
  static constexpr std::array<std::pair<int, ChannelRange>, 19> channels{{
      {1, {0, 599}},        {2, {600, 1199}},     {3, {1200, 1949}},    {4, {1950, 2399}},
      {5, {2400, 2649}},    {8, {3450, 3799}},    {12, {5010, 5179}},   {13, {5180, 5279}},
      {14, {5280, 5379}},   {17, {5730, 5849}},   {18, {5850, 5999}},   {19, {6000, 6149}},
      {20, {6150, 6449}},   {25, {8040, 8689}},   {26, {8690, 9039}},   {28, {9210, 9659}},
      {65, {65536, 66435}}, {66, {66436, 67335}}, {85, {70366, 70545}},
  }};
  const auto* found = std::find_if(channels.begin(), channels.end(),
                                   [band](const auto& range) { return range.first == band; });
  return found == channels.end() ? ChannelRange{} : found->second;
}

int downlink_channel(int band) {
  ChannelRange channels = downlink_channels(band);
  return (channels.first + channels.last + 1) / 2;
}

}  // namespace attache::cellular
