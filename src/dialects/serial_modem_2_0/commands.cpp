#include "dialects/serial_modem_2_0/commands.hpp"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "dialects/carrier_commands.hpp"
#include "dialects/gnss_commands.hpp"

namespace attache::dialects::serial_modem_2_0 {

namespace {

Commands all_families() {
  Commands table;
  add_generic_commands(table);
  add_log_commands(table);
  add_socket_commands(table);
  add_address_commands(table);
  add_socket_option_commands(table);
  add_socket_data_commands(table);
  add_socket_event_commands(table);
  add_ping_commands(table);
  add_ppp_commands(table);
  add_sms_commands(table);
  add_mqtt_commands(table);
  add_cmux_commands(table);
  add_cloud_commands(table);
  add_cloud_fota_commands(table);
  add_observability_commands(table);
  add_provisioning_commands(table);
  add_carrier_commands(table);
  add_update_commands(table);
  add_gnss_commands(table, "#XGNSS", "#XGNSS: (0,1),(0,1),<interval>,<timeout>", "#XGNSSDEL",
                    "#XGNSSDEL: <mask>");
  add_dfu_commands(table);
  add_http_commands(table);
  add_coap_commands(table);
  return table;
}

// Basic commands, those of 3GPP, the application's own; each by name.
Commands sorted(const Commands& commands) {
  auto rank = [](std::string_view name) { return name.front() == 'E' ? 0 : name.front() == '+' ? 1 : 2; };
  auto all = commands.all();
  std::sort(all.begin(), all.end(), [&](const auto& one, const auto& other) {
    return std::pair(rank(one.first), one.first) < std::pair(rank(other.first), other.first);
  });
  Commands table;
  for (auto& [name, command] : all) {
    table.add(name, std::move(command));
  }
  return table;
}

}  // namespace

const Commands& commands_of_2_0() {
  static const Commands commands = sorted(all_families());
  return commands;
}

const Commands& commands_of_1_99() {
  static const Commands commands = [] {
    Commands table;
    for (const auto& [name, command] : commands_of_2_0().all()) {
      bool is_later =
          name.starts_with("#XNRFCLOUDOBS") || name == "#XNRFCLOUDFOTA" || name == "#XDBGSTATSMEM";
      if (!is_later) {
        table.add(name, command);
      }
    }
    return table;
  }();
  return commands;
}

}  // namespace attache::dialects::serial_modem_2_0
