#include <fmt/format.h>

#include <iterator>

#include "cellular/nrf91.hpp"

namespace attache::cellular {

namespace {

using at::number;
using at::optional;
using at::string;

constexpr int greatest_cid = 11;

Answer show_quality_of_service(Nrf91& modem, const Request& request) {
  constexpr int best_effort = 9;
  const auto& given = request.parameters;
  Answer answer;
  for (const PdnContext& context : modem.contexts.all()) {
    if (context.active && given.number(0, context.cid) == context.cid) {
      fmt::format_to(std::back_inserter(answer.text), "+CGEQOSRDP: {},{},,\r\n", context.cid, best_effort);
    }
  }
  return answer;
}

// AT%XAPNCLASS=0,<class> reads; =1,<class>,"<apn>","<type>" writes (operator specific).
Answer manage_apn_class(Nrf91& modem, const Request& request) {
  const auto& given = request.parameters;
  auto& stored = modem.configuration.apn_class;
  if (given.number(0) == 1) {
    if (!given.has(2) || !given.has(3)) {
      return failure(CmeError::incorrect_parameters, "<apn> and <PDP_type> are missing");
    }
    stored = fmt::format("{},\"{}\",\"{}\"", given.number(1), given.text(2), given.text(3));
    return ok();
  }
  bool there = !stored.empty() && stored.starts_with(fmt::format("{},", given.number(1)));
  return there ? line(fmt::format("%XAPNCLASS: {}", stored))
               : failure(base::Cause::bad_parameter, CmeError::not_found,
                         fmt::format("the APN class {} is not set", given.number(1)));
}

Answer report_ipv6_failure(Nrf91& modem, const Request& request) {
  auto cid = static_cast<int>(request.parameters.number(0));
  if (!modem.contexts.active(cid)) {
    return failure(base::Cause::pdn_inactive, CmeError::not_allowed,
                   fmt::format("the context {} is not active", cid));
  }
  if (modem.subscriptions.cgerep) {
    modem.notify(fmt::format("+CGEV: IPV6 FAIL {}", cid));
  }
  return ok();
}

Answer set_apn_status(Nrf91& modem, const Request& request) {
  if (request.parameters.text(1).empty()) {
    return failure(CmeError::incorrect_parameters, "<apn> is empty");
  }
  modem.contexts.set_apn_enabled(request.parameters.text(1), request.parameters.number(0) == 1);
  return ok();
}

Answer read_apn_status(Nrf91& modem, const Request&) {
  std::string text = "%XAPNSTATUS: ";
  bool first = true;
  for (const std::string& apn : modem.contexts.disabled_apns()) {
    fmt::format_to(std::back_inserter(text), "{}\"{}\"", first ? "" : ",", apn);
    first = false;
  }
  return line(std::move(text));
}

// <status>: 0 = not limited, 1 = the limit is reached, 2 = limited, not reached.
Answer show_rate_control(Nrf91& modem, const Request& request) {
  auto cid = static_cast<int>(request.parameters.number(0));
  if (!modem.contexts.active(cid)) {
    return failure(base::Cause::pdn_inactive, CmeError::not_allowed,
                   fmt::format("the context {} is not active", cid));
  }
  auto left = modem.traffic.uplink_messages_left();
  if (!left) {
    return line(fmt::format("%APNRATECTRL: {},0", cid));
  }
  const NetworkPolicy& policy = modem.registration.status().cell->network->policy;
  return line(fmt::format("%APNRATECTRL: {},{},{},{},{}", cid, *left <= 0 ? 1 : 2,
                          policy.uplink_period.count(), policy.uplink_limit, *left));
}

}  // namespace

void add_pdn_feature_commands(CommandTable& table) {
  constexpr int longest_apn = 100;
  table.add("+CGEQOSRDP", {.set = show_quality_of_service,
                           .rules = {optional(number("cid", 0, greatest_cid))},
                           .needs = Needs::lte_active});
  table.add("%XPCO", {.set =
                          [](Nrf91& modem, const Request& request) {
                            modem.subscriptions.pco = request.parameters.number(0) == 1;
                            return ok();
                          },
                      .rules = {number("n", 0, 1)}});
  table.add("%XEPCO", {.set =
                           [](Nrf91& modem, const Request& request) {
                             modem.configuration.extended_pco = request.parameters.number(0) == 1;
                             return ok();
                           },
                       .read =
                           [](Nrf91& modem, const Request&) {
                             if (!modem.profile.at_least(1, 1, 3)) {
                               return failure(base::Cause::form_not_supported, CmeError::none,
                                              "the command has no read form before 1.1.3");
                             }
                             return line(fmt::format("%XEPCO: {:d}", modem.configuration.extended_pco));
                           },
                       .rules = {number("mode", 0, 1)}});
  table.add("%XAPNCLASS", {.set = manage_apn_class,
                           .rules = {number("op", 0, 1), number("class", 1, 255),
                                     optional(string("apn", longest_apn)), optional(string("PDP_type", 6))}});
  table.add("%XIPV6FAIL", {.set = report_ipv6_failure,
                           .rules = {number("cid", 0, greatest_cid), number("type", 0, 1)},
                           .needs = Needs::lte_active});
  table.add("%XAPNSTATUS", {.set = set_apn_status,
                            .read = read_apn_status,
                            .rules = {number("status", 0, 1), string("apn", longest_apn)},
                            .since = firmware_version(1, 2)});
  table.add("%XPDNCFG", {.set =
                             [](Nrf91& modem, const Request& request) {
                               modem.configuration.always_on = request.parameters.number(0) == 1;
                               return ok();
                             },
                         .read =
                             [](Nrf91& modem, const Request&) {
                               return line(fmt::format("%XPDNCFG: {:d}", modem.configuration.always_on));
                             },
                         .rules = {number("mode", 0, 1)},
                         .since = firmware_version(1, 2, 1)});
  table.add(
      "%APNRATECTRL",
      {.set = show_rate_control, .rules = {number("cid", 0, greatest_cid)}, .since = firmware_version(1, 3)});
}

}  // namespace attache::cellular
