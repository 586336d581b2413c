#pragma once

#include <memory>

#include "base/clock.hpp"
#include "base/journal.hpp"
#include "base/settings.hpp"
#include "cellular/credential_store.hpp"
#include "cellular/message_service.hpp"
#include "cellular/modem.hpp"
#include "cellular/network_control.hpp"
#include "cellular/pdn.hpp"
#include "cellular/power_state.hpp"
#include "cellular/radio_link.hpp"
#include "cellular/simulation_options.hpp"

namespace attache::cellular {

/// A simulated nRF91 with its SIM and the network it sees; all faces of one modem, and the hand that steers
/// its surroundings. It only knows AT lines, time and its options: no sockets, no threads. All references
/// must outlive it.
class SimulatedNrf91 : public Modem,
                       public Pdn,
                       public CredentialStore,
                       public PowerState,
                       public MessageService,
                       public RadioLink,
                       public NetworkControl {
 public:
  static std::unique_ptr<SimulatedNrf91> create(SimulationOptions options, base::Clock& clock,
                                                base::Settings& settings, base::Journal& journal);
};

}  // namespace attache::cellular
