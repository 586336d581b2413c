#include "cellular/registration/power_saving_terms.hpp"

#include <string_view>
#include <utility>

#include "base/text.hpp"
#include "cellular/gprs_timer.hpp"

namespace attache::cellular {

namespace {

// "first,second" of the network's options.
std::pair<std::string, std::string> halves(std::string_view text) {
  std::size_t comma = text.find(',');
  std::string_view second = comma == std::string_view::npos ? std::string_view{} : text.substr(comma + 1);
  return {std::string(base::trim(text.substr(0, comma))), std::string(base::trim(second))};
}

}  // namespace

PsmTerms agree_on_psm(const Operator& network, const Configuration::PowerSaving& asked) {
  PsmTerms terms{std::string(timer_deactivated), std::string(timer_deactivated)};
  if (network.psm == "refused") {
    return terms;
  }
  if (!network.psm.empty()) {
    auto [active, periodic] = halves(network.psm);
    terms.active_time = active;
    terms.periodic_tau = periodic.empty() ? terms.periodic_tau : periodic;
  } else if (asked.on) {
    terms = {asked.active_time, asked.periodic_tau};
  }
  return terms;
}

std::optional<NegotiatedEdrx> agree_on_edrx(const Operator& network, AccessTechnology technology,
                                            const Configuration::Edrx& asked) {
  if (network.edrx == "none") {
    return std::nullopt;
  }
  NegotiatedEdrx negotiated{technology, asked.cycle, asked.cycle, asked.paging_window};
  if (network.edrx == "refused") {
    negotiated.granted.clear();
  } else if (!network.edrx.empty()) {
    auto [cycle, window] = halves(network.edrx);
    negotiated.granted = cycle;
    negotiated.paging_window = window.empty() ? negotiated.paging_window : window;
  }
  return negotiated;
}

IdleTimes idle_times(const Operator& network, const PsmTerms& granted,
                     const std::optional<NegotiatedEdrx>& edrx, const Configuration::PowerSaving& asked,
                     bool proprietary_psm) {
  IdleTimes times;
  auto extended = periodic_tau(granted.periodic_tau);
  if (extended) {
    times.active_time = active_time(granted.active_time);
    times.update_after = extended;
  } else {
    times.update_after = gprs_timer(network.policy.periodic_update);
  }
  if (!times.active_time && asked.on && proprietary_psm) {
    times.active_time = active_time(asked.active_time);
    times.proprietary = true;
  }
  if (edrx && !edrx->granted.empty()) {
    times.edrx_cycle = edrx_cycle(edrx->technology, edrx->granted);
    times.paging_window = paging_time_window(edrx->technology, edrx->paging_window);
  }
  return times;
}

}  // namespace attache::cellular
