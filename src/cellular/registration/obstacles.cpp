#include "cellular/registration/obstacles.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "cellular/nrf91.hpp"
#include "cellular/registration/cause_names.hpp"
#include "cellular/registration/pdn_refusal.hpp"

namespace attache::cellular {

namespace {

using base::Cause;
using Phase = Registration::Phase;

constexpr std::string_view wait_for_registration = "Wait for +CEREG: 1 or 5.";

std::string_view technologies(const Configuration::SystemMode& mode) {
  if (mode.lte_m) {
    return mode.nb_iot ? "LTE-M or NB-IoT" : "LTE-M";
  }
  return "NB-IoT";
}

modem::Obstacle lte_off(int mode, bool lte_enabled) {
  constexpr std::string_view switch_on = "Switch it on with AT+CFUN=1.";
  constexpr std::string_view add_lte = "Switch LTE on with AT+CFUN=21 or AT+CFUN=1.";
  switch (mode) {
    case 0:
      return {"CFUN is 0 (modem off)", std::string(switch_on), Cause::radio_off};
    case 4:
      return {"CFUN is 4 (flight mode)", std::string(switch_on), Cause::radio_off};
    case 44:
      return {"CFUN is 44 (flight mode, SIM on)", std::string(switch_on), Cause::radio_off};
    case 20:
      return {"CFUN is 20 (LTE switched off)", std::string(add_lte), Cause::radio_off};
    case 31:
      return {"CFUN is 31: only GNSS is on", std::string(add_lte), Cause::radio_off};
    case 41:
      return {"CFUN is 41: only the SIM is on", std::string(add_lte), Cause::radio_off};
    default:
      break;
  }
  if (!lte_enabled) {
    return {"%XSYSTEMMODE enables neither LTE-M nor NB-IoT",
            "Give AT+CFUN=4, AT%XSYSTEMMODE=1,0,0,0 (or 0,1,0,0 for NB-IoT) and AT+CFUN=1.",
            Cause::wrong_system_mode};
  }
  return {fmt::format("CFUN is {}: LTE is off", mode), std::string(add_lte), Cause::radio_off};
}

// "in 25 s": until what the modem does by itself.
std::string in_time(base::Duration left) {
  auto seconds = std::chrono::ceil<std::chrono::seconds>(left).count();
  constexpr std::int64_t minute = 60;
  constexpr std::int64_t most_seconds = 2 * minute;
  constexpr std::int64_t most_minutes = 2 * minute * minute;
  if (seconds <= most_seconds) {
    return fmt::format("in {} s", seconds);
  }
  return seconds <= most_minutes
             ? fmt::format("in {} min", (seconds + minute - 1) / minute)
             : fmt::format("in {} h", (seconds + minute * minute - 1) / (minute * minute));
}

modem::Obstacle technology_not_served(const Configuration::SystemMode& mode, AccessTechnology offered) {
  bool lte_m = offered == AccessTechnology::lte_m;
  return {
      fmt::format("%XSYSTEMMODE allows {} only, but the network offers {}", technologies(mode),
                  lte_m ? "LTE-M" : "NB-IoT"),
      fmt::format("Give AT+CFUN=4, AT%XSYSTEMMODE={:d},{:d},{:d},0 and AT+CFUN=1.", lte_m, !lte_m, mode.gnss),
      Cause::wrong_system_mode};
}

modem::Obstacle selected_network_missing(const std::string& selected, const std::string& there) {
  return {fmt::format("the PLMN {} selected with AT+COPS=1 is not there", selected),
          fmt::format("Give AT+COPS=0, or AT+COPS=1,2,\"{}\" for the one that can be received.", there),
          Cause::manual_plmn_rejected};
}

// Why the radio environment offers no cell to this modem.
modem::Obstacle no_cell(const Nrf91& modem) {
  const Configuration& configuration = modem.configuration;
  std::vector<const Cell*> heard;
  for (const Cell& cell : modem.radio.cells()) {
    if (modem.radio.heard(cell)) {
      heard.push_back(&cell);
    }
  }
  if (heard.empty()) {
    return {"no coverage: no cell can be received",
            "Cells come with the steering command coverage on, or [network] coverage of the configuration.",
            Cause::no_coverage};
  }
  const Cell& first = *heard.front();
  auto technology_fits = [&](const Cell* cell) {
    return cell->technology == AccessTechnology::lte_m ? configuration.system_mode.lte_m
                                                       : configuration.system_mode.nb_iot;
  };
  if (std::none_of(heard.begin(), heard.end(), technology_fits)) {
    return technology_not_served(configuration.system_mode, first.technology);
  }
  auto supported = [&](const Cell* cell) { return modem.registration.selection().supports(*cell); };
  if (std::none_of(heard.begin(), heard.end(), supported)) {
    return {fmt::format("the band lock leaves out band {} of the network", first.band),
            "Give AT+CFUN=4, AT%XBANDLOCK=0 and AT+CFUN=1.", Cause::band_lock_excludes_operator};
  }
  if (!configuration.selected_plmn.empty()) {
    return selected_network_missing(configuration.selected_plmn, first.plmn);
  }
  if (std::all_of(heard.begin(), heard.end(), [](const Cell* cell) { return cell->barred; })) {
    return {"every cell that can be received is barred",
            "Nobody may use such a cell: another one is needed ([[cell]] barred of the configuration).",
            Cause::no_coverage};
  }
  if (modem.sim.forbids(first.plmn)) {
    return {fmt::format("the network {} is on the SIM's list of forbidden ones", first.plmn),
            fmt::format("Select it by hand with AT+COPS=1,2,\"{}\", or clear the list with "
                        "AT+CRSM=214,28539,0,0,12,\"FFFFFFFFFFFFFFFFFFFFFFFF\".",
                        first.plmn),
            Cause::roaming_not_allowed};
  }
  if (!configuration.plmn_allowed(first.plmn, technology_mask(first.technology))) {
    return {fmt::format("%PALL does not allow the network {}", first.plmn),
            "Give AT+CFUN=4, AT%PALL=2 and AT+CFUN=1.", Cause::manual_plmn_rejected};
  }
  return {"no cell that can be received may be used", "AT+CFUN=4 and AT+CFUN=1 try those again that refused.",
          Cause::registration_denied};
}

// What the modem does by itself, and how to have it done at once.
std::string next_search(const Nrf91& modem) {
  auto left = modem.registration.until_next_try();
  std::string at_once = modem.profile.at_least(1, 3) ? "AT%PERIODICSEARCHCONF=3" : "AT+CFUN=4 and AT+CFUN=1";
  return fmt::format("The next search comes {}; for one at once give {}.",
                     left ? in_time(*left) : "by itself", at_once);
}

modem::Obstacle no_service(const Nrf91& modem) {
  if (modem.registration.selection().selectable_cell() != nullptr) {
    return {"the last search found no cell, now there is one", next_search(modem), Cause::not_registered_yet};
  }
  modem::Obstacle obstacle = no_cell(modem);
  obstacle.advice += " " + next_search(modem);
  return obstacle;
}

modem::Obstacle searching(const Registration& registration, const Nrf91& modem) {
  const RegistrationStatus& status = registration.status();
  if (status.cell != nullptr && status.reject_cause) {
    return {fmt::format("{} rejected the attach ({}); the modem looks for another network", status.cell->plmn,
                        emm_cause(*status.reject_cause)),
            "Wait for +CEREG: 1 or 5; +CEREG: 3 says that no other network took it.",
            cause_of_reject(*status.reject_cause)};
  }
  if (registration.selection().selectable_cell() != nullptr) {
    return {"searching for a network", std::string(wait_for_registration), Cause::not_registered_yet};
  }
  modem::Obstacle obstacle = no_cell(modem);
  obstacle.why = "searching for a network: " + obstacle.why;
  return obstacle;
}

modem::Obstacle denied(const Registration& registration) {
  const RegistrationStatus& status = registration.status();
  int cause = status.reject_cause.value_or(0);
  std::string why = fmt::format("registration denied by {} ({})", status.cell->plmn, emm_cause(cause));
  if (is_final(cause)) {
    return {
        std::move(why),
        "That is final for this SIM: nothing is tried before AT+CFUN=4 and AT+CFUN=1, or with another SIM. "
        "Ask the operator whether SIM and device are allowed.",
        cause_of_reject(cause)};
  }
  auto left = registration.until_next_try();
  return {std::move(why),
          fmt::format("It is tried again {}, or when another cell appears; AT+CFUN=4 and AT+CFUN=1 "
                      "try at once.",
                      left ? in_time(*left) : "later"),
          cause_of_reject(cause)};
}

modem::Obstacle attaching(const std::string& plmn) {
  return {fmt::format("attaching to {}", plmn), std::string(wait_for_registration),
          Cause::not_registered_yet};
}

}  // namespace

// The network refused the modem, which stays on its cell and tries again.
modem::Obstacle Obstacles::refused_attach() const {
  constexpr int esm_failure = 19;
  const RegistrationStatus& status = modem_.registration.status();
  auto left = modem_.registration.until_next_try();
  std::string again = left ? fmt::format("The modem tries again {} by itself.", in_time(*left))
                           : std::string(wait_for_registration);
  if (*status.reject_cause == esm_failure && state_.pdn_refusal) {
    return {fmt::format("{} rejected the attach: {}", status.cell->plmn, state_.pdn_refusal->why),
            state_.pdn_refusal->advice, state_.pdn_refusal->cause};
  }
  return {fmt::format("{} rejected the attach ({}); it will be tried again", status.cell->plmn,
                      emm_cause(*status.reject_cause)),
          std::move(again), cause_of_reject(*status.reject_cause)};
}

modem::Obstacle Obstacles::refused_connection(int cid, int cause) const {
  return explain_refusal(*modem_.contexts.find(cid), cause,
                         modem_.registration.status().cell->network->policy, modem_.options.network);
}

modem::Obstacle Obstacles::out_of_service() const {
  if (modem_.power.crashed()) {
    return {"the modem firmware has crashed", "Reset the device.", Cause::modem_crash};
  }
  if (!modem_.power.lte_on()) {
    return lte_off(modem_.power.mode(), modem_.configuration.system_mode.lte());
  }
  if (!modem_.sim.ready()) {
    return {std::string(describe(modem_.sim.state())), std::string(way_to_ready(modem_.sim.state())),
            cause_of(modem_.sim.state())};
  }
  const RegistrationStatus& status = modem_.registration.status();
  switch (modem_.registration.phase()) {
    case Phase::no_service:
      return no_service(modem_);
    case Phase::denied:
      return denied(modem_.registration);
    case Phase::detached:
      return {"detached by AT+CGATT=0", "Attach with AT+CGATT=1.", Cause::ended_by_host};
    case Phase::attaching:
      return attaching(status.cell->plmn);
    case Phase::camped:
      if (modem_.power.receive_only()) {
        return {"CFUN is 2 (receive only)", "Switch transmission on with AT+CFUN=1.", Cause::radio_off};
      }
      if (auto blocked = modem_.registration.attach_blocked_for()) {
        return {"the attach is blocked after too many resets without AT+CFUN=0",
                fmt::format("It is tried {}. Give AT+CFUN=0 before the power goes.", in_time(*blocked)),
                Cause::reset_loop_restriction};
      }
      return status.reject_cause ? refused_attach() : attaching(status.cell->plmn);
    case Phase::searching:
      return searching(modem_.registration, modem_);
    case Phase::registered:
      return status.camped ? modem::Obstacle{}
                           : modem::Obstacle{"the serving cell is lost",
                                             "The modem looks for it, then searches.", Cause::no_coverage};
    case Phase::off:
    case Phase::no_uicc:
      break;
  }
  return {"the modem is not registered", std::string(wait_for_registration), Cause::not_registered_yet};
}

// Registered, and yet there is no default connection.
modem::Obstacle Obstacles::without_default_connection() const {
  std::string why = state_.default_ended ? fmt::format("the network ended the default PDN connection ({})",
                                                       esm_cause(*state_.default_ended))
                                         : std::string("the default PDN connection is down");
  bool comes_back = modem_.configuration.always_on || modem_.contexts.active_count() == 0;
  return {std::move(why),
          comes_back
              ? "The modem asks for it again by itself: wait for +CEREG: 1 or 5."
              : "It comes back with the next attach: AT+CFUN=4 and AT+CFUN=1, or AT%XPDNCFG=1 beforehand.",
          Cause::pdn_lost};
}

modem::Obstacle Obstacles::down() const {
  if (modem_.contexts.active(0)) {
    return {};
  }
  modem::Obstacle obstacle = out_of_service();
  return obstacle.why.empty() ? without_default_connection() : obstacle;
}

}  // namespace attache::cellular
