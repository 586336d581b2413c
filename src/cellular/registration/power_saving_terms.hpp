#pragma once

#include <optional>
#include <string>

#include "cellular/configuration.hpp"
#include "cellular/network/radio_environment.hpp"
#include "cellular/registration/radio_connection.hpp"

namespace attache::cellular {

/// PSM as the network grants it at an attach or an update: T3324 and T3412 extended as +CEREG prints them
/// (reference nrf91-modem/power-saving.md; 3GPP 24.008 10.5.7.4, 10.5.7.4a).
struct PsmTerms {
  std::string active_time;
  std::string periodic_tau;

  bool operator==(const PsmTerms&) const = default;
};
/// What the network makes of the request.
[[nodiscard]] PsmTerms agree_on_psm(const Operator& network, const Configuration::PowerSaving& asked);

/// eDRX as negotiated with the network at the last registration.
struct NegotiatedEdrx {
  AccessTechnology technology = AccessTechnology::lte_m;
  std::string requested;
  std::string granted;        ///< Empty = refused.
  std::string paging_window;  ///< With a granted cycle.
};
/// What the network makes of the request; nothing if it has no eDRX at all.
[[nodiscard]] std::optional<NegotiatedEdrx> agree_on_edrx(const Operator& network,
                                                          AccessTechnology technology,
                                                          const Configuration::Edrx& asked);

/// What follows for the time in idle mode. `proprietary_psm`: the firmware sleeps by itself where the network
/// grants no PSM.
[[nodiscard]] IdleTimes idle_times(const Operator& network, const PsmTerms& granted,
                                   const std::optional<NegotiatedEdrx>& edrx,
                                   const Configuration::PowerSaving& asked, bool proprietary_psm);

}  // namespace attache::cellular
