#pragma once

#include "dialects/command.hpp"

namespace attache::dialects::slm_1 {

/// Each adds one family to the table, in the order of #XCLAC.
void add_generic_commands(Commands& commands);
void add_tcp_proxy_commands(Commands& commands);
void add_udp_proxy_commands(Commands& commands);
void add_socket_commands(Commands& commands);
void add_credential_commands(Commands& commands);
void add_ping_commands(Commands& commands);
void add_sms_commands(Commands& commands);
void add_fota_commands(Commands& commands);
void add_gps_commands(Commands& commands);
void add_ftp_commands(Commands& commands);
void add_mqtt_commands(Commands& commands);
void add_http_commands(Commands& commands);

/// All commands of SLM 1.5 and 1.6.
const Commands& all_commands();

}  // namespace attache::dialects::slm_1
