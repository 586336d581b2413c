#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <chrono>
#include <utility>

#include "base/utc_time.hpp"
#include "device/state/device_state.hpp"
#include "device/steering/steering_families.hpp"
#include "net/routes.hpp"

namespace attache::device {

namespace {

namespace json = boost::json;
using cellular::CellState;
using cellular::ContextState;
using cellular::NetworkState;

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

json::object link_object(const DeviceState::Network& network) {
  const net::LinkOptions& options = network.link;
  auto count = [](const net::Link::Count& packets) {
    return json::object{{"passed", packets.passed}, {"lost", packets.lost}};
  };
  return {{"delay_ms", std::chrono::duration<double, std::milli>(options.delay).count()},
          {"up_rate", options.up_rate},
          {"down_rate", options.down_rate},
          {"loss", options.loss},
          {"outage", options.outage},
          {"packets_up", count(network.up)},
          {"packets_down", count(network.down)}};
}

json::array routes_array(const std::vector<net::Route>& routes) {
  json::array array;
  for (const net::Route& route : routes) {
    array.push_back(json::object{{"from", to_string(route)}, {"to", net::target_text(route)}});
  }
  return array;
}

json::object context_object(const ContextState& context) {
  return {{"cid", context.cid},
          {"type", context.type},
          {"apn", context.apn},
          {"active", context.active},
          {"addresses", context.addresses}};
}

json::object port_object(const Device::PortState& port) {
  return {{"address", port.address},
          {"baud", port.baud},
          {"data_mode", port.data_mode},
          {"multiplexed", port.multiplexed},
          {"lines",
           {{"dtr", port.host_lines.dtr},
            {"rts", port.host_lines.rts},
            {"dsr", port.device_lines.dsr},
            {"cts", port.device_lines.cts},
            {"dcd", port.device_lines.dcd},
            {"ri", port.device_lines.ri}}}};
}

json::object gnss_object(const services::GnssOptions& gnss) {
  return {{"sky", gnss.sky},
          {"latitude", gnss.trajectory.centre.latitude},
          {"longitude", gnss.trajectory.centre.longitude},
          {"altitude", gnss.trajectory.centre.altitude}};
}

// Of a modem that is not simulated, what is known of it alone.
json::object known_modem_object(const NetworkState& state) {
  return {{"functional_mode", state.functional_mode},
          {"crashed", state.crashed},
          {"why_down", state.registration},
          {"advice", state.advice},
          {"date", state.time ? json::value(base::format_utc(*state.time)) : json::value()}};
}

json::object log_object(const base::JournalCounts& counts) {
  json::object failures;
  for (const auto& [cause, count] : counts.failures) {
    failures[cause == base::Cause::none ? "" : base::code_of(cause)] = count;
  }
  return {{"errors", counts.errors}, {"warnings", counts.warnings}, {"failures", std::move(failures)}};
}

template <typename Item>
json::array array_of(const std::vector<Item>& items, json::object (*object_of)(const Item&)) {
  json::array array;
  for (const Item& item : items) {
    array.push_back(object_of(item));
  }
  return array;
}

}  // namespace

std::string to_json(const DeviceState& state) {
  json::object object{
      {"modem", state.is_simulated ? modem_object(state.modem) : known_modem_object(state.modem)}};
  if (state.is_simulated) {
    object["cells"] = array_of(state.modem.cells, cell_object);
  }
  object["pdn"] = array_of(state.modem.contexts, context_object);
  if (state.network) {
    object["link"] = link_object(*state.network);
    object["routes"] = routes_array(state.network->routes);
    object["names"] = std::string(name_failure_word(state.network->name_failure));
  }
  object["ports"] = array_of(state.ports, port_object);
  object["gnss"] = gnss_object(state.gnss);
  if (state.messages) {
    object["sms"] = json::object{{"number", state.messages->own_number}, {"sent", state.messages->sent}};
  }
  if (state.is_simulated) {
    object["timing"] = timing_text(state.modem.timing);
  }
  object["log"] = log_object(state.counts);
  if (!state.name.empty()) {
    object["name"] = state.name;
  }
  return json::serialize(object);
}

}  // namespace attache::device
