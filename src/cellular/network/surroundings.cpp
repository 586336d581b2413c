#include <fmt/format.h>

#include <utility>

#include "cellular/network/network_outcome.hpp"
#include "cellular/nrf91.hpp"

namespace attache::cellular {

Nrf91::Outcome Nrf91::set_battery(int mv) {
  constexpr int least = 2800;
  constexpr int greatest = 5500;
  if (mv < least || mv > greatest) {
    return refused("the supply was not changed", fmt::format("{} mV is out of range", mv),
                   "The modem works from 2800 to 5500 mV.");
  }
  battery_mv = mv;
  check_battery();
  return changed(fmt::format("the supply is {} mV", mv));
}

Nrf91::Outcome Nrf91::set_temperature(int degrees) {
  constexpr int least = -40;
  constexpr int greatest = 125;
  if (degrees < least || degrees > greatest) {
    return refused("the temperature was not changed", fmt::format("{} °C is out of range", degrees),
                   "Temperatures go from -40 to 125 °C.");
  }
  temperature = degrees;
  check_temperature();
  return changed(fmt::format("the modem is at {} °C", degrees));
}

Nrf91::Outcome Nrf91::set_date(base::WallTime utc, int zone_quarters, int daylight_hours) {
  constexpr int most_quarters = 56;
  constexpr int most_daylight = 2;
  if (zone_quarters < -48 || zone_quarters > most_quarters || daylight_hours < 0 ||
      daylight_hours > most_daylight) {
    return refused("the date was not changed", "the zone or the daylight saving time is out of range",
                   "Zones go from -48 to 56 quarters of an hour, daylight saving from 0 to 2 hours.");
  }
  network_time_offset_ = utc - clock.wall_now();
  network_zone_ = {zone_quarters, daylight_hours};
  registration.send_information();
  return changed(registration.status().registered()
                     ? "the network sent the new date"
                     : "the network has a new date; it is sent after the next attach");
}

Nrf91::Outcome Nrf91::set_timing(Timing timing) {
  constexpr double fastest = 1'000'000;
  if (!(timing.speed >= 0 && timing.speed <= fastest)) {
    return refused("the timing was not changed", fmt::format("{} is no speed", timing.speed),
                   "0 is instant, 1 as on the device, 1000000 the fastest.");
  }
  options.timing = timing;
  return changed(timing.speed == 0 ? std::string("modem and network take no time from now on")
                                   : fmt::format("modem and network run at {}x from now on", timing.speed));
}

// Overheated or undervolted: the modem takes itself off the air.
void Nrf91::shut_down_modem(std::string_view event) {
  log(base::LogLevel::error,
      fmt::format("{}: the modem goes to flight mode. Once supply and temperature are well, "
                  "AT+CFUN=1 starts it again.",
                  event));
  if (subscriptions.cgerep) {
    notify(fmt::format("+CGEV: {}", event));
  }
  if (subscriptions.mdmev > 0) {
    notify(fmt::format("%MDMEV: {}", event));
  }
  constexpr int flight_mode = 4;
  if (volatile_.lte_on || volatile_.gnss_on) {
    turn_off(flight_mode);
  }
}

void Nrf91::check_battery() {
  bool low = battery_mv <= scratch.battery_low_level_mv;
  if (low && !volatile_.battery_low && subscriptions.xvbat) {
    notify(fmt::format("%XVBATLOWLVL: {}", battery_mv));
  }
  volatile_.battery_low = low && subscriptions.xvbat;
  if (volatile_.power_off_level && battery_mv <= *volatile_.power_off_level) {
    volatile_.power_off_level.reset();
    volatile_.power_off_warned = true;
    shut_down_modem("ME BATTERY LOW");
  }
}

void Nrf91::set_power_off_warning(std::optional<int> mv) {
  volatile_.power_off_level = mv;
  volatile_.power_off_warned = volatile_.power_off_warned && !mv;
  check_battery();
}

void Nrf91::check_temperature() {
  constexpr int critical_degrees = 90;
  constexpr int normal = 1;
  constexpr int high = 2;
  constexpr int critical = 3;
  int level = temperature >= scratch.temperature_high_level ? high : normal;
  level = temperature >= critical_degrees ? critical : level;
  if (std::exchange(volatile_.temperature_level, level) == level) {
    return;
  }
  if (subscriptions.xtemp) {
    notify(fmt::format("%XTEMP: {},{}", level, temperature));
  }
  if (level == critical) {
    shut_down_modem("ME OVERHEATED");
  }
}

}  // namespace attache::cellular
