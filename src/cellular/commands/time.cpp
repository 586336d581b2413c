#include <fmt/format.h>

#include "cellular/nrf91.hpp"

namespace attache::cellular {

namespace {

using at::number;
using at::string;

Answer set_clock(Nrf91& modem, const Request& request) {
  auto time = parse_local_time(request.parameters.text(0));
  if (!time) {
    return failure(CmeError::incorrect_parameters, "the time is not of the form \"yy/MM/dd,hh:mm:ss±zz\"",
                   "Example: AT+CCLK=\"18/12/06,22:10:00+08\".");
  }
  modem.clock_time.set(time->utc, time->zone_quarters, 0);
  return ok();
}

Answer read_clock(Nrf91& modem, const Request&) {
  if (!modem.time()) {
    return failure(base::Cause::time_unknown, CmeError::phone_failure,
                   "the time is not known: neither set nor received from a network",
                   "Set it with AT+CCLK=, or register with a network that sends it.");
  }
  return line(fmt::format("+CCLK: \"{}\"", modem.clock_time.local_text()));
}

// %CCLK: the zone 99 stands for "not known" and counts as UTC.
Answer set_clock_with_daylight(Nrf91& modem, const Request& request) {
  std::string text(request.parameters.text(0));
  constexpr std::size_t zone = 17;
  if (text.size() == 20 && text.substr(zone + 1) == "99") {
    text.replace(zone, 3, "+00");
  }
  auto time = parse_local_time(text);
  if (!time) {
    return failure(CmeError::incorrect_parameters, "the time is not of the form \"yy/MM/dd,hh:mm:ss±zz\"",
                   "Example: AT%CCLK=\"18/12/06,22:10:00+08\",1.");
  }
  modem.clock_time.set(time->utc, time->zone_quarters, static_cast<int>(request.parameters.number(1, 0)));
  return ok();
}

Answer read_clock_with_daylight(Nrf91& modem, const Request& request) {
  Answer plain = read_clock(modem, request);
  return plain.failure ? std::move(plain)
                       : line(fmt::format("%CCLK: \"{}\",{}", modem.clock_time.local_text(),
                                          modem.clock_time.daylight_hours()));
}

}  // namespace

void add_time_commands(CommandTable& table) {
  table.add("+CCLK", {.set = set_clock, .read = read_clock, .rules = {string("time", 20)}});
  table.add("%CCLK", {.set = set_clock_with_daylight,
                      .read = read_clock_with_daylight,
                      .rules = {string("time", 20), at::optional(number("DST", 0, 2))},
                      .since = firmware_version(1, 1)});
  table.add("%XTIME", {.set =
                           [](Nrf91& modem, const Request& request) {
                             modem.subscriptions.xtime = request.parameters.number(0) == 1;
                             return ok();
                           },
                       .rules = {number("n", 0, 1)}});
  table.add("%XNETTIME",
            {.set =
                 [](Nrf91& modem, const Request& request) {
                   modem.configuration.use_network_time = request.parameters.number(0) == 1;
                   return ok();
                 },
             .read =
                 [](Nrf91& modem, const Request&) {
                   return line(fmt::format("%XNETTIME: {:d}", modem.configuration.use_network_time));
                 },
             .rules = {number("n", 0, 1)},
             .since = firmware_version(1, 1)});
}

}  // namespace attache::cellular
