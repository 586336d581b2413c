#include <fmt/format.h>

#include <algorithm>
#include <utility>
#include <vector>

#include "cellular/gprs_timer.hpp"
#include "device/state/device_state.hpp"
#include "device/steering/steering_families.hpp"

namespace attache::device {

namespace {

using cellular::CellState;
using cellular::ContextState;
using cellular::NetworkState;

std::string mode_text(const NetworkState& state) {
  return state.crashed ? std::string("crashed") : fmt::format("+CFUN {}", state.functional_mode);
}

std::string radio_text(const NetworkState& state) {
  std::string text = fmt::format("RRC {}, {}", state.connected ? "connected" : "idle", state.sleep);
  if (auto active = cellular::active_time(state.active_time)) {
    text += fmt::format(", PSM after {} s", active->count());
  }
  if (auto period = cellular::periodic_tau(state.periodic_update)) {
    text += fmt::format(", TAU every {} s", period->count());
  }
  if (!state.edrx.empty()) {
    text += fmt::format(", eDRX {}", state.edrx);
  }
  if (state.seconds_to_update) {
    text += fmt::format(", next TAU in {} s", *state.seconds_to_update);
  }
  return text;
}

std::string cell_text(const CellState& cell) {
  std::string text = fmt::format("cell {} of {} ({}), TAC {}, {} band {} EARFCN {} PCI {}", cell.id,
                                 cell.plmn, cell.operator_name, cell.tac, technology_word(cell.technology),
                                 cell.band, cell.earfcn, cell.physical_id);
  if (!cell.heard) {
    return text + ", not heard";
  }
  text += fmt::format(", RSRP {:.0f} dBm, RSRQ {:.1f} dB, SNR {:.0f} dB, CE level {}", cell.rsrp_dbm,
                      cell.rsrq_db, cell.snr_db, cell.coverage_level);
  return text + (cell.serving ? ", serving" : cell.usable ? "" : ", not to be used");
}

std::string context_text(const ContextState& context) {
  return fmt::format("PDN {}: {} \"{}\", {}", context.cid, context.type, context.apn,
                     context.active ? context.addresses : std::string("not active"));
}

// Control lines that are not as usual.
std::string lines_text(const Device::PortState& port) {
  std::string text;
  auto tell = [&](bool is_unusual, std::string_view what) {
    if (is_unusual) {
      text += fmt::format(", {}", what);
    }
  };
  tell(!port.host_lines.dtr, "DTR off");
  tell(!port.host_lines.rts, "RTS off");
  tell(!port.device_lines.dsr, "DSR off");
  tell(!port.device_lines.cts, "CTS off");
  tell(!port.device_lines.dcd, "DCD off");
  tell(port.device_lines.ri, "RI on");
  return text;
}

std::string simulated_modem_text(const NetworkState& state) {
  std::string text = fmt::format("modem: {}, {} mV, {} °C\nSIM: {}\nregistration: {} ({})", mode_text(state),
                                 state.battery_mv, state.temperature, state.sim, state.registration,
                                 state.registration_stat);
  if (!state.advice.empty()) {
    text += fmt::format("\ndo: {}", state.advice);
  }
  text += fmt::format("\nradio: {}\ncoverage: {}", radio_text(state), state.coverage ? "on" : "off");
  if (state.next_reject) {
    text += fmt::format(", the next attach is rejected with cause {}", *state.next_reject);
  }
  for (const CellState& cell : state.cells) {
    text += fmt::format("\n{}", cell_text(cell));
  }
  for (const ContextState& context : state.contexts) {
    text += fmt::format("\n{}", context_text(context));
  }
  return text;
}

std::string known_modem_text(const NetworkState& state) {
  std::string text = fmt::format("modem: {}, not simulated", mode_text(state));
  if (!state.registration.empty()) {
    text += fmt::format("\nPDN 0: not active: {}", state.registration);
  }
  if (!state.advice.empty()) {
    text += fmt::format("\ndo: {}", state.advice);
  }
  for (const ContextState& context : state.contexts) {
    text += fmt::format("\n{}", context_text(context));
  }
  return text;
}

std::string network_text(const DeviceState::Network& network) {
  return fmt::format("{}\n{}\nnames: {}", link_text(network.link), routes_text(network.routes),
                     name_failure_word(network.name_failure));
}

std::string port_text(const Device::PortState& port) {
  std::string_view use = port.data_mode ? ", data mode" : port.multiplexed ? ", CMUX" : "";
  return fmt::format("port {}, {} baud{}{}", port.address, port.baud, use, lines_text(port));
}

// The causes of failures, the most frequent first.
std::string counts_text(const base::JournalCounts& counts) {
  std::vector<std::pair<std::uint64_t, std::string_view>> causes;
  for (const auto& [cause, count] : counts.failures) {
    causes.emplace_back(count, cause == base::Cause::none ? "no code" : base::code_of(cause));
  }
  std::stable_sort(causes.begin(), causes.end(),
                   [](const auto& left, const auto& right) { return left.first > right.first; });
  std::string text = causes.empty() ? "no failures" : "failures:";
  for (const auto& [count, code] : causes) {
    text += fmt::format(" {} ({})", code, count);
  }
  return fmt::format("log: {} errors, {} warnings, {}", counts.errors, counts.warnings, text);
}

}  // namespace

std::string to_text(const DeviceState& state) {
  std::string text = state.is_simulated ? simulated_modem_text(state.modem) : known_modem_text(state.modem);
  if (state.network) {
    text += fmt::format("\n{}", network_text(*state.network));
  }
  for (const Device::PortState& port : state.ports) {
    text += fmt::format("\n{}", port_text(port));
  }
  text += fmt::format("\n{}", gnss_text(state.gnss));
  if (state.messages) {
    text += fmt::format("\nSMS: number {}, {} sent", state.messages->own_number, state.messages->sent);
  }
  return text + fmt::format("\n{}\n{}", clock_text(state), counts_text(state.counts));
}

}  // namespace attache::device
