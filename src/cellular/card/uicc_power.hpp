#pragma once

#include <string>

#include "base/clock.hpp"
#include "cellular/card/sim_card.hpp"

namespace attache::cellular {

class Nrf91;

/// Starts the UICC, and does what follows when it is ready, refused, pulled out or locked (reference
/// nrf91-modem/sim.md, timings.md).
class UiccPower {
 public:
  explicit UiccPower(Nrf91& modem) : modem_(modem) {}

  /// Powers the card of the chosen slot on; %XSIM and what follows come when it has started. Nothing happens
  /// if one is powered already.
  void start();
  /// Takes back a start that is under way.
  void stop_starting() { starting_.cancel(); }
  /// The card was switched off or pulled out while the modem was using it.
  void lost();
  /// A command worked on PIN or lock of the SIM, which was in state `before`: goes on where the activation
  /// waits for it, or leaves the network when the PIN was blocked in use.
  void state_changed(SimCard::State before);
  /// A lock of %XUSIMLCK was removed: the card counts if no other one refuses it.
  void readmit();
  /// %XSIM to a host that subscribed.
  void announce();
  /// "0" or "0,1": the state of the UICC as %XSIM prints it.
  [[nodiscard]] std::string text() const;

 private:
  void started();
  void unlocked();

  Nrf91& modem_;
  base::Alarm starting_;
};

}  // namespace attache::cellular
