#include <fmt/format.h>

#include <algorithm>

#include "cellular/nrf91.hpp"

namespace attache::cellular {

namespace {

using at::number;
using at::optional;
using at::string;

constexpr std::size_t shortest_pin = 4;
constexpr int longest_pin = 8;

bool is_pin(std::string_view text) {
  return text.size() >= shortest_pin && text.size() <= longest_pin &&
         text.find_first_not_of("0123456789") == std::string_view::npos;
}

// Does not reach the card, so no attempt is lost (3GPP TS 31.101, 9.3: digits, padded to eight bytes).
Answer malformed_pin() {
  return failure(CmeError::incorrect_parameters,
                 "a PIN or PUK has four to eight digits; the card was not asked, no attempt is lost");
}

Answer to_answer(SimCard::Check check, const SimCard& sim) {
  switch (check) {
    case SimCard::Check::ok:
      return ok();
    case SimCard::Check::wrong: {
      bool puk = sim.state() == SimCard::State::puk_required && sim.puk_retries() < 10;
      return failure(CmeError::wrong_password,
                     fmt::format("the {} is wrong; attempts left: {}", puk ? "PUK" : "PIN",
                                 puk ? sim.puk_retries() : sim.pin_retries()));
    }
    case SimCard::Check::not_needed:
      return failure(CmeError::not_allowed, "no PIN is asked for now");
    case SimCard::Check::puk_required:
      return failure(CmeError::puk_required, std::string(describe(SimCard::State::puk_required)),
                     "Give it with AT+CPIN=\"<PUK>\",\"<new PIN>\".");
    case SimCard::Check::blocked:
      return failure(CmeError::sim_failure, std::string(describe(SimCard::State::blocked)));
    case SimCard::Check::storage_failed:
      break;
  }
  return failure(CmeError::memory_failure, "the SIM's state could not be stored",
                 "Look at the state folder (--state).");
}

Answer to_answer(Personalisation::Check check) {
  switch (check) {
    case Personalisation::Check::ok:
      return ok();
    case Personalisation::Check::wrong:
      return failure(CmeError::wrong_password, "the password of the personalisation is wrong");
    case Personalisation::Check::not_locked:
      return failure(CmeError::wrong_password, "the device is not personalised: there is nothing to unlock");
    case Personalisation::Check::permanent:
      return failure(CmeError::not_allowed, "the personalisation is permanent");
    case Personalisation::Check::storage_failed:
      break;
  }
  return failure(CmeError::memory_failure, "the personalisation could not be stored",
                 "Look at the state folder (--state).");
}

Answer give_personalisation_code(Nrf91& modem, std::string_view code) {
  auto check = modem.personalisation.unlock(modem.sim.refused_by(), code);
  if (check == Personalisation::Check::ok) {
    modem.uicc_power.readmit();
  }
  return to_answer(check);
}

// What +CPIN? prints while a lock of the device refuses the card.
std::string_view personalisation_code(std::string_view facility) {
  if (facility == "PN") {
    return "PH-NET PIN";
  }
  if (facility == "PU") {
    return "PH-NETSUB PIN";
  }
  if (facility == "PP") {
    return "PH-SP PIN";
  }
  return facility == "PC" ? "PH-CORP PIN" : "PH-SIM PIN";
}

Answer give_pin(Nrf91& modem, const Request& request) {
  SimCard& sim = modem.sim;
  std::string_view given = request.parameters.text(0);
  std::string_view new_pin = request.parameters.text(1);
  SimCard::State before = sim.state();
  SimCard::Check check = SimCard::Check::ok;
  if (before == SimCard::State::personalised) {
    return give_personalisation_code(modem, given);
  }
  if (!is_pin(given) || (request.parameters.has(1) && !is_pin(new_pin))) {
    return malformed_pin();
  }
  if (before == SimCard::State::puk_required && request.parameters.has(1)) {
    check = sim.unblock(given, new_pin);
  } else {
    check = sim.verify_pin(given);
  }
  modem.uicc_power.state_changed(before);
  return to_answer(check, sim);
}

Answer read_pin_state(Nrf91& modem, const Request&) {
  switch (modem.sim.state()) {
    case SimCard::State::ready:
      return line("+CPIN: READY");
    case SimCard::State::pin_required:
      return line("+CPIN: \"SIM PIN\"");
    case SimCard::State::puk_required:
      return line("+CPIN: \"SIM PUK\"");
    case SimCard::State::personalised:
      return line(fmt::format("+CPIN: \"{}\"", personalisation_code(modem.sim.refused_by())));
    case SimCard::State::starting:
      return failure(CmeError::sim_busy, std::string(describe(SimCard::State::starting)));
    case SimCard::State::off:
    case SimCard::State::absent:
    case SimCard::State::blocked:
      break;
  }
  return failure(cause_of(modem.sim.state()), CmeError::sim_failure,
                 std::string(describe(modem.sim.state())));
}

Answer count_retries(Nrf91& modem, const Request& request) {
  constexpr int most_pin2_retries = 3;
  constexpr int most_puk2_retries = 10;
  std::string_view code = request.parameters.text(0);
  int retries = 0;
  if (code == "SIM PIN") {
    retries = modem.sim.pin_retries();
  } else if (code == "SIM PUK") {
    retries = modem.sim.puk_retries();
  } else if (code == "SIM PIN2") {
    retries = most_pin2_retries;
  } else if (code == "SIM PUK2") {
    retries = most_puk2_retries;
  } else {
    return failure(CmeError::incorrect_parameters, fmt::format("\"{}\" is no code of a SIM", code),
                   "Codes: SIM PIN, SIM PIN2, SIM PUK, SIM PUK2.");
  }
  return line(fmt::format("+CPINR: \"{}\",{}", code, retries));
}

bool is_personalisation(std::string_view facility) {
  return facility == "PN" || facility == "PU" || facility == "PP" || facility == "PC" || facility == "PS";
}

Answer query_lock(Nrf91& modem, std::string_view facility) {
  if (is_personalisation(facility)) {
    return line(fmt::format("+CLCK: {:d}", modem.personalisation.locked(facility)));
  }
  if (!modem.profile.at_least(1, 3)) {
    return failure(CmeError::incorrect_parameters, "the state of \"SC\" cannot be asked before firmware 1.3");
  }
  return line(fmt::format("+CLCK: {:d}", modem.sim.locked()));
}

Answer lock(Nrf91& modem, const Request& request) {
  constexpr int query = 2;
  std::string_view facility = request.parameters.text(0);
  auto mode = static_cast<int>(request.parameters.number(1));
  if (facility != "SC" && !is_personalisation(facility)) {
    return failure(CmeError::incorrect_parameters, "there is no such facility",
                   "Facilities: SC, PS, PN, PU, PP, PC.");
  }
  if (mode == query) {
    return query_lock(modem, facility);
  }
  if (facility != "SC") {
    if (mode == 1) {
      return failure(CmeError::not_allowed, "a personalisation is set with %XUSIMLCK");
    }
    auto check = modem.personalisation.unlock(facility, request.parameters.text(2));
    if (check == Personalisation::Check::ok) {
      modem.uicc_power.readmit();
    }
    return to_answer(check);
  }
  if (!is_pin(request.parameters.text(2))) {
    return malformed_pin();
  }
  SimCard::State before = modem.sim.state();
  SimCard::Check check = modem.sim.set_lock(mode == 1, request.parameters.text(2));
  modem.uicc_power.state_changed(before);
  return to_answer(check, modem.sim);
}

Answer change_password(Nrf91& modem, const Request& request) {
  if (request.parameters.text(0) != "SC") {
    return failure(CmeError::not_allowed, "only the password of \"SC\" can be changed");
  }
  if (!is_pin(request.parameters.text(1)) || !is_pin(request.parameters.text(2))) {
    return malformed_pin();
  }
  SimCard::State before = modem.sim.state();
  SimCard::Check check = modem.sim.change_pin(request.parameters.text(1), request.parameters.text(2));
  modem.uicc_power.state_changed(before);
  return to_answer(check, modem.sim);
}

Answer show_number(Nrf91& modem, const Request&) {
  std::string number = modem.uicc.number();
  if (number.empty()) {
    return failure(base::Cause::card_refuses, CmeError::phone_failure,
                   "no number is stored on the SIM (EF_MSISDN)");
  }
  constexpr int international = 145;
  constexpr int unknown = 129;
  return line(fmt::format("+CNUM: ,\"{}\",{}", number, number.starts_with('+') ? international : unknown));
}

constexpr std::size_t shortest_code = 6;
constexpr std::size_t longest_code = 16;

// The items of a lock: those given, or what the present card has.
std::string lock_items(const Nrf91& modem, std::string_view facility, std::string_view given) {
  if (!given.empty()) {
    return std::string(given);
  }
  return facility == "PS" ? modem.sim.imsi() : modem.sim.home_plmn();
}

// Up to 24 items "MCC.MNC[.…]" or IMSIs, separated by colons.
bool are_lock_items(std::string_view text) {
  constexpr std::ptrdiff_t most_items = 24;
  return std::count(text.begin(), text.end(), ':') < most_items &&
         text.find_first_not_of("0123456789ABCDEFabcdef.:") == std::string_view::npos;
}

Answer personalise(Nrf91& modem, const Request& request) {
  constexpr int set_lock = 1;
  constexpr int remove_lock = 2;
  constexpr int disable_lock = 3;
  const auto& given = request.parameters;
  auto mode = given.number(0);
  std::string_view facility = given.text(1);
  std::string_view password = given.text(2);
  if (!is_personalisation(facility)) {
    return failure(CmeError::incorrect_parameters, "there is no such personalisation",
                   "Personalisations: PN, PU, PP, PC, PS.");
  }
  bool has_code = password.size() >= shortest_code && password.size() <= longest_code &&
                  password.find_first_not_of("0123456789") == std::string_view::npos;
  if (mode != disable_lock && !has_code) {
    return failure(CmeError::incorrect_parameters, "a personalisation code has 6 to 16 digits");
  }
  if (mode == remove_lock) {
    auto check = modem.personalisation.unlock(facility, password);
    if (check == Personalisation::Check::ok) {
      modem.uicc_power.readmit();
    }
    return to_answer(check);
  }
  if (modem.personalisation.disabled(facility)) {
    return failure(CmeError::not_allowed, "this personalisation has been disabled for good");
  }
  if (modem.personalisation.locked(facility)) {
    return failure(CmeError::already_exists, "the device is personalised already",
                   "Remove the lock with AT%XUSIMLCK=2 first.");
  }
  if (mode == disable_lock) {
    return to_answer(modem.personalisation.disable(facility));
  }
  if (!are_lock_items(given.text(4))) {
    return failure(CmeError::incorrect_parameters,
                   "the items are up to 24 PLMNs (MCC.MNC) or IMSIs with colons between them");
  }
  bool first_card = mode != set_lock;
  std::string items = lock_items(modem, facility, first_card ? std::string_view{} : given.text(4));
  return to_answer(modem.personalisation.lock(facility, password, given.number(3, 0) == 1, items));
}

}  // namespace

void add_sim_commands(CommandTable& table) {
  table.add("+CPIN", {.set = give_pin,
                      .read = read_pin_state,
                      .rules = {string("pin", longest_pin), optional(string("newpin", longest_pin))},
                      .needs = Needs::uicc_powered,
                      .bare = true});
  table.add("+CPINR", {.set = count_retries, .rules = {string("code", 8)}, .needs = Needs::uicc_powered});
  table.add("+CLCK", {.set = lock,
                      .test =
                          [](Nrf91&, const Request&) {
                            return line("+CLCK: (\"SC\",\"PS\",\"PN\",\"PU\",\"PP\",\"PC\")");
                          },
                      .rules = {string("facility", 2), number("mode", 0, 2), optional(string("password", 16)),
                                optional(number("class", 0, 255))},
                      .needs = Needs::uicc_powered});
  table.add("+CPWD",
            {.set = change_password,
             .test = [](Nrf91&, const Request&) { return line("+CPWD: (\"SC\",8),(\"P2\",8)"); },
             .rules = {string("facility", 2), string("old", longest_pin), string("new", longest_pin)},
             .needs = Needs::uicc_powered});
  table.add("+CIMI", {.set = [](Nrf91& modem, const Request&) { return line(modem.sim.imsi()); },
                      .needs = Needs::uicc_ready});
  table.add("%XICCID",
            {.set = [](Nrf91& modem,
                       const Request&) { return line(fmt::format("%XICCID: {}", modem.sim.iccid())); },
             .needs = Needs::uicc_ready});
  table.add("+CNUM", {.set = show_number, .needs = Needs::uicc_ready});
  table.add("%XSIM",
            {.set =
                 [](Nrf91& modem, const Request& request) {
                   modem.subscriptions.xsim = request.parameters.number(0) == 1;
                   return ok();
                 },
             .read = [](Nrf91& modem,
                        const Request&) { return line(fmt::format("%XSIM: {}", modem.uicc_power.text())); },
             .rules = {number("n", 0, 1)}});
  table.add("%XUSIMLCK", {.set = personalise,
                          .rules = {number("operation", 1, 4), string("facility", 2),
                                    optional(string("password", longest_code)),
                                    optional(number("permanent", 0, 1)), optional(string("data", 400))},
                          .needs = Needs::uicc_ready,
                          .writes = true,
                          .since = firmware_version(1, 1)});
  add_uicc_commands(table);
}

}  // namespace attache::cellular
