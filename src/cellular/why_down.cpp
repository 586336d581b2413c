#include <fmt/format.h>

#include <algorithm>

#include "cellular/nrf91.hpp"

namespace attache::cellular {

namespace {

std::string_view technologies(const Configuration::SystemMode& mode) {
  if (mode.lte_m) {
    return mode.nb_iot ? "LTE-M or NB-IoT" : "LTE-M";
  }
  return "NB-IoT";
}

std::string lte_off_reason(int mode, bool lte_enabled) {
  switch (mode) {
    case 0:
      return "CFUN is 0 (modem off)";
    case 4:
      return "CFUN is 4 (flight mode)";
    case 44:
      return "CFUN is 44 (flight mode, SIM on)";
    case 20:
      return "CFUN is 20 (LTE switched off)";
    case 31:
      return "CFUN is 31: only GNSS is on";
    case 41:
      return "CFUN is 41: only the SIM is on";
    default:
      break;
  }
  if (!lte_enabled) {
    return "%XSYSTEMMODE enables neither LTE-M nor NB-IoT";
  }
  return fmt::format("CFUN is {}: LTE is off", mode);
}

// Why the radio environment offers no cell to this modem.
std::string no_cell_reason(const Nrf91& modem) {
  const Configuration& configuration = modem.configuration;
  std::vector<const Cell*> heard;
  for (const Cell& cell : modem.radio.cells()) {
    if (modem.radio.heard(cell)) {
      heard.push_back(&cell);
    }
  }
  if (heard.empty()) {
    return "no coverage: no cell can be received";
  }
  const Cell& first = *heard.front();
  auto technology_fits = [&](const Cell* cell) {
    return cell->technology == AccessTechnology::lte_m ? configuration.system_mode.lte_m
                                                       : configuration.system_mode.nb_iot;
  };
  if (std::none_of(heard.begin(), heard.end(), technology_fits)) {
    return fmt::format("%XSYSTEMMODE allows {} only, but the network offers {}",
                       technologies(configuration.system_mode),
                       first.technology == AccessTechnology::lte_m ? "LTE-M" : "NB-IoT");
  }
  auto supported = [&](const Cell* cell) { return modem.registration.supports(*cell); };
  if (std::none_of(heard.begin(), heard.end(), supported)) {
    return fmt::format("the band lock leaves out band {} of the network", first.band);
  }
  if (!configuration.selected_plmn.empty()) {
    return fmt::format("the PLMN {} selected with AT+COPS=1 is not there", configuration.selected_plmn);
  }
  if (std::all_of(heard.begin(), heard.end(), [](const Cell* cell) { return cell->barred; })) {
    return "every cell that can be received is barred";
  }
  if (modem.sim.forbids(first.plmn)) {
    return fmt::format("the network {} is on the SIM's list of forbidden ones", first.plmn);
  }
  return configuration.plmn_allowed(first.plmn, technology_mask(first.technology))
             ? "no cell that can be received may be used"
             : fmt::format("%PALL does not allow the network {}", first.plmn);
}

}  // namespace

std::string Nrf91::why_down() const {
  if (contexts.active(0)) {
    return {};
  }
  if (crashed_) {
    return "the modem firmware has crashed";
  }
  if (!lte_on_) {
    return lte_off_reason(mode_, configuration.system_mode.lte());
  }
  if (!sim.ready()) {
    return std::string(describe(sim.state()));
  }
  const RegistrationStatus& status = registration.status();
  switch (registration.phase()) {
    case Registration::Phase::no_service:
      return no_cell_reason(*this);
    case Registration::Phase::denied:
      return fmt::format("registration denied by {} (EMM cause {})", status.cell->plmn,
                         status.reject_cause.value_or(0));
    case Registration::Phase::detached:
      return "detached by AT+CGATT=0";
    case Registration::Phase::attaching:
      return fmt::format("attaching to {}", status.cell->plmn);
    case Registration::Phase::camped:
      if (receive_only_) {
        return "CFUN is 2 (receive only)";
      }
      return status.reject_cause
                 ? fmt::format("{} rejected the attach (EMM cause {}); it will be tried again",
                               status.cell->plmn, *status.reject_cause)
                 : fmt::format("attaching to {}", status.cell->plmn);
    case Registration::Phase::searching:
      return registration.selectable_cell() == nullptr
                 ? fmt::format("searching for a network: {}", no_cell_reason(*this))
                 : "searching for a network";
    case Registration::Phase::off:
    case Registration::Phase::no_uicc:
    case Registration::Phase::registered:
      break;
  }
  return "the default PDN connection is down";
}

}  // namespace attache::cellular
