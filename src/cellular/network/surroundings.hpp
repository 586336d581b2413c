#pragma once

#include <optional>
#include <string_view>
#include <utility>

#include "base/clock.hpp"
#include "cellular/commands/command.hpp"
#include "cellular/simulation_options.hpp"

namespace attache::cellular {

class Nrf91;

/// What lies around the modem and outlives its restarts (supply, temperature, the network's time), and what
/// it does when it feels them (reference nrf91-modem/device.md).
class Surroundings {
 public:
  Surroundings(Nrf91& modem, const RadioOptions& options);

  [[nodiscard]] int battery_mv() const { return battery_mv_; }
  /// Of the modem's chip, °C.
  [[nodiscard]] int temperature() const { return temperature_; }
  /// In mV; acts at once as check_battery() does.
  void set_battery(int mv);
  /// In °C; acts at once as check_temperature() does.
  void set_temperature(int degrees);
  /// The UTC time of the network.
  [[nodiscard]] base::WallTime network_time() const;
  /// It goes on with the device's clock. The modem hears of it by the next EMM information.
  void set_network_time(base::WallTime utc, int zone_quarters, int daylight_hours);
  /// Quarters of an hour and hours of daylight saving; nothing = the operator's.
  [[nodiscard]] std::optional<std::pair<int, int>> network_zone() const { return zone_; }

  /// %XVBATLOWLVL, %XTEMP and what they bring about, after a change of level or threshold.
  void check_battery();
  /// From 90 °C on the modem goes to flight mode.
  void check_temperature();
  /// %XPOFWARN: nothing may be written to non-volatile memory any more; writing_refused() says so.
  [[nodiscard]] bool power_off_warned() const { return felt_.power_off_warned; }
  /// +CME ERROR: 528.
  [[nodiscard]] static Answer writing_refused();
  /// %XPOFWARN: the level in mV at or below which the modem goes to flight mode, once; nothing = none. A new
  /// level takes back the warning that was given.
  void set_power_off_warning(std::optional<int> mv);
  /// As after power-on: nothing was felt yet.
  void forget() { felt_ = {}; }

 private:
  struct Felt {
    bool battery_low = false;
    int temperature_level = 1;
    std::optional<int> power_off_level;  ///< %XPOFWARN, mV.
    bool power_off_warned = false;
  };

  void shut_down_modem(std::string_view event);

  Nrf91& modem_;
  int battery_mv_;
  int temperature_;
  base::WallTime::duration time_offset_{};
  std::optional<std::pair<int, int>> zone_;
  Felt felt_;
};

}  // namespace attache::cellular
