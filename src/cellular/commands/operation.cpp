#include <fmt/format.h>

#include <array>

#include "base/text.hpp"
#include "cellular/device_identity.hpp"
#include "cellular/nrf91.hpp"

namespace attache::cellular {

namespace {

using at::number;
using at::optional;
using at::string;

// %XSUDO and %XPMNG: the modem keeps ten public keys, made by %XPMNG in the credential store as type 5.
constexpr int most_public_keys = 10;

Answer reset_to_factory(Nrf91& modem, const Request& request) {
  bool everything = request.parameters.number(0) == 0;
  Answer answer = modem.memory.reset_configuration();
  if (answer.failure) {
    return answer;
  }
  if (everything) {
    modem.scratch = {};
  }
  modem.contexts.reset();
  return answer;
}

Answer set_operator_profile(Nrf91& modem, const Request& request) {
  constexpr int satellite = 21;
  auto profile = static_cast<int>(request.parameters.number(0));
  int most = modem.profile.at_least(1, 3) ? satellite : 9;
  if (profile > most) {
    return failure(CmeError::incorrect_parameters, fmt::format("the profiles go from 1 to {}", most));
  }
  modem.configuration.operator_profile = profile;
  return ok();
}

// The operators whose SIMs the firmware knows.
int operator_id(std::string_view imsi) {
  struct Known {
    std::string_view plmn;
    int id;
  };
  static constexpr std::array<Known, 10> known{{{"311480", 1},
                                                {"310410", 2},
                                                {"313100", 3},
                                                {"310150", 4},
                                                {"46011", 6},
                                                {"44020", 7},
                                                {"50501", 8},
                                                {"302610", 9},
                                                {"45006", 10},
                                                {"310170", 5}}};
  for (const Known& entry : known) {
    if (imsi.starts_with(entry.plmn)) {
      return entry.id;
    }
  }
  return 0;
}

// AT%FEACONF=0,<feature>,<0|1> writes; 1,<feature> reads; 2 lists all.
Answer configure_feature(Nrf91& modem, const Request& request) {
  constexpr int proprietary_psm = 0;
  constexpr int plmn_optimisation = 3;
  constexpr int signal_check = 7;
  constexpr int list = 2;
  const auto& given = request.parameters;
  auto& configuration = modem.configuration;
  if (given.number(0) == list) {
    return line(fmt::format("%FEACONF: {},{},{},{},{},{}", proprietary_psm, configuration.proprietary_psm,
                            plmn_optimisation, configuration.plmn_optimisation, signal_check,
                            configuration.signal_check));
  }
  auto feature = static_cast<int>(given.number(1, -1));
  int* value = nullptr;
  if (feature == proprietary_psm) {
    value = &configuration.proprietary_psm;
  } else if (feature == plmn_optimisation) {
    value = &configuration.plmn_optimisation;
  } else if (feature == signal_check) {
    value = &configuration.signal_check;
  } else {
    return failure(CmeError::incorrect_parameters, fmt::format("there is no feature {}", feature),
                   "Features: 0 proprietary PSM, 3 PLMN selection optimisation, 7 signal check.");
  }
  if (given.number(0) == 1) {
    return line(fmt::format("%FEACONF: {},{}", feature, *value));
  }
  if (!given.has(2)) {
    return failure(CmeError::incorrect_parameters, "<value> is missing");
  }
  *value = static_cast<int>(given.number(2));
  return ok();
}

// With 1 the tests of production (%XRFTEST, %XEMPR) stay allowed.
Answer finish_production(Nrf91& modem, const Request& request) {
  return request.parameters.number(0, 0) == 1 ? ok() : modem.memory.finish_production();
}

CredentialVault::Id public_key_id(std::int64_t tag) {
  return {static_cast<std::uint32_t>(tag), CredentialType::public_key};
}

// %XPMNG=0,"<pem>"[,<tag>] stores a key, =2[,<tag>] deletes it.
Answer manage_public_keys(Nrf91& modem, const Request& request) {
  constexpr int write = 0;
  const auto& given = request.parameters;
  if (given.number(0) == 1) {
    return failure(CmeError::incorrect_parameters, "%XPMNG takes 0 (write) or 2 (delete)");
  }
  bool writes = given.number(0) == write;
  auto id = public_key_id(writes ? given.number(2, 0) : (given.size() > 1 ? given.number(1, 0) : 0));
  const CredentialVault::Entry* present = modem.vault.find(id);
  if (!writes) {
    if (present == nullptr) {
      return failure(CmeError::not_found, fmt::format("no public key is stored under {}", id.sec_tag));
    }
    auto erased = modem.vault.erase(id);
    return erased ? ok() : failure(CmeError::memory_failure, erased.error());
  }
  std::string_view pem = given.text(1);
  if (!pem.starts_with("-----BEGIN PUBLIC KEY-----")) {
    return failure(CmeError::incorrect_parameters, "the key is no PEM text of a public key");
  }
  if (present != nullptr) {
    return failure(base::Cause::credential_exists, CmeError::authentication_failed,
                   "a public key is stored there already", "Delete it with AT%XPMNG=2.");
  }
  auto written = modem.vault.write(id, {std::string(pem), {}});
  return written ? ok() : failure(CmeError::memory_failure, written.error());
}

// %XSUDO=<length>,"<signature>",<tag>;<command>: runs a command that a key of %XPMNG has signed.
Answer authenticate_command(Nrf91& modem, const Request& request) {
  const auto& given = request.parameters;
  auto tag = given.number(2, 0);
  const CredentialVault::Entry* key = modem.vault.find(public_key_id(tag));
  if (key == nullptr) {
    return failure(CmeError::not_found, fmt::format("no public key is stored under {}", tag),
                   "Store it with AT%XPMNG.");
  }
  std::string_view command = modem.engine.pending_commands();
  if (given.number(0) != static_cast<std::int64_t>(command.size()) ||
      !is_signed(command, given.text(1), key->content)) {
    return failure(base::Cause::bad_parameter, CmeError::authentication_failed,
                   "the signature does not fit the command that follows");
  }
  return ok();
}

Answer trace(Nrf91& modem, const Request& request) {
  constexpr int predefined = 1;
  constexpr int most_sets = 5;
  const auto& given = request.parameters;
  auto operation = given.number(0);
  if (operation == 0) {
    modem.configuration.trace.clear();
    return ok();
  }
  if (operation == predefined && (given.number(1, 0) < 1 || given.number(1, 0) > most_sets)) {
    return failure(CmeError::incorrect_parameters, "the predefined sets go from 1 to 5");
  }
  modem.configuration.trace =
      operation == predefined ? fmt::format("1,{}", given.number(1)) : std::to_string(operation);
  return ok();
}

Answer test_radio(Nrf91& modem, const Request& request) {
  if (modem.configuration.production_done) {
    return failure(CmeError::not_allowed,
                   "production is done (%XPRODDONE): the radio is not tested any more");
  }
  return request.parameters.size() == 0
             ? failure(CmeError::incorrect_parameters, "<operation> is missing")
             : failure(CmeError::not_supported,
                       "a simulated radio has nothing to be measured at its antenna");
}

}  // namespace

void add_operation_commands(CommandTable& table) {
  constexpr int longest_pem = 4096;
  constexpr int most_rf_value = 65535;
  table.add("%XFACTORYRESET", {.set = reset_to_factory,
                               .rules = {number("type", 0, 1)},
                               .needs = Needs::lte_inactive,
                               .writes = true,
                               .since = firmware_version(1, 3)});
  table.add("%XOPCONF", {.set = set_operator_profile,
                         .read =
                             [](Nrf91& modem, const Request&) {
                               return line(fmt::format("%XOPCONF: {}", modem.configuration.operator_profile));
                             },
                         .rules = {number("profile", 1, 255)},
                         .needs = Needs::lte_inactive,
                         .since = firmware_version(1, 1, 3)});
  table.add("%XOPERID", {.set =
                             [](Nrf91& modem, const Request&) {
                               return line(fmt::format("%XOPERID: {}", operator_id(modem.sim.imsi())));
                             },
                         .needs = Needs::uicc_ready});
  table.add("%FEACONF", {.set = configure_feature,
                         .rules = {number("op", 0, 2), optional(number("feature", 0, 255)),
                                   optional(number("value", 0, 1))},
                         .since = firmware_version(2, 0)});
  table.add("%XPRODDONE", {.set = finish_production,
                           .rules = {optional(number("value", 0, 1))},
                           .needs = Needs::lte_inactive,
                           .writes = true});
  table.add("%XSUDO", {.set = authenticate_command,
                       .rules = {number("length", 1, longest_pem), string("signature", 200),
                                 optional(number("tag", 0, most_public_keys - 1))}});
  table.add("%XPMNG", {.set = manage_public_keys,
                       .rules = {number("op", 0, 2)},
                       .needs = Needs::lte_inactive,
                       .writes = true,
                       .more = true});
  table.add(
      "%XMODEMTRACE",
      {.set = trace, .rules = {number("operation", 0, 3), optional(number("set", 0, 255))}, .more = true});
  table.add("%XRFTEST", {.set = test_radio,
                         .rules = {optional(number("operation", 0, most_rf_value))},
                         .needs = Needs::lte_inactive,
                         .more = true});
}

}  // namespace attache::cellular
