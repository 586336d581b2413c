#include "dialects/slm_3/kconfig.hpp"

#include <array>

#include "dialects/kconfig_setters.hpp"
#include "dialects/slm_3/edition.hpp"

namespace attache::dialects::slm_3 {

namespace {

using OptionKind = KconfigOption::Kind;
using OptionValue = KconfigOption::Value;

constexpr std::string_view newest = "slm-3.1";

// -1 = none: the device cannot be woken, and AT#XSLEEP is not there.
void set_power_pin(Build& build, const OptionValue& value) {
  std::int64_t pin = kconfig::number(value);
  build.options.gpio_wakeup = pin >= 0;
  build.options.interface_pin.reset();
  if (pin >= 0) {
    build.options.interface_pin = static_cast<unsigned>(pin);
  }
}

void set_descriptors(Build& build, const OptionValue& value) {
  build.options.descriptors = static_cast<std::size_t>(kconfig::number(value));
}

// clang-format off
const std::array slm_3_options{
  KconfigOption{"SLM_CUSTOMER_VERSION", OptionKind::text, "adds a field to the answer of AT#XSLMVER",
    kconfig::set_text<&DialectOptions::customer_version>},
  KconfigOption{"SLM_AT_MAX_PARAM", OptionKind::number, "limits the access points of AT#XNRFCLOUDPOS", nullptr, "*"},
  KconfigOption{"SLM_CR_TERMINATION", OptionKind::flag, "ends a command line with CR",
    kconfig::set_termination<at::Termination::cr>, {}, 0, 0, {}, "SLM_TERMINATION"},
  KconfigOption{"SLM_LF_TERMINATION", OptionKind::flag, "ends a command line with LF",
    kconfig::set_termination<at::Termination::lf>, {}, 0, 0, {}, "SLM_TERMINATION"},
  KconfigOption{"SLM_CR_LF_TERMINATION", OptionKind::flag, "ends a command line with CR LF",
    kconfig::set_termination<at::Termination::crlf>, {}, 0, 0, {}, "SLM_TERMINATION"},
  KconfigOption{"SLM_UART_RX_BUF_COUNT", OptionKind::number, "sets how many buffers the UART has", nullptr, "*"},
  KconfigOption{"SLM_UART_RX_BUF_SIZE", OptionKind::number, "sets the least time of AT#XDATACTRL",
    kconfig::set_number<&DialectOptions::uart_rx_buffer>, {}, 1, UINT16_MAX},
  KconfigOption{"SLM_UART_TX_BUF_SIZE", OptionKind::number, "sets the size of the UART's buffer", nullptr, "*"},
  KconfigOption{"SLM_DATAMODE_TERMINATOR", OptionKind::text, "leaves data mode",
    kconfig::set_text<&DialectOptions::data_mode_terminator>},
  KconfigOption{"SLM_DATAMODE_URC", OptionKind::flag, "tells by #XDATAMODE what each sending of data mode has taken",
    kconfig::set_flag<&DialectOptions::data_mode_urc>},
  KconfigOption{"SLM_DATAMODE_BUF_SIZE", OptionKind::number, "sets how many bytes data mode collects",
    kconfig::set_number<&DialectOptions::data_mode_buffer>, {}, 1024, 8192},
  KconfigOption{"SLM_TCP_POLL_TIME", OptionKind::number, "limits how long the end of a TCP proxy takes", nullptr, "*"},
  KconfigOption{"SLM_UDP_POLL_TIME", OptionKind::number, "limits how long the end of a UDP proxy takes", nullptr, "*"},
  KconfigOption{"SLM_POWER_PIN", OptionKind::number, "names the pin that wakes the device", set_power_pin, {}, -1, 31},
  KconfigOption{"SLM_START_SLEEP", OptionKind::flag, "starts the device in sleep until the power pin wakes it",
    kconfig::set_flag<&DialectOptions::start_sleep>, {}, 0, 0, {}, {}, "SLM_POWER_PIN"},
  KconfigOption{"SLM_INDICATE_PIN", OptionKind::number, "names the pin that calls a host whose device sleeps", nullptr, "*"},
  KconfigOption{"SLM_INDICATE_TIME", OptionKind::number, "sets for how long it does", nullptr, "*"},
  KconfigOption{"SLM_AUTO_CONNECT", OptionKind::flag, "makes the device attach by itself when it starts",
    kconfig::set_flag<&DialectOptions::auto_connect>},
  KconfigOption{"SLM_SKIP_READY_MSG", OptionKind::flag, "starts the device without Ready",
    kconfig::set_flag<&DialectOptions::skips_ready>, {}, 0, 0, newest},
  KconfigOption{"SLM_SMS", OptionKind::flag, "adds AT#XSMS", nullptr, "y"},
  KconfigOption{"SLM_GNSS", OptionKind::flag, "adds AT#XGPS and AT#XGPSDEL", nullptr, "y"},
  KconfigOption{"SLM_NRF_CLOUD", OptionKind::flag, "adds AT#XNRFCLOUD", nullptr, "*"},
  KconfigOption{"SLM_FTPC", OptionKind::flag, "adds AT#XFTP", nullptr, "y"},
  KconfigOption{"SLM_TFTPC", OptionKind::flag, "adds AT#XTFTP", nullptr, "y"},
  KconfigOption{"SLM_MQTTC", OptionKind::flag, "adds AT#XMQTTCON and its family", nullptr, "y"},
  KconfigOption{"SLM_HTTPC", OptionKind::flag, "adds AT#XHTTPCCON and AT#XHTTPCREQ", nullptr, "y"},
  KconfigOption{"SLM_GPIO", OptionKind::flag, "adds AT#XGPIOCFG and AT#XGPIO", nullptr, "y"},
  KconfigOption{"SLM_TWI", OptionKind::flag, "adds AT#XTWILS and its family", nullptr, "y"},
  KconfigOption{"SLM_CARRIER", OptionKind::flag, "adds AT#XCARRIER", nullptr, "n"},
  KconfigOption{"SLM_NATIVE_TLS", OptionKind::flag, "moves TLS into the application, with AT#XCMNG and servers",
    kconfig::set_flag<&DialectOptions::native_tls>},
  KconfigOption{"SLM_FULL_FOTA", OptionKind::flag, "adds AT#XFOTA=3", kconfig::set_flag<&DialectOptions::full_fota>},
  KconfigOption{"SLM_CMUX", OptionKind::flag, "adds AT#XCMUX", nullptr, "n"},
  KconfigOption{"MODEM_CMUX_MTU", OptionKind::number, "sets N1 of CMUX", kconfig::set_number<&DialectOptions::cmux_frame_size>, {}, 16, 1500},
  KconfigOption{"SLM_CMUX_UART_BUFFER_SIZE", OptionKind::number, "sets the size of a buffer", nullptr, "*"},
  KconfigOption{"SLM_CMUX_TX_BUFFER_SIZE", OptionKind::number, "sets the size of a buffer", nullptr, "*"},
  KconfigOption{"SLM_CMUX_AUTOMATIC_FALLBACK_ON_PPP_STOPPAGE", OptionKind::flag, "takes AT back to the first channel when PPP ends",
    kconfig::set_flag<&DialectOptions::cmux_falls_back>},
  KconfigOption{"SLM_MODEM_CELLULAR", OptionKind::flag, "stops PPP when its peer goes, instead of starting it anew",
    kconfig::set_flag<&DialectOptions::ppp_stops_with_peer>},
  KconfigOption{"SLM_PPP", OptionKind::flag, "adds AT#XPPP", nullptr, "n"},
  KconfigOption{"SLM_PPP_FALLBACK_MTU", OptionKind::number, "sets the MTU if the network gives none",
    kconfig::set_number<&DialectOptions::ppp_fallback_mtu>, {}, 576, 1500},
  KconfigOption{"SLM_MODEM_PIPE_TIMEOUT", OptionKind::number, "limits a step inside of the device", nullptr, "*"},
  KconfigOption{"SLM_MQTTC_MESSAGE_BUFFER_LEN", OptionKind::number, "limits MQTT packets without their payload", nullptr, "512"},
  KconfigOption{"SLM_GNSS_OUTPUT_NMEA_ON_CMUX_CHANNEL", OptionKind::flag, "sends NMEA to the last CMUX channel",
    kconfig::set_flag<&DialectOptions::cmux_nmea>},
  KconfigOption{"SLM_GNSS_OUTPUT_NMEA_SATELLITES", OptionKind::flag, "adds satellites to it",
    kconfig::set_flag<&DialectOptions::cmux_nmea_satellites>},
  KconfigOption{"SLM_PGPS_INJECT_FIX_DATA", OptionKind::flag, "helps the next fix", nullptr, "*"},
  KconfigOption{"MQTT_KEEPALIVE", OptionKind::number, "sets the seconds between MQTT pings unless AT#XMQTTCFG does",
    kconfig::set_seconds<&DialectOptions::mqtt_keepalive>, {}, 0, 65535, {}, {}, "SLM_MQTTC"},
  KconfigOption{"MQTT_CLEAN_SESSION", OptionKind::flag, "makes the broker forget an MQTT session at its end, unless AT#XMQTTCFG says otherwise",
    kconfig::set_flag<&DialectOptions::mqtt_clean_session>, {}, 0, 0, {}, {}, "SLM_MQTTC"},
  KconfigOption{"NRF_CLOUD_AGNSS", OptionKind::flag, "gets assistance for GNSS from nRF Cloud", nullptr, "*"},
  KconfigOption{"NRF_CLOUD_PGPS", OptionKind::flag, "gets predicted assistance for GNSS from nRF Cloud", nullptr, "*"},
  KconfigOption{"NRF_CLOUD_LOCATION", OptionKind::flag, "adds AT#XNRFCLOUDPOS", nullptr, "*"},
  KconfigOption{"ZVFS_OPEN_MAX", OptionKind::number, "limits the sockets", set_descriptors, {}, 2, 1024},
  KconfigOption{"LOG", OptionKind::flag, "switches the device log on", kconfig::set_log},
  KconfigOption{"LOG_DEFAULT_LEVEL", OptionKind::number, "sets the level of the device log", kconfig::set_log_level, {}, 0, 4},
  KconfigOption{"SLM_LOG_LEVEL_OFF", OptionKind::flag, "switches the device log off", kconfig::set_own_log_level<0>, {}, 0, 0, {}, "SLM_LOG_LEVEL"},
  KconfigOption{"SLM_LOG_LEVEL_ERR", OptionKind::flag, "logs errors", kconfig::set_own_log_level<1>, {}, 0, 0, {}, "SLM_LOG_LEVEL"},
  KconfigOption{"SLM_LOG_LEVEL_WRN", OptionKind::flag, "logs errors and warnings", kconfig::set_own_log_level<2>, {}, 0, 0, {}, "SLM_LOG_LEVEL"},
  KconfigOption{"SLM_LOG_LEVEL_INF", OptionKind::flag, "logs what is of use", kconfig::set_own_log_level<3>, {}, 0, 0, {}, "SLM_LOG_LEVEL"},
  KconfigOption{"SLM_LOG_LEVEL_DBG", OptionKind::flag, "logs everything", kconfig::set_own_log_level<4>, {}, 0, 0, {}, "SLM_LOG_LEVEL"},
  KconfigOption{"SLM_LOG_LEVEL_DEFAULT", OptionKind::flag, "logs at LOG_DEFAULT_LEVEL", kconfig::set_nothing, {}, 0, 0, {}, "SLM_LOG_LEVEL"},
};
// clang-format on

void set_slm_3_defaults(Build& build) {
  kconfig::begin_build(build, slm_3_1().services);
  build.options.termination = at::Termination::crlf;
  build.options.gpio_wakeup = true;  // The board has a power pin.
  build.log_level = base::LogLevel::info;
}

bool is_slm_3_set(const Build& build, std::string_view flag) {
  return flag == "SLM_POWER_PIN" ? build.options.gpio_wakeup.value_or(true)
                                 : kconfig::is_built(build, "mqttc");
}

void judge_slm_3(Build& build, KconfigSettings& settings) {
  if (!settings.has("SLM_CMUX_AUTOMATIC_FALLBACK_ON_PPP_STOPPAGE")) {
    build.options.cmux_falls_back = build.options.ppp_stops_with_peer;
  }
  build.options.start_sleep = build.options.start_sleep && build.options.gpio_wakeup.value_or(true);
}

}  // namespace

const KconfigRules& kconfig_rules() {
  static const KconfigRules rules{slm_3_options, "SLM_", set_slm_3_defaults, is_slm_3_set, judge_slm_3};
  return rules;
}

}  // namespace attache::dialects::slm_3
