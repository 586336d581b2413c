#pragma once

#include <vector>

#include "cellular/commands/command.hpp"
#include "cellular/configuration.hpp"
#include "cellular/network/step_times.hpp"

namespace attache::cellular {

class Nrf91;

/// The functional modes of AT+CFUN: what is on, and the order in which things are switched (reference
/// nrf91-modem/functional-mode.md, state-machine.md).
class PowerModes {
 public:
  explicit PowerModes(Nrf91& modem) : modem_(modem) {}

  /// The <fun> that was set last, as AT+CFUN? prints it.
  [[nodiscard]] int mode() const { return state_.mode; }
  /// LTE was switched on; it says nothing of a registration.
  [[nodiscard]] bool lte_on() const { return state_.lte_on; }
  /// GNSS was switched on, whether or not a receiver runs.
  [[nodiscard]] bool gnss_on() const { return state_.gnss_on; }
  /// CFUN=2: the modem camps on a cell and never attaches.
  [[nodiscard]] bool receive_only() const { return state_.receive_only; }
  /// crash() was called, and forget() not since: every command is answered by ERROR.
  [[nodiscard]] bool crashed() const { return state_.crashed; }
  /// True while the radio has nothing to do, so that GNSS gets it.
  [[nodiscard]] bool radio_idle() const;

  /// AT+CFUN with a value the firmware knows.
  Answer set(int mode);
  /// What AT+CFUN=<mode> does, without its answer.
  void turn_off(int mode);
  /// AT+CGATT=0.
  Answer detach_by_command();
  /// Another PLMN was selected: leaves the present network and searches.
  void reselect_network();
  /// The firmware has ended by itself: nothing is on any more until a cold start.
  void crash();
  /// As after power-on: all is off.
  void forget() { state_ = {}; }

  /// The bands that the firmware supports in the present system mode, or in another one, and the band lock
  /// leaves.
  [[nodiscard]] std::vector<int> usable_bands() const;
  [[nodiscard]] std::vector<int> usable_bands(const Configuration::SystemMode& mode) const;

 private:
  struct State {
    int mode = 0;
    bool lte_on = false;
    bool gnss_on = false;
    bool receive_only = false;
    bool crashed = false;
  };
  /// What a command leaves the network for.
  enum class Leaving { lte_off, detach, another_network };

  Answer activate_lte(int mode);
  Answer deactivate(int mode);
  Answer deactivate_uicc();
  Answer change_gnss(int mode);
  void leave_network(Leaving what_for);
  void check_bands();
  [[nodiscard]] Span detach_time() const;

  Nrf91& modem_;
  State state_;
};

}  // namespace attache::cellular
