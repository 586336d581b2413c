#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/clock.hpp"

namespace attache::cellular {

/// The modem's date and time: unknown until it is set or received (reference nrf91-modem/time.md).
class ModemClock {
 public:
  explicit ModemClock(const base::Clock& clock) : clock_(clock) {}

  /// UTC with the zone in quarters of an hour and the daylight saving hours contained in it.
  void set(base::WallTime utc, int zone_quarters, int daylight_hours);

  /// The time is unknown from now on; the zone stays until the next set().
  void forget() { set_to_.reset(); }

  /// What was set and the time of the clock since; nothing while it is unknown.
  [[nodiscard]] std::optional<base::WallTime> utc() const;
  /// "yy/MM/dd,hh:mm:ss±zz", local time; only when the time is known.
  [[nodiscard]] std::string local_text() const;
  /// 0 to 2, of the last set().
  [[nodiscard]] int daylight_hours() const { return daylight_hours_; }

 private:
  const base::Clock& clock_;
  std::optional<base::WallTime> set_to_;
  base::Time set_at_{};
  int zone_quarters_ = 0;
  int daylight_hours_ = 0;
};

/// A date and time that carries its zone.
struct LocalTime {
  base::WallTime utc;
  int zone_quarters = 0;
};
/// Reads "yy/MM/dd,hh:mm:ss±zz" (years 2000 to 2099, zone −48…+48); nothing if it is malformed.
std::optional<LocalTime> parse_local_time(std::string_view text);

/// The time field of %XTIME: seven bytes of swapped decimal digits, UTC, with the zone last.
std::string network_time_field(base::WallTime utc, int zone_quarters);
/// The time zone byte of %XTIME, two digits.
std::string network_zone_field(int zone_quarters);

}  // namespace attache::cellular
