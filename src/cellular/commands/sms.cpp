#include <fmt/format.h>

#include "cellular/nrf91.hpp"

namespace attache::cellular {

namespace {

using at::number;
using at::optional;
using at::string;

constexpr std::int64_t longest_pdu = 255;

Answer set_client(Nrf91& modem, const Request& request) {
  const auto& given = request.parameters;
  auto mode = given.number(0);
  auto messages = given.number(1, 0);
  auto reports = given.number(3, 0);
  bool on = messages == 2 && reports == 1;
  bool off = messages == 0 && reports == 0;
  if ((mode != 0 && mode != 3) || (!on && !off)) {
    return failure(CmeError::incorrect_parameters, "messages and status reports go to the host together",
                   "AT+CNMI=3,2,0,1 registers the SMS client, AT+CNMI=0,0,0,0 removes it.");
  }
  return modem.messages.set_client(on);
}

Answer send(Nrf91& modem, const Request& request) {
  return modem.messages.send(static_cast<std::size_t>(request.parameters.number(0)), request.body);
}

Answer acknowledge(Nrf91& modem, const Request& request) {
  constexpr std::int64_t with_error = 2;
  if (request.parameters.number(0) != with_error) {
    return modem.messages.acknowledge();
  }
  std::optional<std::size_t> length;
  if (request.parameters.has(1)) {
    length = static_cast<std::size_t>(request.parameters.number(1));
  }
  return modem.messages.refuse(length, request.body);
}

Answer select_storage(Nrf91&, const Request& request) {
  for (std::size_t i = 0; i < request.parameters.size(); ++i) {
    if (request.parameters.text(i) != "MT") {
      return failure(CmeError::incorrect_parameters, "the only message storage is \"MT\"");
    }
  }
  return line("+CPMS: 0,0,0,0,0,0");
}

}  // namespace

void add_sms_commands(CommandTable& table) {
  table.add("+CMGF", {.set = [](Nrf91&, const Request&) { return ok(); },
                      .read = [](Nrf91&, const Request&) { return line("+CMGF: 0"); },
                      .test = [](Nrf91&, const Request&) { return line("+CMGF: (0)"); },
                      .rules = {number("mode", 0, 0)}});
  table.add("+CNMI",
            {.set = set_client,
             .read =
                 [](Nrf91& modem, const Request&) {
                   return line(modem.subscriptions.sms ? "+CNMI: 3,2,0,1,1" : "+CNMI: 0,0,0,0,1");
                 },
             .rules = {number("mode", 0, 3), optional(number("mt", 0, 2)), optional(number("bm", 0, 3)),
                       optional(number("ds", 0, 1)), optional(number("bfr", 0, 1))}});
  table.add("+CMGS", {.set = send, .rules = {number("length", 1, longest_pdu)}, .has_body = true});
  table.add("+CNMA", {.set = acknowledge,
                      .test = [](Nrf91&, const Request&) { return line("+CNMA: (0-2)"); },
                      .rules = {optional(number("n", 0, 2)), optional(number("length", 1, longest_pdu))},
                      .needs = Needs::lte_active,
                      .has_body = true});
  table.add("+CPMS",
            {.set = select_storage,
             .read = [](Nrf91&, const Request&) { return line("+CPMS: \"MT\",0,0,\"MT\",0,0,\"MT\",0,0"); },
             .test = [](Nrf91&, const Request&) { return line("+CPMS: (\"MT\"),(\"MT\"),(\"MT\")"); },
             .rules = {string("mem1", 2), optional(string("mem2", 2)), optional(string("mem3", 2))}});
  table.add("+CMMS", {.set =
                          [](Nrf91& modem, const Request& request) {
                            modem.scratch.more_messages = static_cast<int>(request.parameters.number(0));
                            return ok();
                          },
                      .read =
                          [](Nrf91& modem, const Request&) {
                            return line(fmt::format("+CMMS: {}", modem.scratch.more_messages));
                          },
                      .test = [](Nrf91&, const Request&) { return line("+CMMS: (0-2)"); },
                      .rules = {number("n", 0, 2)},
                      .since = firmware_version(1, 3)});
  table.add("+CGSMS", {.set = [](Nrf91&, const Request&) { return ok(); },
                       .read = [](Nrf91&, const Request&) { return line("+CGSMS: 1"); },
                       .test = [](Nrf91&, const Request&) { return line("+CGSMS: (1)"); },
                       .rules = {number("service", 1, 1)}});
  table.add("%XSMMA",
            {.set = [](Nrf91& modem, const Request&) { return modem.messages.memory_available(); }});
}

}  // namespace attache::cellular
