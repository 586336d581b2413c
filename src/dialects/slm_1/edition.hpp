#pragma once

#include <string_view>

#include "dialects/application.hpp"
#include "dialects/dialect.hpp"

namespace attache::dialects::slm_1 {

/// A release of the Serial LTE Modem 1.x as a value: what it does otherwise than the others (reference
/// slm-1.6/00-overview.md and the notes on 1.5 in each of its files).
struct Edition : Dialect {
  /// Operations, lengths and ports are read as signed numbers.
  bool signed_numbers = false;
  /// #XSLMVER tells a build with SLM_CUSTOMIZED.
  bool tells_customized = true;
  /// #XSLEEP=2 switches the UART alone off.
  bool has_uart_sleep = true;
  /// #XDATACTRL has a size limit before the time limit, and takes any.
  bool has_data_size_limit = false;
  /// FTP uploads and MQTT messages can be given in data mode.
  bool sends_by_data_mode = true;
  /// The FTP client knows "verbose", "uput" and "mput".
  bool has_later_ftp_commands = true;
  /// #XPING is answered before its echoes.
  bool answers_ping_first = true;
  /// A client of the TCP server is dropped when it is idle for too long.
  bool drops_idle_tcp_clients = false;
  /// What #XTCPSVR? says without a server.
  std::string_view tcp_server_at_rest = "#XTCPSVR: -1,-1,0";
  /// The URC of a datagram that came to the UDP proxy.
  std::string_view udp_data_name = "#XUDPDATA";
  /// #XFOTA tells stages and causes by numbers and can be cancelled, instead of words for people.
  bool fota_has_stages = true;
  /// The payload of an HTTP request comes as command lines, and answers go in blocks of 1,024 bytes.
  bool http_by_lines_and_blocks = false;
  /// Names cannot be resolved for HTTPS with the modem library 1.2.1.
  bool https_needs_old_modem_library = false;
};

/// The editions that there are, "slm-1.6" and "slm-1.5".
const Edition& slm_1_6();
const Edition& slm_1_5();

/// The edition of an application of SLM 1.x.
const Edition& edition(const Application& application);

}  // namespace attache::dialects::slm_1
