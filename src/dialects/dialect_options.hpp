#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "at/line_assembler.hpp"
#include "base/clock.hpp"
#include "base/logging.hpp"

namespace attache::dialects {

/// The application firmware: `[dialect]` of the configuration.
struct DialectOptions {
  std::string name = "slm-1.6";  ///< "slm-1.6" or "slm-1.5".
  /// Services built in: "httpc", "ftpc", "mqttc", "gps", "sms", "twi". Nothing = the dialect's default build.
  std::optional<std::vector<std::string>> services;
  std::string modem_library = "1.2.1";  ///< "1.0.1" or "1.2.1".
  bool strict = false;                  ///< Reproduces the firmware's quirks instead of the sane behaviour.
  std::optional<at::Termination> termination;  ///< What ends a command line; nothing = as the dialect has it.

  // Further build options of the firmware (reference slm-1.6/kconfig.md); the defaults are those of its own
  // prj.conf.
  std::string customer_version;              ///< SLM_CUSTOMER_VERSION of 2.x and 3.x; empty = none.
  std::uint16_t max_parameters = 9;          ///< SLM_AT_MAX_PARAM: counts the name; reaching it is an error.
  bool customized = false;                   ///< SLM_CUSTOMIZED.
  bool native_tls = false;                   ///< SLM_NATIVE_TLS.
  std::optional<bool> gpio_wakeup;           ///< SLM_GPIO_WAKEUP; nothing = the default of the dialect.
  bool start_sleep = false;                  ///< SLM_START_SLEEP.
  std::size_t socket_rx_max = 576;           ///< SLM_SOCKET_RX_MAX, bytes.
  std::uint16_t tcp_filter_size = 6;         ///< SLM_TCP_FILTER_SIZE, addresses.
  std::uint32_t tcp_connection_time = 60;    ///< SLM_TCP_CONN_TIME of SLM 1.5, seconds.
  bool data_mode_flow_control = false;       ///< SLM_DATAMODE_HWFC: data mode needs RTS/CTS.
  std::uint16_t ftp_server_port = 21;        ///< SLM_FTP_SERVER_PORT.
  std::string data_mode_terminator = "+++";  ///< SLM_DATAMODE_TERMINATOR.
  base::Duration data_mode_silence = std::chrono::seconds(1);    ///< SLM_DATAMODE_SILENCE.
  std::string ftp_anonymous_user = "anonymous";                  ///< SLM_FTP_USER_ANONYMOUS.
  std::string ftp_anonymous_password = "anonymous@example.com";  ///< SLM_FTP_PASSWORD_ANONYMOUS.
  base::Duration ftp_keepalive = std::chrono::seconds(60);       ///< FTP_CLIENT_KEEPALIVE_TIME; 0 = off.
  base::Duration ftp_listen_time = std::chrono::seconds(10);     ///< FTP_CLIENT_LISTEN_TIME.
  base::Duration mqtt_keepalive = std::chrono::seconds(60);      ///< MQTT_KEEPALIVE.
  std::optional<bool> mqtt_clean_session;  ///< MQTT_CLEAN_SESSION; nothing = the default of the dialect.
  bool supl_client = false;                ///< SUPL_CLIENT_LIB.
  unsigned uart = 0;                      ///< SLM_CONNECT_UART_0 or _2: which of the chip's UARTs carries AT.
  std::optional<unsigned> interface_pin;  ///< SLM_INTERFACE_PIN; nothing = 6 with UART_0, 31 with UART_2.
  /// POSIX_MAX_FDS: 0 is the AT channel's, the others are sockets; nothing = 8, 10 with native TLS.
  std::optional<std::size_t> descriptors;
  std::uint16_t longest_modem_reply = 2700;  ///< AT_CMD_RESPONSE_MAX_LEN, bytes.
  bool fota_progress = true;                 ///< FOTA_DOWNLOAD_PROGRESS_EVT.
  bool log_modem_traffic = false;  ///< AT_CMD_LOG_LEVEL_DBG: commands and replies of the modem are logged.

