#include "dialects/serial_modem_2_0/kconfig.hpp"

#include <array>
#include <chrono>

#include "dialects/kconfig_setters.hpp"
#include "dialects/serial_modem_2_0/edition.hpp"

namespace attache::dialects::serial_modem_2_0 {

namespace {

using SettingKind = KconfigOption::Kind;
using SettingValue = KconfigOption::Value;

constexpr std::string_view preview = "serial-modem-1.99";

// AT#XLOG=2 is there with debug messages only.
template <int Level>
void set_serial_modem_log_level(Build& build, const SettingValue& value) {
  constexpr int debug = 4;
  kconfig::set_own_log_level<Level>(build, value);
  build.options.plain_log = Level < debug;
}

template <bool base::DeviceLineForm::*Member>
void show_in_log(Build& build, const SettingValue& value) {
  build.options.log_form.*Member = kconfig::flag(value);
}

// clang-format off
const std::array serial_modem_options{
  KconfigOption{"SM_CUSTOMER_VERSION", SettingKind::text, "adds a field to the answer of AT#XSMVER",
    kconfig::set_text<&DialectOptions::customer_version>},
  KconfigOption{"SM_AT_BUF_SIZE", SettingKind::number, "limits the modem's replies, in bytes", nullptr, "4096", 128, 8192, preview},
  KconfigOption{"SM_LOG_LEVEL_OFF", SettingKind::flag, "switches the device log off", set_serial_modem_log_level<0>, {}, 0, 0, {}, "SM_LOG_LEVEL"},
  KconfigOption{"SM_LOG_LEVEL_ERR", SettingKind::flag, "logs errors", set_serial_modem_log_level<1>, {}, 0, 0, {}, "SM_LOG_LEVEL"},
  KconfigOption{"SM_LOG_LEVEL_WRN", SettingKind::flag, "logs errors and warnings", set_serial_modem_log_level<2>, {}, 0, 0, {}, "SM_LOG_LEVEL"},
  KconfigOption{"SM_LOG_LEVEL_INF", SettingKind::flag, "logs what is of use", set_serial_modem_log_level<3>, {}, 0, 0, {}, "SM_LOG_LEVEL"},
  KconfigOption{"SM_LOG_LEVEL_DBG", SettingKind::flag, "logs everything, with AT#XLOG=2", set_serial_modem_log_level<4>, {}, 0, 0, {}, "SM_LOG_LEVEL"},
  KconfigOption{"LOG", SettingKind::flag, "switches the device log on", kconfig::set_log},
  KconfigOption{"LOG_BACKEND_SHOW_TIMESTAMP", SettingKind::flag, "begins lines of the log with the time", show_in_log<&base::DeviceLineForm::time>},
  KconfigOption{"LOG_BACKEND_SHOW_LEVEL", SettingKind::flag, "shows the level of lines of the log", show_in_log<&base::DeviceLineForm::level>},
  KconfigOption{"LOG_BACKEND_SHOW_COLOR", SettingKind::flag, "colours the log", show_in_log<&base::DeviceLineForm::colors>},
  KconfigOption{"SM_DEBUG_STATS_HEAP", SettingKind::flag, "adds AT#XDBGSTATSMEM", nullptr, "n"},
  KconfigOption{"SM_DEBUG_STATS_THREAD_STACK", SettingKind::flag, "adds threads to the answer of AT#XDBGSTATSMEM", nullptr, "n"},
  KconfigOption{"SM_EXTERNAL_XTAL", SettingKind::flag, "clocks the UART from the crystal, for its accuracy alone", nullptr, "*"},
  KconfigOption{"SM_CR_TERMINATION", SettingKind::flag, "ends a command line with CR",
    kconfig::set_termination<at::Termination::cr>, {}, 0, 0, {}, "SM_TERMINATION"},
  KconfigOption{"SM_LF_TERMINATION", SettingKind::flag, "ends a command line with LF",
    kconfig::set_termination<at::Termination::lf>, {}, 0, 0, {}, "SM_TERMINATION"},
  KconfigOption{"SM_CR_LF_TERMINATION", SettingKind::flag, "ends a command line with CR LF",
    kconfig::set_termination<at::Termination::crlf>, {}, 0, 0, {}, "SM_TERMINATION"},
  KconfigOption{"SM_UART_RX_BUF_COUNT", SettingKind::number, "sets how many buffers the UART has", nullptr, "*", 2, 4},
  KconfigOption{"SM_UART_RX_BUF_SIZE", SettingKind::number, "sets the least time of AT#XDATACTRL", [](Build& build, const SettingValue& value) { build.options.uart_rx_buffer = static_cast<std::uint32_t>(kconfig::number(value)); }, {}, 128, 4096},
  KconfigOption{"SM_UART_TX_BUF_SIZE", SettingKind::number, "sets the size of the UART's buffer", nullptr, "*", 128, 4096},
  KconfigOption{"SM_URC_BUFFER_SIZE", SettingKind::number, "sets how much of what the modem says can wait for the host", nullptr, "4096"},
  KconfigOption{"SM_AT_ECHO_MAX_LEN", SettingKind::number, "limits what is echoed of a line", nullptr, "4096", 2, 4096},
  KconfigOption{"SM_URC_DELAY_WITH_INCOMPLETE_ECHO_MS", SettingKind::number, "sets how long notifications wait for a line that is typed", nullptr, "1000"},
  KconfigOption{"SM_DATAMODE_TERMINATOR", SettingKind::text, "leaves data mode",
    kconfig::set_text<&DialectOptions::data_mode_terminator>},
  KconfigOption{"SM_DATAMODE_BUF_SIZE", SettingKind::number, "sets how many bytes data mode collects", nullptr, "4096", 1024, 8192},
  KconfigOption{"SM_AUTO_CONNECT", SettingKind::flag, "makes the device attach by itself when it starts", nullptr, "n"},
  KconfigOption{"SM_AUTO_CONNECT_SYSTEM_MODE", SettingKind::text, "sets the %XSYSTEMMODE that it does so with", nullptr, "*"},
  KconfigOption{"SM_AUTO_CONNECT_PDN_CONFIG", SettingKind::flag, "sends AT+CGDCONT=0 before it", nullptr, "n"},
  KconfigOption{"SM_AUTO_CONNECT_PDN_APN", SettingKind::text, "names the access point of it", nullptr, "*"},
  KconfigOption{"SM_AUTO_CONNECT_PDN_FAMILY_IP", SettingKind::flag, "asks for IPv4", nullptr, "*"},
  KconfigOption{"SM_AUTO_CONNECT_PDN_FAMILY_IPV6", SettingKind::flag, "asks for IPv6", nullptr, "*"},
  KconfigOption{"SM_AUTO_CONNECT_PDN_FAMILY_IPV4V6", SettingKind::flag, "asks for both", nullptr, "*"},
  KconfigOption{"SM_AUTO_CONNECT_PDN_FAMILY_NON_IP", SettingKind::flag, "asks for neither", nullptr, "*"},
  KconfigOption{"SM_AUTO_CONNECT_PDN_AUTH", SettingKind::number, "says how the user is verified", nullptr, "*", 0, 2},
  KconfigOption{"SM_AUTO_CONNECT_PDN_USERNAME", SettingKind::text, "names the user", nullptr, "*"},
  KconfigOption{"SM_AUTO_CONNECT_PDN_PASSWORD", SettingKind::text, "is the password", nullptr, "*"},
  KconfigOption{"SM_SMS", SettingKind::flag, "adds AT#XSMS", nullptr, "y"},
  KconfigOption{"SM_GNSS", SettingKind::flag, "adds AT#XGNSS and AT#XGNSSDEL", nullptr, "*"},
  KconfigOption{"SM_NRF_CLOUD", SettingKind::flag, "adds AT#XNRFCLOUD", nullptr, "*"},
  KconfigOption{"SM_NRF_CLOUD_LOCATION", SettingKind::flag, "adds AT#XNRFCLOUDPOS", nullptr, "*"},
  KconfigOption{"SM_NRF_CLOUD_FOTA", SettingKind::flag, "adds AT#XNRFCLOUDFOTA", nullptr, "*"},
  KconfigOption{"SM_NRF_CLOUD_OBSERVABILITY", SettingKind::flag, "adds AT#XNRFCLOUDOBSAUTO and its family", nullptr, "*"},
  KconfigOption{"SM_NRF_CLOUD_OBSERVABILITY_AUTO_INTERVAL_SECONDS", SettingKind::number, "sets how often AT#XNRFCLOUDOBSAUTO uploads", kconfig::set_seconds<&DialectOptions::observability_interval>, {}, 60, 86400},
  KconfigOption{"SM_NRF_CLOUD_OBSERVABILITY_LTE_METRICS", SettingKind::flag, "adds to what is uploaded", nullptr, "*"},
  KconfigOption{"SM_NRF_CLOUD_OBSERVABILITY_DEBUG", SettingKind::flag, "adds AT#XNRFCLOUDOBSCRASH and its family", nullptr, "n"},
  KconfigOption{"SM_CARRIER", SettingKind::flag, "adds AT#XCARRIER", nullptr, "n"},
  KconfigOption{"NRF_PROVISIONING", SettingKind::flag, "adds AT#XNRFPROV", nullptr, "n"},
  KconfigOption{"SM_COAPC", SettingKind::flag, "adds AT#XCOAPCREQ and its family", nullptr, "*"},
  KconfigOption{"SM_MQTTC", SettingKind::flag, "adds AT#XMQTTCON and its family", nullptr, "y"},
  KconfigOption{"SM_MQTTC_MESSAGE_BUFFER_LEN", SettingKind::number, "limits MQTT packets without their payload", nullptr, "512"},
  KconfigOption{"MQTT_KEEPALIVE", SettingKind::number, "sets the seconds between MQTT pings unless AT#XMQTTCFG does",
    kconfig::set_seconds<&DialectOptions::mqtt_keepalive>, {}, 0, 65535, {}, {}, "SM_MQTTC"},
  KconfigOption{"SM_HTTPC", SettingKind::flag, "adds AT#XHTTPCREQ and its family", nullptr, "*"},
  KconfigOption{"SM_HTTPC_RESPONSE_TIMEOUT_MS", SettingKind::number, "sets how long an HTTP answer may pause", [](Build& build, const SettingValue& value) { build.options.http_timeout = std::chrono::milliseconds(kconfig::number(value)); }, {}, 1000, 300000},
  KconfigOption{"SM_FULL_FOTA", SettingKind::flag, "adds AT#XFOTA=3", kconfig::set_flag<&DialectOptions::full_fota>},
  KconfigOption{"SM_DFU_MODEM_FULL", SettingKind::flag, "lets AT#XDFUINIT take a whole modem firmware", kconfig::set_flag<&DialectOptions::full_dfu>},
  KconfigOption{"SM_PGPS_INJECT_FIX_DATA", SettingKind::flag, "helps the next fix", nullptr, "*"},
  KconfigOption{"SM_GNSS_OUTPUT_NMEA_SATELLITES", SettingKind::flag, "adds satellites to the log", nullptr, "*"},
  KconfigOption{"SM_PPP", SettingKind::flag, "adds AT+CGDATA and AT#XPPP", nullptr, "n"},
  KconfigOption{"SM_PPP_FALLBACK_MTU", SettingKind::number, "sets the MTU if the network gives none",
    kconfig::set_number<&DialectOptions::ppp_fallback_mtu>, {}, 576, 1500},
  KconfigOption{"SM_CMUX", SettingKind::flag, "adds AT+CMUX and its family", nullptr, "n"},
  KconfigOption{"MODEM_CMUX_MTU", SettingKind::number, "sets N1 of CMUX", kconfig::set_number<&DialectOptions::cmux_frame_size>, {}, 16, 1500},
  KconfigOption{"SM_CMUX_CHANNEL_COUNT", SettingKind::number, "sets how many channels CMUX has", kconfig::set_number<&DialectOptions::cmux_channels>, {}, 1, 63},
  KconfigOption{"SM_MODEM_PIPE_TIMEOUT", SettingKind::number, "limits a step inside of the device", nullptr, "*"},
  KconfigOption{"SM_MODEM_TRACE_BACKEND_CMUX", SettingKind::flag, "adds AT#XCMUXTRACE", nullptr, "n"},
  KconfigOption{"SM_MODEM_TRACE_BACKEND_UART", SettingKind::flag, "adds AT#XTRACE", nullptr, "n"},
};
// clang-format on

void set_serial_modem_defaults(Build& build) {
  kconfig::begin_build(build, serial_modem_2_0().services);
  build.options.termination = at::Termination::cr;
  build.log_level = base::LogLevel::debug;
}

bool is_serial_modem_set(const Build& build, std::string_view) {
  return kconfig::is_built(build, "mqttc");
}

void judge_serial_modem(Build&, KconfigSettings& settings) {
  constexpr std::string_view channels = "SM_CMUX_CHANNEL_COUNT";
  if (settings.is_y("SM_MODEM_TRACE_BACKEND_CMUX") && settings.is_y("SM_MODEM_TRACE_BACKEND_UART")) {
    settings.warn("SM_MODEM_TRACE_BACKEND_CMUX", "contradicts CONFIG_SM_MODEM_TRACE_BACKEND_UART=y",
                  "the modem's trace has one way out", "set one of them to n");
  }
  if (settings.has(channels) && !settings.is_y("SM_CMUX")) {
    settings.warn(channels, "has no effect", "it is a matter of CMUX, which is not built in",
                  "set CONFIG_SM_CMUX=y");
  }
}

}  // namespace

const KconfigRules& kconfig_rules() {
  static const KconfigRules rules{serial_modem_options, "SM_", set_serial_modem_defaults, is_serial_modem_set,
                                  judge_serial_modem};
  return rules;
}

}  // namespace attache::dialects::serial_modem_2_0
