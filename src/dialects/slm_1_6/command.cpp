#include "dialects/slm_1_6/command.hpp"

#include <array>
#include <utility>

#include "base/text.hpp"

namespace attache::dialects::slm_1_6 {

const Commands& all_commands() {
  static const Commands commands = [] {
    Commands table;
    add_generic_commands(table);
    add_tcp_proxy_commands(table);
    add_udp_proxy_commands(table);
    add_socket_commands(table);
    add_credential_commands(table);
    add_ping_commands(table);
    add_sms_commands(table);
    add_fota_commands(table);
    add_gps_commands(table);
    add_ftp_commands(table);
    add_mqtt_commands(table);
    add_http_commands(table);
    add_twi_commands(table);
    return table;
  }();
  return commands;
}

std::string_view service_of(std::string_view command_name) {
  constexpr std::array<std::pair<std::string_view, std::string_view>, 6> prefixes{{{"#xhttpc", "httpc"},
                                                                                   {"#xmqtt", "mqttc"},
                                                                                   {"#xftp", "ftpc"},
                                                                                   {"#xgps", "gps"},
                                                                                   {"#xsms", "sms"},
                                                                                   {"#xtwi", "twi"}}};
  std::string lowered = base::to_lower(command_name);
  for (const auto& [prefix, service] : prefixes) {
    if (lowered.starts_with(prefix)) {
      return service;
    }
  }
  return {};
}

}  // namespace attache::dialects::slm_1_6
