#pragma once

#include "dialects/command.hpp"

namespace attache::dialects::slm_3 {

/// The releases whose tables of commands differ.
enum class Release { v2_9, v3_1 };

/// Each adds one family to the table, in the order of the vocabulary.
void add_generic_commands(Commands& commands);
void add_tcp_proxy_commands(Commands& commands, Release release);
void add_udp_proxy_commands(Commands& commands);
void add_socket_commands(Commands& commands);
void add_socket_option_commands(Commands& commands);
void add_socket_data_commands(Commands& commands);
void add_poll_commands(Commands& commands, Release release);
void add_resolver_commands(Commands& commands);
void add_credential_commands(Commands& commands);
void add_ping_commands(Commands& commands);
void add_sms_commands(Commands& commands, Release release);
void add_mqtt_commands(Commands& commands);
void add_ftp_commands(Commands& commands);
void add_tftp_commands(Commands& commands);
void add_http_commands(Commands& commands);
void add_gnss_commands(Commands& commands);
void add_cloud_commands(Commands& commands);
void add_gpio_commands(Commands& commands);
void add_cmux_commands(Commands& commands);
void add_ppp_commands(Commands& commands, Release release);

/// All commands of a release that this version has.
const Commands& commands_of_2_9();
const Commands& commands_of_3_1();

}  // namespace attache::dialects::slm_3
