#include "dialects/slm_3/commands.hpp"

#include "dialects/carrier_commands.hpp"
#include "dialects/twi_commands.hpp"

namespace attache::dialects::slm_3 {

namespace {

Commands make_commands(Release release) {
  Commands table;
  add_generic_commands(table);
  add_tcp_proxy_commands(table, release);
  add_udp_proxy_commands(table);
  add_socket_commands(table);
  add_poll_commands(table, release);
  add_resolver_commands(table);
  add_credential_commands(table);
  add_ping_commands(table);
  add_sms_commands(table, release);
  add_fota_commands(table);
  add_gnss_commands(table);
  add_ftp_commands(table);
  add_tftp_commands(table);
  add_mqtt_commands(table);
  add_http_commands(table);
  add_cloud_commands(table);
  add_gpio_commands(table);
  add_twi_commands(table);
  add_cmux_commands(table);
  add_carrier_commands(table);
  return table;
}

}  // namespace

const Commands& commands_of_2_9() {
  static const Commands commands = make_commands(Release::v2_9);
  return commands;
}

const Commands& commands_of_3_1() {
  static const Commands commands = make_commands(Release::v3_1);
  return commands;
}

}  // namespace attache::dialects::slm_3
