#include <fmt/format.h>

#include "cellular/nrf91.hpp"

namespace attache::cellular {

namespace {

using at::number;
using at::optional;
using at::string;

constexpr int sms_not_allowed = 514;

Answer set_registration(Nrf91& modem, const Request& request) {
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
  if (on && modem.subscriptions.sms) {
    return sms_failure(sms_not_allowed, "an SMS client is registered already");
  }
  modem.subscriptions.sms = on;
  return ok();
}

Answer select_storage(Nrf91&, const Request& request) {
  for (std::size_t i = 0; i < request.parameters.size(); ++i) {
    if (request.parameters.text(i) != "MT") {
      return failure(CmeError::incorrect_parameters, "the only message storage is \"MT\"");
    }
  }
  return line("+CPMS: 0,0,0,0,0,0");
}

Answer acknowledge(Nrf91& modem, const Request&) {
  constexpr int no_acknowledgement_expected = 340;
  if (!modem.subscriptions.sms) {
    return sms_failure(sms_not_allowed, "no SMS client is registered", "Register it with AT+CNMI=3,2,0,1.");
  }
  return sms_failure(no_acknowledgement_expected, "no message waits for an acknowledgement");
}

}  // namespace

void add_sms_commands(CommandTable& table) {
  table.add("+CMGF", {.set = [](Nrf91&, const Request&) { return ok(); },
                      .read = [](Nrf91&, const Request&) { return line("+CMGF: 0"); },
                      .test = [](Nrf91&, const Request&) { return line("+CMGF: (0)"); },
                      .rules = {number("mode", 0, 0)}});
  table.add("+CNMI",
            {.set = set_registration,
             .read =
                 [](Nrf91& modem, const Request&) {
                   return line(modem.subscriptions.sms ? "+CNMI: 3,2,0,1,1" : "+CNMI: 0,0,0,0,1");
                 },
             .rules = {number("mode", 0, 3), optional(number("mt", 0, 2)), optional(number("bm", 0, 3)),
                       optional(number("ds", 0, 1)), optional(number("bfr", 0, 1))}});
  table.add("+CNMA", {.set = acknowledge,
                      .test = [](Nrf91&, const Request&) { return line("+CNMA: (0-2)"); },
                      .rules = {optional(number("n", 0, 2))},
                      .needs = Needs::lte_active});
  table.add("+CPMS",
            {.set = select_storage,
             .read = [](Nrf91&, const Request&) { return line("+CPMS: \"MT\",0,0,\"MT\",0,0,\"MT\",0,0"); },
             .test = [](Nrf91&, const Request&) { return line("+CPMS: (\"MT\"),(\"MT\"),(\"MT\")"); },
             .rules = {string("mem1", 2), optional(string("mem2", 2)), optional(string("mem3", 2))}});
  table.add("+CGSMS", {.set = [](Nrf91&, const Request&) { return ok(); },
                       .read = [](Nrf91&, const Request&) { return line("+CGSMS: 1"); },
                       .test = [](Nrf91&, const Request&) { return line("+CGSMS: (1)"); },
                       .rules = {number("service", 1, 1)}});
}

}  // namespace attache::cellular