  // Of SLM 2.9 and later.
  unsigned cmux_channels = 4;           ///< SM_CMUX_CHANNEL_COUNT of Serial Modem 2.0.
  std::uint16_t cmux_frame_size = 127;  ///< MODEM_CMUX_MTU: N1, bytes.
  bool cmux_whole_standard = false;     ///< What 3GPP TS 27.010 allows instead of what the library does.
  bool cmux_outlives_host = false;      ///< It goes on when the host closes the port.
  std::uint32_t nrfcloud_sec_tag = 16842753;  ///< NRF_CLOUD_SEC_TAG.
  std::string ppp_authentication = "none";    ///< How PPP's peer says who it is: "none", "pap" or "chap".
  unsigned ppp_fallback_mtu = 1280;           ///< SLM_PPP_FALLBACK_MTU, SM_PPP_FALLBACK_MTU.
  bool ppp_stops_with_peer = false;           ///< SLM_MODEM_CELLULAR: it does not begin anew.
  bool cmux_falls_back = false;               ///< SLM_CMUX_AUTOMATIC_FALLBACK_ON_PPP_STOPPAGE.
  bool cmux_nmea = false;                     ///< SLM_GNSS_OUTPUT_NMEA_ON_CMUX_CHANNEL.
  bool cmux_nmea_satellites = false;          ///< SLM_GNSS_OUTPUT_NMEA_SATELLITES.
  std::optional<bool> skips_ready;            ///< SLM_SKIP_READY_MSG; nothing = those with CMUX do.
  bool auto_connect = false;                  ///< SLM_AUTO_CONNECT: AT+CFUN=1 when it starts.
  bool data_mode_urc = false;                 ///< SLM_DATAMODE_URC: each send of data mode is told.
  /// SLM_DATAMODE_BUF_SIZE, bytes; nothing = as the dialect has it.
  std::optional<std::uint32_t> data_mode_buffer;
  unsigned ppp_port = 0;  ///< Which of the device's ports is PPP's alone, from 1; 0 = none.

  // Of Serial Modem 2.0.
  bool plain_log = false;                   ///< SM_LOG_LEVEL_INF.
  bool dual_slot_bootloader = false;        ///< MCUboot in two slots, behind the immutable bootloader (NSIB).
  bool full_fota = false;                   ///< SM_FULL_FOTA.
  bool full_dfu = false;                    ///< SM_DFU_MODEM_FULL.
  bool nrfcloud_fota_as_merged = false;     ///< See docs/configuration.md, nrfcloud_fota.
  bool nrfcloud_fota_ends_by_name = false;  ///< See docs/configuration.md, nrfcloud_fota_outcome.
  std::uint16_t provisioning_commands = 10;  ///< How many of AT#XNRFPROV an answer of the server may have.
  base::DeviceLineForm log_form;             ///< Of the lines on the second UART.
  /// SLM_UART_RX_BUF_SIZE and SM_UART_RX_BUF_SIZE, bytes; nothing = as the build has it.
  std::optional<std::uint32_t> uart_rx_buffer;
  bool dfu_bootloader_ok = true;    ///< AT#XDFUINIT=2 is answered before the device starts anew.
  bool cuts_notifications = false;  ///< Those of the modem, and short messages, at the length of other lines.
  std::uint16_t longest_broker_name = 128;                 ///< Characters of <url> of AT#XMQTTCON.
  std::uint16_t longest_fota_url = 8189;                   ///< The same of AT#XFOTA.
  base::Duration http_timeout = std::chrono::seconds(30);  ///< SM_HTTPC_RESPONSE_TIMEOUT_MS.
  /// SM_NRF_CLOUD_OBSERVABILITY_AUTO_INTERVAL_SECONDS.
  base::Duration observability_interval = std::chrono::hours(1);
};

}  // namespace attache::dialects
