#include "dialects/slm_1/commands.hpp"

#include "dialects/twi_commands.hpp"

namespace attache::dialects::slm_1 {

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

}  // namespace attache::dialects::slm_1
