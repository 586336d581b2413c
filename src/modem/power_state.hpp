#pragma once

namespace attache::modem {

/// Which parts of the modem are on. One thread only.
class PowerState {
 public:
  virtual ~PowerState() = default;
  [[nodiscard]] virtual int functional_mode() const = 0;  ///< What AT+CFUN? prints.
  /// The functional mode has LTE on, whether or not the modem is registered (AT+CFUN, 3GPP TS 27.007, 8.2).
  [[nodiscard]] virtual bool lte_active() const = 0;
  /// The functional mode has GNSS on, and the system mode allows it; whether or not a receiver runs.
  [[nodiscard]] virtual bool gnss_active() const = 0;
  /// The radio is free for a receiver that shares it (GNSS): LTE is off, or idle with nothing under way.
  [[nodiscard]] virtual bool radio_idle() const = 0;
  /// The firmware has crashed: nothing works before Modem::restart(). Firmware that cannot is never crashed.
  [[nodiscard]] virtual bool crashed() const { return false; }
};

}  // namespace attache::modem
