#include <fmt/format.h>

#include "cellular/nrf91.hpp"

namespace attache::cellular {

namespace {

using at::number;
using at::optional;

Answer set_error_reports(Nrf91& modem, const Request& request) {
  auto level = static_cast<int>(request.parameters.number(0));
  if (level == 2) {
    return failure(CmeError::incorrect_parameters, "the modem has no verbose error texts",
                   "AT+CMEE=1 gives the numbers.");
  }
  modem.scratch.cmee = level;
  return ok();
}

Answer set_indicators(Nrf91& modem, const Request& request) {
  const auto& given = request.parameters;
  auto& on = modem.subscriptions;
  on.indicate_service = given.number(0, on.indicate_service ? 1 : 0) == 1;
  on.indicate_roaming = given.number(1, on.indicate_roaming ? 1 : 0) == 1;
  on.indicate_message = given.number(2, on.indicate_message ? 1 : 0) == 1;
  return ok();
}

Answer read_indicators(Nrf91& modem, const Request&) {
  const auto& on = modem.subscriptions;
  return line(
      fmt::format("+CIND: {:d},{:d},{:d}", on.indicate_service, on.indicate_roaming, on.indicate_message));
}

Answer set_network_errors(Nrf91& modem, const Request& request) {
  auto mask = static_cast<int>(request.parameters.number(0));
  if (mask % 8 != 0) {
    return failure(CmeError::incorrect_parameters, "+CNEC takes 0, 8, 16 or 24");
  }
  modem.subscriptions.cnec = mask;
  return ok();
}

Answer set_modem_events(Nrf91& modem, const Request& request) {
  auto level = static_cast<int>(request.parameters.number(0));
  if (level == 2 && !modem.profile.at_least(2, 0)) {
    return failure(CmeError::incorrect_parameters, "informational events need firmware 2.0.0 or later");
  }
  modem.subscriptions.mdmev = level;
  return ok();
}

}  // namespace

void add_event_commands(CommandTable& table) {
  table.add("%MDMEV",
            {.set = set_modem_events, .rules = {number("n", 0, 2)}, .since = firmware_version(1, 3)});
  table.add("+CIND", {.set = set_indicators,
                      .read = read_indicators,
                      .test =
                          [](Nrf91&, const Request&) {
                            return line("+CIND: (\"service\",(0,1)),(\"roam\",(0,1)),(\"message\",(0,1))");
                          },
                      .rules = {optional(number("service", 0, 1)), optional(number("roam", 0, 1)),
                                optional(number("message", 0, 1))}});
  table.add("+CNEC",
            {.set = set_network_errors,
             .read = [](Nrf91& modem,
                        const Request&) { return line(fmt::format("+CNEC: {}", modem.subscriptions.cnec)); },
             .test = [](Nrf91&, const Request&) { return line("+CNEC: (0,8,16,24)"); },
             .rules = {number("n", 0, 24)}});
  table.add("+CEER", {.set = [](Nrf91& modem, const Request&) {
              const std::string& last = modem.announcements.last_error();
              return last.empty() ? ok() : line(fmt::format("+CEER: \"{}\"", last));
            }});
  table.add("+CMEE",
            {.set = set_error_reports,
             .read = [](Nrf91& modem,
                        const Request&) { return line(fmt::format("+CMEE: {}", modem.scratch.cmee)); },
             .test = [](Nrf91&, const Request&) { return line("+CMEE: (0,1)"); },
             .rules = {number("n", 0, 2)}});
}

}  // namespace attache::cellular
