#include <fmt/format.h>

#include <algorithm>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

#include "base/utc_time.hpp"
#include "cellular/gprs_timer.hpp"
#include "device/device.hpp"
#include "device/steering/steering_families.hpp"
#include "net/bearer_control.hpp"
#include "net/routes.hpp"

namespace attache::device {

namespace {

namespace json = boost::json;
using cellular::AccessTechnology;
using cellular::CellState;
using cellular::ContextState;
using cellular::NetworkState;

std::string_view technology_word(AccessTechnology technology) {
  return technology == AccessTechnology::lte_m ? "ltem" : "nbiot";
}

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

std::string network_text(const NetworkState& state) {
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

// What the faces of any modem tell, where nobody has a hand on its network.
NetworkState state_of(const Radio& radio) {
  NetworkState state;
  state.functional_mode = radio.power.functional_mode();
  state.crashed = radio.power.crashed();
  state.registration = radio.pdn.why_down();
  state.advice = radio.pdn.way_up();
  if (auto connection = radio.pdn.connection(0)) {
    std::string addresses = connection->ipv4 ? connection->ipv4->to_string() : "";
    if (connection->ipv6) {
      addresses += (addresses.empty() ? "" : " ") + connection->ipv6->to_string();
    }
    std::string_view type = !connection->ipv6 ? "IP" : !connection->ipv4 ? "IPV6" : "IPV4V6";
    state.contexts.push_back({connection->cid, std::string(type), connection->apn, true, addresses});
  }
  state.time = radio.modem.time();
  return state;
}

std::string modem_text(const NetworkState& state) {
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

std::string state_text(Device& device, const NetworkState& state) {
  bool is_simulated = device.radio().network != nullptr;
  std::string text = is_simulated ? network_text(state) : modem_text(state);
  if (net::BearerControl* control = device.bearer_control()) {
    text += fmt::format("\n{}\n{}\nnames: {}", link_text(control->link().options()),
                        routes_text(control->routes()), name_failure_word(control->name_failure()));
  }
  for (const Device::PortState& port : device.ports()) {
    text += fmt::format("\nport {}, {} baud{}{}", port.address, port.baud,
                        port.data_mode     ? ", data mode"
                        : port.multiplexed ? ", CMUX"
                                           : "",
                        lines_text(port));
  }
  text += fmt::format("\n{}", gnss_text(device.gnss()));
  if (const modem::MessageService* service = device.radio().messages) {
    text +=
        fmt::format("\nSMS: number {}, {} sent", service->own_number(), device.messages().outbox().size());
  }
  text += fmt::format("\n{}", clock_text(device));
  return text;
}

json::object cell_object(const CellState& cell) {
  return {{"id", cell.id},
          {"tac", cell.tac},
          {"plmn", cell.plmn},
          {"operator", cell.operator_name},
          {"mode", technology_word(cell.technology).data()},
          {"band", cell.band},
          {"earfcn", cell.earfcn},
          {"physical_id", cell.physical_id},
          {"rsrp", cell.rsrp_dbm},
          {"rsrq", cell.rsrq_db},
          {"snr", cell.snr_db},
          {"coverage_level", cell.coverage_level},
          {"heard", cell.heard},
          {"usable", cell.usable},
          {"serving", cell.serving}};
}

json::object modem_object(const NetworkState& state) {
  json::object modem{{"functional_mode", state.functional_mode},
                     {"crashed", state.crashed},
                     {"battery_mv", state.battery_mv},
                     {"temperature", state.temperature},
                     {"sim", state.sim},
                     {"registration", state.registration},
                     {"advice", state.advice},
                     {"stat", state.registration_stat},
                     {"connected", state.connected},
                     {"sleep", state.sleep},
                     {"active_time", state.active_time},
                     {"periodic_update", state.periodic_update},
                     {"edrx", state.edrx},
                     {"coverage", state.coverage}};
  modem["seconds_to_update"] =
      state.seconds_to_update ? json::value(*state.seconds_to_update) : json::value();
  modem["next_reject"] = state.next_reject ? json::value(*state.next_reject) : json::value();
  modem["date"] = state.time ? json::value(base::format_utc(*state.time)) : json::value();
  return modem;
}

json::object link_object(const net::Link& link) {
  const net::LinkOptions& options = link.options();
  auto count = [&](net::Direction direction) {
    const net::Link::Count& packets = link.count(direction);
    return json::object{{"passed", packets.passed}, {"lost", packets.lost}};
  };
  return {{"delay_ms", std::chrono::duration<double, std::milli>(options.delay).count()},
          {"up_rate", options.up_rate},
          {"down_rate", options.down_rate},
          {"loss", options.loss},
          {"outage", options.outage},
          {"packets_up", count(net::Direction::up)},
          {"packets_down", count(net::Direction::down)}};
}

// Of a modem that is not simulated, what is known of it alone.
json::object known_modem_object(const NetworkState& state) {
  return {{"functional_mode", state.functional_mode},
          {"crashed", state.crashed},
          {"why_down", state.registration},
          {"advice", state.advice},
          {"date", state.time ? json::value(base::format_utc(*state.time)) : json::value()}};
}

json::object state_object(Device& device, const NetworkState& state) {
  bool is_simulated = device.radio().network != nullptr;
  json::object object{{"modem", is_simulated ? modem_object(state) : known_modem_object(state)}};
  if (is_simulated) {
    json::array cells;
    for (const CellState& cell : state.cells) {
      cells.push_back(cell_object(cell));
    }
    object["cells"] = std::move(cells);
  }
  json::array contexts;
  for (const ContextState& context : state.contexts) {
    contexts.push_back(json::object{{"cid", context.cid},
                                    {"type", context.type},
                                    {"apn", context.apn},
                                    {"active", context.active},
                                    {"addresses", context.addresses}});
  }
  object["pdn"] = std::move(contexts);
  if (net::BearerControl* control = device.bearer_control()) {
    object["link"] = link_object(control->link());
    json::array routes;
    for (const net::Route& route : control->routes()) {
      routes.push_back(json::object{{"from", to_string(route)}, {"to", net::target_text(route)}});
    }
    object["routes"] = std::move(routes);
    object["names"] = std::string(name_failure_word(control->name_failure()));
  }
  json::array ports;
  for (const Device::PortState& port : device.ports()) {
    ports.push_back(json::object{{"address", port.address},
                                 {"baud", port.baud},
                                 {"data_mode", port.data_mode},
                                 {"multiplexed", port.multiplexed},
                                 {"lines",
                                  {{"dtr", port.host_lines.dtr},
                                   {"rts", port.host_lines.rts},
                                   {"dsr", port.device_lines.dsr},
                                   {"cts", port.device_lines.cts},
                                   {"dcd", port.device_lines.dcd},
                                   {"ri", port.device_lines.ri}}}});
  }
  object["ports"] = std::move(ports);
  const services::GnssOptions& gnss = device.gnss();
  object["gnss"] = json::object{{"sky", gnss.sky},
                                {"latitude", gnss.trajectory.centre.latitude},
                                {"longitude", gnss.trajectory.centre.longitude},
                                {"altitude", gnss.trajectory.centre.altitude}};
  if (const modem::MessageService* service = device.radio().messages) {
    object["sms"] =
        json::object{{"number", service->own_number()}, {"sent", device.messages().outbox().size()}};
  }
  if (is_simulated) {
    object["timing"] = timing_text(state.timing);
  }
  return object;
}

base::Result<SteeringAnswer> state(Device& device, SteeringCommand::Words words) {
  if (!words.empty()) {
    return misuse(fmt::format("`{}` is not understood", words[0]));
  }
  const cellular::NetworkControl* network = device.radio().network;
  NetworkState now = network != nullptr ? network->state() : state_of(device.radio());
  return SteeringAnswer{state_text(device, now), json::serialize(state_object(device, now))};
}

}  // namespace

void add_state_command(std::vector<SteeringCommand>& commands) {
  commands.push_back({"state", "state", "Shows the device and all that surrounds it.", state});
}

}  // namespace attache::device
