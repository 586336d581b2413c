#include "cellular/network/surroundings.hpp"

#include <fmt/format.h>

#include <utility>

#include "cellular/nrf91.hpp"

namespace attache::cellular {

Surroundings::Surroundings(Nrf91& modem, const RadioOptions& options)
    : modem_(modem), battery_mv_(options.battery_mv), temperature_(options.temperature) {}

void Surroundings::set_battery(int mv) {
  battery_mv_ = mv;
  check_battery();
}

void Surroundings::set_temperature(int degrees) {
  temperature_ = degrees;
  check_temperature();
}

base::WallTime Surroundings::network_time() const {
  return modem_.clock.wall_now() + time_offset_;
}

void Surroundings::set_network_time(base::WallTime utc, int zone_quarters, int daylight_hours) {
  time_offset_ = utc - modem_.clock.wall_now();
  zone_ = {zone_quarters, daylight_hours};
}

// Overheated or undervolted: the modem takes itself off the air.
void Surroundings::shut_down_modem(std::string_view event) {
  modem_.log(base::LogLevel::error,
             fmt::format("{}: the modem goes to flight mode. Once supply and temperature are well, "
                         "AT+CFUN=1 starts it again.",
                         event));
  if (modem_.subscriptions.cgerep) {
    modem_.notify(fmt::format("+CGEV: {}", event));
  }
  if (modem_.subscriptions.mdmev > 0) {
    modem_.notify(fmt::format("%MDMEV: {}", event));
  }
  constexpr int flight_mode = 4;
  if (modem_.power.lte_on() || modem_.power.gnss_on()) {
    modem_.power.turn_off(flight_mode);
  }
}

void Surroundings::check_battery() {
  bool low = battery_mv_ <= modem_.scratch.battery_low_level_mv;
  if (low && !felt_.battery_low && modem_.subscriptions.xvbat) {
    modem_.notify(fmt::format("%XVBATLOWLVL: {}", battery_mv_));
  }
  felt_.battery_low = low && modem_.subscriptions.xvbat;
  if (felt_.power_off_level && battery_mv_ <= *felt_.power_off_level) {
    felt_.power_off_level.reset();
    felt_.power_off_warned = true;
    shut_down_modem("ME BATTERY LOW");
  }
}

void Surroundings::set_power_off_warning(std::optional<int> mv) {
  felt_.power_off_level = mv;
  felt_.power_off_warned = felt_.power_off_warned && !mv;
  check_battery();
}

void Surroundings::check_temperature() {
  constexpr int critical_degrees = 90;
  constexpr int normal = 1;
  constexpr int high = 2;
  constexpr int critical = 3;
  int level = temperature_ >= modem_.scratch.temperature_high_level ? high : normal;
  level = temperature_ >= critical_degrees ? critical : level;
  if (std::exchange(felt_.temperature_level, level) == level) {
    return;
  }
  if (modem_.subscriptions.xtemp) {
    modem_.notify(fmt::format("%XTEMP: {},{}", level, temperature_));
  }
  if (level == critical) {
    shut_down_modem("ME OVERHEATED");
  }
}

Answer Surroundings::writing_refused() {
  return failure(base::Cause::power, CmeError::power_off_warning,
                 "the power-off warning has fired: nothing is written any more",
                 "Give AT%XPOFWARN again once the supply is well.");
}

}  // namespace attache::cellular
