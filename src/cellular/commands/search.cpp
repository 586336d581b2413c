#include <fmt/format.h>

#include <iterator>

#include "cellular/network/plmn.hpp"
#include "cellular/nrf91.hpp"
#include "cellular/registration/search_pattern.hpp"

namespace attache::cellular {

namespace {

using at::number;
using at::optional;
using at::string;

constexpr int nrf91_2_0 = firmware_version(2, 0);

Answer write_periodic_search(Nrf91& modem, const at::Parameters& given) {
  constexpr std::size_t first_pattern = 4;
  constexpr std::size_t most_patterns = 4;
  std::size_t patterns = given.size() > first_pattern ? given.size() - first_pattern : 0;
  if (patterns == 0 || patterns > most_patterns || !given.has(1) || !given.has(2) || !given.has(3)) {
    return failure(CmeError::incorrect_parameters,
                   "<loop>, <return_to_pattern>, <band_opt> and one to four patterns are needed");
  }
  if (given.number(1) > 1 || given.number(2) >= static_cast<std::int64_t>(most_patterns)) {
    return failure(CmeError::incorrect_parameters, "<loop> is 0 or 1, <return_to_pattern> 0 to 3");
  }
  std::string text = fmt::format("{},{},{}", given.number(1), given.number(2), given.number(3));
  for (std::size_t i = first_pattern; i < given.size(); ++i) {
    if (!is_search_pattern(given.text(i))) {
      return failure(CmeError::incorrect_parameters,
                     fmt::format("the pattern \"{}\" cannot be read", given.text(i)),
                     "A ramp is \"0,<initial s>,<final s>,[<min>],<end min>\", a table \"1,<s>[,<s>…]\".");
    }
    fmt::format_to(std::back_inserter(text), ",\"{}\"", given.text(i));
  }
  modem.configuration.periodic_search = std::move(text);
  return ok();
}

Answer configure_periodic_search(Nrf91& modem, const Request& request) {
  auto& configured = modem.configuration.periodic_search;
  switch (request.parameters.number(0)) {
    case 0:
      return write_periodic_search(modem, request.parameters);
    case 1:
      return configured.empty()
                 ? failure(base::Cause::nothing_open, CmeError::not_found, "no periodic search is configured",
                           "Configure it with AT%PERIODICSEARCHCONF=0,…")
                 : line(fmt::format("%PERIODICSEARCHCONF: {}", configured));
    case 2:
      configured.clear();
      return ok();
    default:
      modem.registration.search_now();
      return ok();
  }
}

// %PALL=0,<type>,"<plmn>",<AcT mask>[,"<plmn>",<AcT mask>…]
Answer write_plmn_list(Nrf91& modem, const at::Parameters& given) {
  constexpr std::size_t first_plmn = 2;
  std::size_t values = given.size() > first_plmn ? given.size() - first_plmn : 0;
  if (values == 0 || values % 2 != 0 || !given.has(1) || given.number(1) > 1) {
    return failure(CmeError::incorrect_parameters,
                   "the type (0 allowed, 1 not allowed) and pairs of PLMN and technologies are needed",
                   "Example: AT%PALL=0,0,\"26201\",3.");
  }
  std::string text = std::to_string(given.number(1));
  for (std::size_t i = first_plmn; i < given.size(); i += 2) {
    if (!is_plmn(given.text(i)) || given[i + 1].kind != at::Parameter::Kind::number) {
      return failure(CmeError::incorrect_parameters, "a PLMN has five or six digits and a mask after it");
    }
    fmt::format_to(std::back_inserter(text), ",\"{}\",{}", given.text(i), given.number(i + 1));
  }
  modem.configuration.plmn_list = std::move(text);
  return ok();
}

Answer manage_plmn_list(Nrf91& modem, const Request& request) {
  switch (request.parameters.number(0)) {
    case 0:
      return write_plmn_list(modem, request.parameters);
    case 1:
      return line(fmt::format("%PALL: {}", modem.configuration.plmn_list));
    default:
      modem.configuration.plmn_list.clear();
      return ok();
  }
}

Answer set_release_14(Nrf91& modem, const Request& request) {
  const auto& given = request.parameters;
  modem.configuration.release_14 = fmt::format("{},{},{},{},{}", given.number(0, 0), given.number(1, 0),
                                               given.number(2, 0), given.number(3, 0), given.number(4, 0));
  return ok();
}

// %CELLULARPRFL=1 and 0 subscribe; =2,<id>,<AcT mask>,<uicc> defines a profile, =2,<id> removes it.
Answer manage_profiles(Nrf91& modem, const Request& request) {
  const auto& given = request.parameters;
  if (given.number(0) < 2) {
    modem.subscriptions.cellular_profile = given.number(0) == 1;
    return ok();
  }
  if (!given.has(1) || given.has(2) != given.has(3)) {
    return failure(CmeError::incorrect_parameters, "a profile needs <id>, <AcT> and <UICC slot>");
  }
  modem.configuration.cellular_profiles.at(static_cast<std::size_t>(given.number(1))) = {
      static_cast<int>(given.number(2, 0)), static_cast<int>(given.number(3, 0))};
  return ok();
}

}  // namespace

void add_search_commands(CommandTable& table) {
  table.add("%PERIODICSEARCHCONF",
            {.set = configure_periodic_search,
             .rules = {number("op", 0, 3), optional(number("loop", 0, 255)),
                       optional(number("return_to_pattern", 0, 255)), optional(number("band_opt", 0, 255))},
             .more = true,
             .since = firmware_version(1, 3)});
  table.add("%PALL", {.set = manage_plmn_list,
                      .rules = {number("op", 0, 2), optional(number("type", 0, 255))},
                      .needs = Needs::lte_inactive,
                      .more = true,
                      .since = nrf91_2_0});
  table.add("%REDMOB", {.set =
                            [](Nrf91& modem, const Request& request) {
                              modem.configuration.reduced_mobility =
                                  static_cast<int>(request.parameters.number(0));
                              return ok();
                            },
                        .read =
                            [](Nrf91& modem, const Request&) {
                              return line(fmt::format("%REDMOB: {}", modem.configuration.reduced_mobility));
                            },
                        .rules = {number("mode", 0, 2)},
                        .since = firmware_version(1, 3, 2)});
  table.add("%REL14FEAT", {.set = set_release_14,
                           .read =
                               [](Nrf91& modem, const Request&) {
                                 return line(fmt::format("%REL14FEAT: {}", modem.configuration.release_14));
                               },
                           .rules = {number("mac_inact", 0, 1), optional(number("as_rai", 0, 1)),
                                     optional(number("nb_dual_harq", 0, 1)),
                                     optional(number("nb_max_tbs", 0, 1)), optional(number("rsrq", 0, 1))},
                           .needs = Needs::lte_inactive,
                           .since = firmware_version(1, 3)});
  table.add("%XSMSFALLBACK", {.set =
                                  [](Nrf91& modem, const Request& request) {
                                    modem.configuration.sms_fallback = request.parameters.number(0) == 1;
                                    return ok();
                                  },
                              .rules = {number("mode", 0, 1)}});
  table.add("%XOPNAME", {.set =
                             [](Nrf91& modem, const Request& request) {
                               modem.subscriptions.operator_name = request.parameters.number(0) == 1;
                               return ok();
                             },
                         .rules = {number("n", 0, 1)}});
  table.add("%CELLULARPRFL", {.set = manage_profiles,
                              .rules = {number("op", 0, 2), optional(number("id", 0, 1)),
                                        optional(number("AcT", 1, 7)), optional(number("UICC", 0, 3))},
                              .needs = Needs::lte_inactive,
                              .since = firmware_version(2, 0, 2)});
}

}  // namespace attache::cellular
