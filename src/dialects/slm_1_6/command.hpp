#pragma once

#include <string_view>
#include <vector>

#include "at/command_table.hpp"
#include "at/parameters.hpp"
#include "dialects/slm_1_6/answer.hpp"

namespace attache::dialects::slm_1_6 {

class Slm;

/// One `#X` command. The table is shared by all devices; handlers get their device as first argument.
struct Command {
  using Handler = void (*)(Slm& slm, Answer answer);

  /// The option it is built with ("httpc"); empty = always there.
  std::string_view service{};
  Handler set = nullptr;  ///< Null = ERROR.
  /// What the set form expects at least; checked before the handler is called. Parameters that neither these
  /// rules nor the handler ask for are ignored with a warning in the log.
  std::vector<at::ParameterRule> parameters{};
  Handler read = nullptr;
  Handler test = nullptr;
  /// Any other form, "AT#XNAME1" or "AT#XNAME!".
  Handler unknown = nullptr;
  /// How a text with a quote in it is given to this command: the advice when one has cut a line.
  std::string_view quotes = "a quote cannot be part of any parameter here";
  /// In any form: a condition that answers ERROR at once when it gives a reason.
  std::optional<base::Reason> (*precondition)(Slm& slm) = nullptr;
};

using Commands = at::CommandTable<Command>;

/// The `service` of commands that a build with TLS of its own takes over from the modem.
inline constexpr std::string_view native_tls = "native_tls";

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
void add_twi_commands(Commands& commands);

/// All commands of SLM 1.5 and 1.6 that this version has.
const Commands& all_commands();

/// The service ("gps") that a command of SLM 1.6 belongs to, whether this version has it or not; empty =
/// none.
std::string_view service_of(std::string_view command_name);

}  // namespace attache::dialects::slm_1_6
