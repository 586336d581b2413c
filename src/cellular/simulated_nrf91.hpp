#pragma once

#include <memory>

#include "base/clock.hpp"
#include "base/journal.hpp"
#include "base/settings.hpp"
#include "cellular/network/network_control.hpp"
#include "cellular/simulation_options.hpp"
#include "modem/credential_store.hpp"
#include "modem/message_service.hpp"
#include "modem/modem.hpp"
#include "modem/network_registration.hpp"
#include "modem/pdn.hpp"
#include "modem/power_state.hpp"
#include "modem/radio_link.hpp"

namespace attache::cellular {

/// A simulated nRF91 with its SIM and the network it sees; all faces of one modem, and the hand that steers
/// its surroundings. It only knows AT lines, time and its options: no sockets, no threads. All references
/// must outlive it.
class SimulatedNrf91 : public modem::Modem,
                       public modem::Pdn,
                       public modem::CredentialStore,
                       public modem::PowerState,
                       public modem::MessageService,
                       public modem::NetworkRegistration {
 public:
  /// Powered on and in CFUN=0, with what `settings` holds of an earlier life. Reads the options as they are:
  /// they have been checked.
  static std::unique_ptr<SimulatedNrf91> create(SimulationOptions options, base::Clock& clock,
                                                base::Settings& settings, base::Journal& journal);

  /// The radio as a link for packets.
  [[nodiscard]] virtual modem::RadioLink& link() = 0;
  /// The hand on network, SIM holder and surroundings.
  [[nodiscard]] virtual NetworkControl& network() = 0;
};

}  // namespace attache::cellular
