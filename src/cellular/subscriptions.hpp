#pragma once

#include <chrono>
#include <string>

namespace attache::cellular {

/// Which URCs the host asked for. All are volatile; AT+CFUN=0 clears them (events.md).
struct Subscriptions {
  struct Sleep {
    bool on = false;
    std::chrono::milliseconds warning{};
    std::chrono::milliseconds threshold{};
  };

  int cereg = 0;
  int cscon = 0;
  int cnec = 0;
  int mdmev = 0;
  bool cgerep = false;
  bool indicate_service = false;
  bool indicate_roaming = false;
  bool indicate_message = false;
  bool xsim = false;
  bool cesq = false;
  bool xtime = false;
  bool xtemp = false;
  bool xvbat = false;
  bool sms = false;
  bool snr = false;
  bool coverage_enhancement = false;
  bool operator_name = false;
  bool pco = false;
  bool host_id = false;
  bool cellular_profile = false;
  Sleep sleep;
  Sleep update;
};

/// Volatile values that commands keep and that belong to no larger part.
struct Scratch {
  int cmee = 0;
  int cops_format = 2;
  int battery_low_level_mv = 3300;
  int temperature_high_level = 55;
  std::string runtime_band_lock;
  bool low_power_preferred = false;  ///< +CEPPI
  int more_messages = 0;             ///< +CMMS
};

}  // namespace attache::cellular
