#include <fmt/format.h>

#include "cellular/gprs_timer.hpp"
#include "cellular/nrf91.hpp"

namespace attache::cellular {

namespace {

using at::number;

Answer show_signal(Nrf91& modem, const Request&) {
  SignalIndices signal;
  if (const Cell* cell = modem.registration.serving_cell()) {
    signal = to_indices(modem.announcements.frozen_signal().value_or(modem.radio.signal(*cell)));
  }
  return line(fmt::format("+CESQ: 99,99,255,255,{},{}", signal.rsrq, signal.rsrp));
}

Answer subscribe_signal(Nrf91& modem, const Request& request) {
  modem.subscriptions.cesq = request.parameters.number(0) == 1;
  modem.announcements.forget_announced_signal();
  return ok();
}

Answer monitor(Nrf91& modem, const Request&) {
  const RegistrationStatus& status = modem.registration.status();
  if (!status.registered()) {
    return line(fmt::format("%XMONITOR: {}", status.stat));
  }
  const Cell& cell = *status.cell;
  SignalIndices signal = to_indices(modem.radio.signal(cell));
  std::string_view name = modem.registration.names_known() ? std::string_view(cell.network->name) : "";
  const auto& edrx = modem.registration.edrx();
  int band = modem.registration.selection().band_of(cell);
  // In PSM, and once it has lost its cell, the modem is camped on none: what it would measure there is empty.
  std::string measured =
      modem.registration.in_psm() || !status.camped
          ? ",,,"
          : fmt::format("{},{},{},{}", cell.physical_id, modem.registration.selection().channel_of(cell),
                        signal.rsrp, signal.snr);
  std::string text = fmt::format(
      "%XMONITOR: {},\"{}\",\"{}\",\"{}\",\"{}\",{},{},\"{}\",{},\"{}\",\"{}\",\"{}\"", status.stat, name,
      name, cell.plmn, cell.tac, access_technology_number(cell.technology), band, cell.id, measured,
      edrx ? edrx->granted : "", status.active_time, status.periodic_tau);
  if (modem.profile.at_least(1, 2)) {
    text += fmt::format(",\"{}\"", cell.network->policy.periodic_update);
  }
  return line(std::move(text));
}

}  // namespace

void add_radio_commands(CommandTable& table) {
  table.add("+CESQ", {.set = show_signal,
                      .test =
                          [](Nrf91&, const Request&) {
                            return line("+CESQ: (99),(99),(255),(255),(0-34,255),(0-97,255)");
                          },
                      .needs = Needs::lte_active});
  table.add("%CESQ", {.set = subscribe_signal, .rules = {number("n", 0, 1)}});
  table.add("+CSQ", {.set = [](Nrf91&, const Request&) { return line("+CSQ: 99,99"); },
                     .test = [](Nrf91&, const Request&) { return line("+CSQ: (99),(99)"); }});
  table.add("%XMONITOR", {.set = monitor});
}

}  // namespace attache::cellular
