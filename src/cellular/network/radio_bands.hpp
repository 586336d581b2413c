#pragma once

#include <vector>

#include "cellular/firmware_profile.hpp"
#include "cellular/simulation_options.hpp"

namespace attache::cellular {

/// The bands the modem supports with a technology, as %XCBAND=? prints them (reference
/// nrf91-modem/registration.md).
std::vector<int> supported_bands(const FirmwareProfile& profile, AccessTechnology technology);

/// The downlink channels (EARFCN) of a band, both ends included (3GPP 36.101, 5.7.3); 0, 0 for a band that is
/// not known.
struct ChannelRange {
  int first = 0;
  int last = 0;
};
/// Bands that a module of this family has; others are not known.
ChannelRange downlink_channels(int band);

/// A downlink channel in the middle of the band; 0 for a band that is not known.
int downlink_channel(int band);

}  // namespace attache::cellular
