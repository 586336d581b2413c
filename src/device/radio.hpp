#pragma once

#include <functional>
#include <memory>

#include "base/clock.hpp"
#include "base/journal.hpp"
#include "base/result.hpp"
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
#include "radio/at_radio_options.hpp"

namespace attache::device {

/// The modem of a device, whatever kind it is: its faces. What a kind does not have is null.
struct Radio {
  std::shared_ptr<void> parts;  ///< Holds what stands behind the faces.
  modem::Modem& modem;
  modem::Pdn& pdn;
  modem::CredentialStore& credentials;
  const modem::PowerState& power;
  modem::RadioLink* link = nullptr;                    ///< Null: the radio does nothing to the data.
  modem::MessageService* messages = nullptr;           ///< Null: the service centre is out of reach.
  cellular::NetworkControl* network = nullptr;         ///< Null: nobody steers the network around it.
  modem::NetworkRegistration* registration = nullptr;  ///< Null: it does not tell.
  std::function<void()> close{};  ///< Ends what it has open, its port for example; empty: nothing.
};

/// Makes the modem of a device. Settings and journal outlive it.
using RadioFactory = std::function<Radio(base::Settings& settings, base::Journal& journal)>;

/// The simulated nRF91, which has every face. `clock` must outlive it.
RadioFactory simulated_radio(cellular::SimulationOptions options, base::Clock& clock);

/// A real modem on the AT port of `options`, which must name one and is opened here: the reason says why it
/// cannot be. The factory makes one radio. `clock` must outlive it.
base::Result<RadioFactory> at_radio(const radio::AtRadioOptions& options, base::Clock& clock);

}  // namespace attache::device
