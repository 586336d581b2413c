#include <fmt/format.h>

#include <array>
#include <iterator>

#include "base/text.hpp"
#include "cellular/nrf91.hpp"

namespace attache::cellular {

namespace {

using at::number;
using at::optional;
using at::string;

constexpr std::string_view dns_servers = "\"193.181.246.58\",\"193.181.246.57\"";
constexpr std::string_view dns_servers_ipv6 =
    "\"2001:04C8:0000:0000:0000:0000:0000:0058\",\"2001:04C8:0000:0000:0000:0000:0000:0057\"";
constexpr int mtu = 1500;

std::optional<std::string_view> canonical_type(const FirmwareProfile& profile, std::string_view given) {
  constexpr std::array<std::string_view, 4> types{"IP", "IPV6", "IPV4V6", "Non-IP"};
  for (std::string_view type : types) {
    if (base::equal_ignoring_case(type, given)) {
      bool known = type != "Non-IP" || profile.at_least(1, 3);
      return known ? std::optional(type) : std::nullopt;
    }
  }
  return std::nullopt;
}

Answer bad_cid(const Nrf91& modem, std::int64_t cid) {
  return failure(CmeError::incorrect_parameters,
                 fmt::format("there is no cid {}: the range is 0 to {}", cid, modem.profile.greatest_cid()));
}

bool cid_exists(const Nrf91& modem, std::int64_t cid) {
  return cid <= modem.profile.greatest_cid();
}

// What a context asks for cannot be changed while it is active: it stays as it is.
Answer still_active(int cid) {
  constexpr std::string_view initial = "Give AT+CFUN=4 (or 0) first, then AT+CGDCONT, then AT+CFUN=1.";
  return failure(CmeError::not_allowed, fmt::format("the context {} is active, nothing was changed", cid),
                 cid == 0 ? std::string(initial)
                          : fmt::format("Deactivate it with AT+CGACT=0,{} first, or with AT+CFUN=4.", cid));
}

Answer define_context(Nrf91& modem, const Request& request) {
  const auto& given = request.parameters;
  auto cid = static_cast<int>(given.number(0));
  if (!cid_exists(modem, cid)) {
    return bad_cid(modem, cid);
  }
  std::string_view default_type = "IPV4V6";
  auto type = canonical_type(modem.profile, given.text(1, default_type));
  if (!type) {
    return failure(CmeError::incorrect_parameters, fmt::format("\"{}\" is no PDN type", given.text(1)),
                   "Types: \"IP\", \"IPV6\", \"IPV4V6\", \"Non-IP\" (from firmware 1.3 on).");
  }
  if (modem.contexts.active(cid)) {
    return still_active(cid);
  }
  if (given.size() == 1) {
    modem.contexts.undefine(cid);
    return ok();
  }
  modem.contexts.define(cid, *type, given.text(2));
  return ok();
}

std::string addresses(const PdnContext& context, std::string_view separator) {
  std::string text;
  if (context.ipv4) {
    text = context.ipv4->to_string();
  }
  if (context.ipv6) {
    text += (context.ipv4 ? std::string(separator) : "") + expanded(*context.ipv6);
  }
  return text;
}

// Before the first attach 1.3 and later show the default context though nothing was defined (pdn.md).
bool shown(const Nrf91& modem, const PdnContext& context) {
  return context.shown || (context.cid == 0 && modem.profile.at_least(1, 3));
}

Answer read_contexts(Nrf91& modem, const Request&) {
  Answer answer;
  for (const PdnContext& context : modem.contexts.all()) {
    if (shown(modem, context)) {
      fmt::format_to(std::back_inserter(answer.text), "+CGDCONT: {},\"{}\",\"{}\",\"{}\",0,0\r\n",
                     context.cid, context.shown_type(), context.shown_apn(), addresses(context, " "));
    }
  }
  return answer;
}

Answer not_attached(const Nrf91& modem) {
  modem::Obstacle obstacle = modem.obstacles.out_of_service();
  return failure(CmeError::not_allowed, std::move(obstacle));
}

Answer change_activation(Nrf91& modem, const Request& request) {
  const auto& given = request.parameters;
  bool activate = given.number(0) == 1;
  auto cid = static_cast<int>(given.number(1));
  if (!cid_exists(modem, cid)) {
    return bad_cid(modem, cid);
  }
  if (cid == 0) {
    return failure(CmeError::not_allowed, "the default context goes with the attach",
                   "Use AT+CFUN or AT+CGATT.");
  }
  if (modem.contexts.find(cid) == nullptr) {
    return failure(base::Cause::pdn_inactive, CmeError::not_allowed,
                   fmt::format("the context {} is not defined", cid),
                   fmt::format("Define it with AT+CGDCONT={},\"IPV4V6\",\"<apn>\".", cid));
  }
  if (!modem.registration.status().in_service()) {
    return not_attached(modem);
  }
  if (activate == modem.contexts.active(cid)) {
    return ok();
  }
  return activate ? modem.connections.activate(cid) : modem.connections.deactivate(cid);
}

Answer read_activation(Nrf91& modem, const Request&) {
  Answer answer;
  for (const PdnContext& context : modem.contexts.all()) {
    if (shown(modem, context)) {
      fmt::format_to(std::back_inserter(answer.text), "+CGACT: {},{:d}\r\n", context.cid, context.active);
    }
  }
  return answer;
}

Answer change_attachment(Nrf91& modem, const Request& request) {
  bool attach = request.parameters.number(0) == 1;
  if (!modem.sim.ready()) {
    return attach ? not_attached(modem) : ok();
  }
  bool detached = modem.registration.phase() == Registration::Phase::detached;
  if (attach && detached) {
    modem.registration.attach();
  } else if (!attach && !detached) {
    return modem.power.detach_by_command();
  }
  return ok();
}

// What `append` writes of each active context, or of the one that is named.
template <class Append>
Answer of_active_contexts(Nrf91& modem, const Request& request, Append append) {
  const auto& given = request.parameters;
  if (given.has(0) && !cid_exists(modem, given.number(0))) {
    return bad_cid(modem, given.number(0));
  }
  Answer answer;
  for (const PdnContext& context : modem.contexts.all()) {
    if (context.active && given.number(0, context.cid) == context.cid) {
      append(answer.text, context);
    }
  }
  return answer;
}

void append_addresses(std::string& text, const PdnContext& context) {
  std::string own = addresses(context, "\",\"");
  fmt::format_to(std::back_inserter(text), "+CGPADDR: {}{}\r\n", context.cid,
                 own.empty() ? "" : fmt::format(",\"{}\"", own));
}

Answer show_addresses(Nrf91& modem, const Request& request) {
  return of_active_contexts(modem, request, append_addresses);
}

Answer list_addressed(Nrf91& modem, const Request&) {
  std::vector<int> cids;
  for (const PdnContext& context : modem.contexts.all()) {
    if (shown(modem, context)) {
      cids.push_back(context.cid);
    }
  }
  return line(fmt::format("+CGPADDR: ({})", fmt::join(cids, ",")));
}

void append_dynamic_parameters(std::string& text, const PdnContext& context) {
  auto append = [&](std::string_view servers) {
    fmt::format_to(std::back_inserter(text), "+CGCONTRDP: {},,\"{}\",\"\",\"\",{},,,,,{}\r\n", context.cid,
                   context.apn, servers, mtu);
  };
  if (context.ipv4 || !context.ipv6) {
    append(context.ipv4 ? dns_servers : "\"\",\"\"");
  }
  if (context.ipv6) {
    append(dns_servers_ipv6);
  }
}

Answer show_dynamic_parameters(Nrf91& modem, const Request& request) {
  return of_active_contexts(modem, request, append_dynamic_parameters);
}

Answer authenticate(Nrf91& modem, const Request& request) {
  const auto& given = request.parameters;
  if (!cid_exists(modem, given.number(0))) {
    return bad_cid(modem, given.number(0));
  }
  bool protocol_given = given.number(1, 0) != 0;
  if (protocol_given && !given.has(2)) {
    return failure(CmeError::incorrect_parameters, "PAP and CHAP need a user name");
  }
  modem.contexts.authenticate(static_cast<int>(given.number(0)), static_cast<int>(given.number(1, 0)),
                              given.text(2), given.text(3));
  return ok();
}

Answer reserve_cid(Nrf91& modem, const Request&) {
  auto cid = modem.contexts.reserve(10);
  if (!cid) {
    return failure(base::Cause::buffer_limit, CmeError::phone_failure, "all contexts from 1 to 10 are in use",
                   "Free one with AT+CGDCONT=<cid>.");
  }
  return line(fmt::format("%XNEWCID: {}", *cid));
}

Answer show_pdn_id(Nrf91& modem, const Request& request) {
  auto cid = static_cast<int>(request.parameters.number(0));
  if (!modem.contexts.active(cid)) {
    return failure(base::Cause::pdn_inactive, CmeError::not_allowed,
                   fmt::format("the context {} is not active", cid));
  }
  return line(fmt::format("%XGETPDNID: {}", cid));
}

}  // namespace

void add_pdn_commands(CommandTable& table) {
  constexpr int most = 11;
  table.add("+CGDCONT",
            {.set = define_context,
             .read = read_contexts,
             .rules = {number("cid", 0, most), optional(string("PDP_type", 6)), optional(string("APN", 100)),
                       optional(string("PDP_addr", 64)), optional(number("d_comp", 0, 9)),
                       optional(number("h_comp", 0, 9)), optional(number("IPv4AddrAlloc", 0, 1)),
                       optional(number("request_type", 0, 9)), optional(number("P-CSCF", 0, 9)),
                       optional(number("IM_CN", 0, 1)), optional(number("NSLPI", 0, 1)),
                       optional(number("securePCO", 0, 1))}});
  table.add("+CGACT", {.set = change_activation,
                       .read = read_activation,
                       .test = [](Nrf91&, const Request&) { return line("+CGACT: (0,1)"); },
                       .rules = {number("state", 0, 1), number("cid", 0, most)},
                       .needs = Needs::lte_active});
  table.add("+CGATT",
            {.set = change_attachment,
             .read =
                 [](Nrf91& modem, const Request&) {
                   return line(fmt::format("+CGATT: {:d}", modem.registration.status().registered()));
                 },
             .test = [](Nrf91&, const Request&) { return line("+CGATT: (0,1)"); },
             .rules = {number("state", 0, 1)},
             .needs = Needs::lte_active});
  table.add("+CGPADDR", {.set = show_addresses,
                         .test = list_addressed,
                         .rules = {optional(number("cid", 0, most))},
                         .needs = Needs::lte_active});
  table.add("+CGCONTRDP", {.set = show_dynamic_parameters,
                           .rules = {optional(number("cid", 0, most))},
                           .needs = Needs::lte_active});
  table.add("+CGEREP", {.set =
                            [](Nrf91& modem, const Request& request) {
                              modem.subscriptions.cgerep = request.parameters.number(0, 0) == 1;
                              return ok();
                            },
                        .read =
                            [](Nrf91& modem, const Request&) {
                              return line(fmt::format("+CGEREP: {:d},0", modem.subscriptions.cgerep));
                            },
                        .test = [](Nrf91&, const Request&) { return line("+CGEREP: (0,1),(0)"); },
                        .rules = {optional(number("mode", 0, 1)), optional(number("bfr", 0, 0))}});
  table.add("+CGAUTH", {.set = authenticate,
                        .rules = {number("cid", 0, most), optional(number("auth_prot", 0, 2)),
                                  optional(string("userid", 64)), optional(string("password", 64))}});
  table.add("+CGPIAF", {.read = [](Nrf91&, const Request&) { return line("+CGPIAF: 1,1,1,0"); },
                        .test = [](Nrf91&, const Request&) { return line("+CGPIAF: (1),(1),(1),(0)"); }});
  table.add("%XNEWCID", {.read = reserve_cid});
  table.add("%XGETPDNID",
            {.set = show_pdn_id, .rules = {number("cid", 0, most)}, .needs = Needs::lte_active});
}

}  // namespace attache::cellular
