#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "base/clock.hpp"
#include "sms/octets.hpp"

namespace attache::sms {

/// A service centre's time stamp: local time and its distance from UTC (3GPP TS 23.040, 9.2.3.11). Two digits
/// each; what comes from outside may be no date at all.
struct Timestamp {
  int year = 0;  ///< Of the century.
  int month = 1;
  int day = 1;
  int hour = 0;
  int minute = 0;
  int second = 0;
  int quarters = 0;  ///< Zone, quarter hours east of UTC, -79 to 79.

  bool operator==(const Timestamp&) const = default;
};

/// The local time `quarters` quarter hours east of UTC; parts of a second are left out.
Timestamp make_timestamp(base::WallTime utc, int quarters = 0);
/// The instant it means, in the years 2000 to 2099; nothing if it is no date.
std::optional<base::WallTime> to_wall_time(const Timestamp& timestamp);

/// 7 octets. The numbers must be within their ranges.
std::string encode_timestamp(const Timestamp& timestamp);
/// Nothing if there are fewer than 7 octets. Semi-octets above 9 count as they are.
std::optional<Timestamp> decode_timestamp(Octets& octets);

}  // namespace attache::sms
