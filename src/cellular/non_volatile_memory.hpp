#pragma once

#include "base/clock.hpp"
#include "cellular/commands/command.hpp"

namespace attache::cellular {

class Nrf91;

/// When the modem writes its configuration, and what it counts over resets.
class NonVolatileMemory {
 public:
  explicit NonVolatileMemory(Nrf91& modem) : modem_(modem) {}

  /// AT+CFUN=0: all that it keeps.
  Answer store_configuration();
  /// Factory defaults for all that AT+CFUN=0 keeps.
  Answer reset_configuration();
  /// %XPRODDONE: kept at once and for good.
  Answer finish_production();
  /// After power-on: begins to count, and blocks the attach after too many ungraceful resets.
  void begin();
  /// LTE was switched on: an activation that no AT+CFUN=0 or 4 follows was an ungraceful end.
  void count_activation();
  /// AT+CFUN=0 or 4: the end was graceful, and the count of resets begins anew.
  void forget_resets();

 private:
  void count_resets();
  void plan_autosave();

  Nrf91& modem_;
  bool activation_counted_ = false;
  base::Alarm autosave_;
};

}  // namespace attache::cellular
