#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.hpp"
#include "services/gnss/sky.hpp"
#include "services/gnss/trajectory.hpp"

namespace attache::services {

/// A satellite that the receiver tracks.
struct TrackedSatellite {
  Satellite satellite;
  int carrier_to_noise = 0;  ///< dB·Hz
  bool used = false;         ///< In the fix.
};

/// What the receiver knows once a second.
struct GnssFrame {
  bool valid = false;       ///< It has a fix: position and motion count.
  bool time_known = false;  ///< `utc` counts.
  bool blocked = false;     ///< LTE had the radio.
  base::WallTime utc;
  Motion motion;
  double accuracy = 0;  ///< Metres, 1 sigma, horizontal.
  Dilution dilution;
  std::vector<TrackedSatellite> satellites;
};

/// Sentences, as bits of a mask.
enum class NmeaSentence : std::uint16_t { gga = 1, gll = 2, gsa = 4, gsv = 8, rmc = 16 };

/// The sentences of a frame that the mask asks for, in the order GGA, GLL, GSA, GSV…, RMC and in the exact
/// format of the nRF91, each with checksum and CR LF.
std::vector<std::string> nmea_sentences(const GnssFrame& frame, std::uint16_t mask);

/// "$" and "*hh" CR LF around the text.
std::string nmea_framed(std::string_view text);

}  // namespace attache::services
