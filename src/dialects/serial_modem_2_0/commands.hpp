#pragma once

#include "dialects/command.hpp"

namespace attache::dialects {
class UartLog;
}  // namespace attache::dialects

namespace attache::dialects::serial_modem_2_0 {

// Each adds one family to the table.
void add_generic_commands(Commands& commands);
void add_log_commands(Commands& commands);
void add_socket_commands(Commands& commands);
void add_address_commands(Commands& commands);
void add_socket_option_commands(Commands& commands);
void add_socket_data_commands(Commands& commands);
void add_socket_event_commands(Commands& commands);
void add_ping_commands(Commands& commands);
void add_ppp_commands(Commands& commands);
void add_sms_commands(Commands& commands);
void add_mqtt_commands(Commands& commands);
void add_cmux_commands(Commands& commands);
void add_cloud_commands(Commands& commands);
void add_cloud_fota_commands(Commands& commands);
void add_observability_commands(Commands& commands);
void add_provisioning_commands(Commands& commands);
void add_update_commands(Commands& commands);
void add_dfu_commands(Commands& commands);
void add_http_commands(Commands& commands);
void add_coap_commands(Commands& commands);

/// In bootloader mode: answers all but what an update of the whole modem needs with ERROR. False elsewhere;
/// the answer is moved from if it is taken.
bool refuse_in_bootloader_mode(Application& application, Answer& answer);

/// The log of the second UART.
UartLog& uart_log(Application& application);

/// All commands of an edition, in the order of #XCLAC.
const Commands& commands_of_2_0();
const Commands& commands_of_1_99();

}  // namespace attache::dialects::serial_modem_2_0
