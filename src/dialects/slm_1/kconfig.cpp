#include "dialects/slm_1/kconfig.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <vector>

#include "dialects/kconfig_setters.hpp"
#include "dialects/slm_1/edition.hpp"

namespace attache::dialects::slm_1 {

namespace {

using Kind = KconfigOption::Kind;
using Value = KconfigOption::Value;
using kconfig::build_in;
using kconfig::flag;
using kconfig::number;
using kconfig::set_flag;
using kconfig::set_number;
using kconfig::set_seconds;
using kconfig::set_text;

template <unsigned Uart>
void set_kconfig_uart(Build& build, const Value&) {
  build.options.uart = Uart;
  build.flow_control = Uart == 2;
}
constexpr std::int64_t day = 24L * 3600;
constexpr std::string_view build_only = "decides how the firmware is built; the AT interface stays the same";
constexpr std::string_view later = "slm-1.6";
constexpr std::string_view early = "slm-1.5";

// clang-format off
const std::array kconfig_options{
  KconfigOption{"SLM_CUSTOMIZED", Kind::flag, "adds -CUSTOMIZED to the answer of AT#XSLMVER",
    set_flag<&DialectOptions::customized>, {}, 0, 0, later},
  KconfigOption{"SLM_AT_MODE", Kind::flag, "selects the libraries of the AT host; without them nothing answers",
    nullptr, "y"},
  KconfigOption{"SLM_AT_MAX_PARAM", Kind::number, "limits the parameters of a command, its name included",
    set_number<&DialectOptions::max_parameters>, {}, 2, 1000},
  KconfigOption{"SLM_NATIVE_TLS", Kind::flag, "moves TLS into the application, and AT%CMNG with it",
    set_flag<&DialectOptions::native_tls>},
  KconfigOption{"SLM_EXTERNAL_XTAL", Kind::flag, "clocks the UART from the crystal, for its accuracy alone"},
  KconfigOption{"SLM_CONNECT_UART_0", Kind::flag, "takes AT commands on UART_0", set_kconfig_uart<0>, {}, 0, 0, {}, "SLM_CONNECT_UART"},
  KconfigOption{"SLM_CONNECT_UART_2", Kind::flag, "takes AT commands on UART_2", set_kconfig_uart<2>, {}, 0, 0, {}, "SLM_CONNECT_UART"},
  KconfigOption{"SLM_CR_TERMINATION", Kind::flag, "ends a command line with CR",
    kconfig::set_termination<at::Termination::cr>, {}, 0, 0, {}, "SLM_TERMINATION"},
  KconfigOption{"SLM_LF_TERMINATION", Kind::flag, "ends a command line with LF",
    kconfig::set_termination<at::Termination::lf>, {}, 0, 0, {}, "SLM_TERMINATION"},
  KconfigOption{"SLM_CR_LF_TERMINATION", Kind::flag, "ends a command line with CR LF",
    kconfig::set_termination<at::Termination::crlf>, {}, 0, 0, {}, "SLM_TERMINATION"},
  KconfigOption{"SLM_NULL_TERMINATION", Kind::flag, "ends a command line with NUL",
    kconfig::set_termination<at::Termination::nul>, {}, 0, 0, early, "SLM_TERMINATION"},
  KconfigOption{"SLM_GPIO_WAKEUP", Kind::flag, "lets the interface pin wake the device, as AT#XSLEEP=1 needs",
    [](Build& build, const Value& value) { build.options.gpio_wakeup = flag(value); }},
  KconfigOption{"SLM_START_SLEEP", Kind::flag, "starts the device in sleep until the interface pin wakes it",
    set_flag<&DialectOptions::start_sleep>, {}, 0, 0, later, {}, "SLM_GPIO_WAKEUP"},
  KconfigOption{"SLM_INTERFACE_PIN", Kind::number, "names the pin that wakes the device",
    [](Build& build, const Value& value) { build.options.interface_pin = static_cast<unsigned>(number(value)); }, {}, 0, 31},
  KconfigOption{"SLM_SOCKET_RX_MAX", Kind::number, "sets the piece size of received data",
    set_number<&DialectOptions::socket_rx_max>, {}, 576, 708},
  KconfigOption{"SLM_TCP_FILTER_SIZE", Kind::number, "sets how many addresses AT#XTCPFILTER takes",
    set_number<&DialectOptions::tcp_filter_size>, {}, 1, 6},
  KconfigOption{"SLM_TCP_POLL_TIME", Kind::number, "sets how often the TCP proxy looks at its sockets; hosts do not see it", nullptr, "*"},
  KconfigOption{"SLM_UDP_POLL_TIME", Kind::number, "sets how often the UDP proxy looks at its sockets; hosts do not see it", nullptr, "*"},
  KconfigOption{"SLM_TCP_CONN_TIME", Kind::number, "ends the connection of an idle TCP client after so many seconds",
    set_number<&DialectOptions::tcp_connection_time>, {}, 0, day, early},
  KconfigOption{"SLM_DATAMODE_HWFC", Kind::flag, "lets data mode start on a UART with RTS/CTS only",
    set_flag<&DialectOptions::data_mode_flow_control>},
  KconfigOption{"SLM_DATAMODE_TERMINATOR", Kind::text, "leaves data mode",
    set_text<&DialectOptions::data_mode_terminator>},
  KconfigOption{"SLM_DATAMODE_SILENCE", Kind::number, "sets the seconds of silence around the terminator of data mode",
    set_seconds<&DialectOptions::data_mode_silence>, {}, 0, day},
  KconfigOption{"SLM_SMS", Kind::flag, "adds AT#XSMS", [](Build& build, const Value& value) { build_in(build, "sms", flag(value)); }, {}, 0, 0, later},
  KconfigOption{"SLM_GPS", Kind::flag, "adds AT#XGPS", [](Build& build, const Value& value) { build_in(build, "gps", flag(value)); }},
  KconfigOption{"SLM_SUPL_SERVER", Kind::text, "names the server of GNSS assistance", nullptr, "*", 0, 0, {}, {}, "SUPL_CLIENT_LIB"},
  KconfigOption{"SLM_SUPL_PORT", Kind::number, "names the port of the server of GNSS assistance", nullptr, "*", 0, 65535, {}, {}, "SUPL_CLIENT_LIB"},
  KconfigOption{"SLM_FTPC", Kind::flag, "adds AT#XFTP", [](Build& build, const Value& value) { build_in(build, "ftpc", flag(value)); }},
  KconfigOption{"SLM_FTP_SERVER_PORT", Kind::number, "sets the port of FTP servers unless the command names one",
    set_number<&DialectOptions::ftp_server_port>, {}, 0, 65535, {}, {}, "SLM_FTPC"},
  KconfigOption{"SLM_FTP_USER_ANONYMOUS", Kind::text, "names the user of an FTP login without one",
    set_text<&DialectOptions::ftp_anonymous_user>, {}, 0, 0, {}, {}, "SLM_FTPC"},
  KconfigOption{"SLM_FTP_PASSWORD_ANONYMOUS", Kind::text, "is the password of an FTP login without one",
    set_text<&DialectOptions::ftp_anonymous_password>, {}, 0, 0, {}, {}, "SLM_FTPC"},
  KconfigOption{"SLM_MQTTC", Kind::flag, "adds AT#XMQTTCON and its family", [](Build& build, const Value& value) { build_in(build, "mqttc", flag(value)); }},
  KconfigOption{"SLM_HTTPC", Kind::flag, "adds AT#XHTTPCCON and AT#XHTTPCREQ", [](Build& build, const Value& value) { build_in(build, "httpc", flag(value)); }},
  KconfigOption{"SLM_TWI", Kind::flag, "adds AT#XTWILS and its family",
    [](Build& build, const Value& value) { build_in(build, "twi", flag(value)); }, {}, 0, 0, later},
  KconfigOption{"LOG_DEFAULT_LEVEL", Kind::number, "sets the level of the device log", kconfig::set_log_level, {}, 0, 4},
  KconfigOption{"SLM_LOG_LEVEL_OFF", Kind::flag, "switches the device log off", kconfig::set_own_log_level<0>, {}, 0, 0, {}, "SLM_LOG_LEVEL"},
  KconfigOption{"SLM_LOG_LEVEL_ERR", Kind::flag, "logs errors", kconfig::set_own_log_level<1>, {}, 0, 0, {}, "SLM_LOG_LEVEL"},
  KconfigOption{"SLM_LOG_LEVEL_WRN", Kind::flag, "logs errors and warnings", kconfig::set_own_log_level<2>, {}, 0, 0, {}, "SLM_LOG_LEVEL"},
  KconfigOption{"SLM_LOG_LEVEL_INF", Kind::flag, "logs what is of use", kconfig::set_own_log_level<3>, {}, 0, 0, {}, "SLM_LOG_LEVEL"},
  KconfigOption{"SLM_LOG_LEVEL_DBG", Kind::flag, "logs everything", kconfig::set_own_log_level<4>, {}, 0, 0, {}, "SLM_LOG_LEVEL"},
  KconfigOption{"SLM_LOG_LEVEL_DEFAULT", Kind::flag, "logs at LOG_DEFAULT_LEVEL", kconfig::set_nothing, {}, 0, 0, {}, "SLM_LOG_LEVEL"},

  KconfigOption{"NEWLIB_LIBC", Kind::flag, "decides the numbers of errors in lines and URCs: without it they are those of the smaller C library", nullptr, "y"},
  KconfigOption{"NEWLIB_LIBC_FLOAT_PRINTF", Kind::flag, "lets #XGPSP print coordinates", nullptr, "y"},
  KconfigOption{"POSIX_MAX_FDS", Kind::number, "limits the sockets, the AT channel included",
    [](Build& build, const Value& value) { build.options.descriptors = static_cast<std::size_t>(number(value)); }, {}, 1, 1024},
  KconfigOption{"HEAP_MEM_POOL_SIZE", Kind::number, "is the memory in which lines wait for the UART: with too little of it lines are lost", nullptr, "16384"},
  KconfigOption{"MAIN_STACK_SIZE", Kind::number, build_only, nullptr, "*"},
  KconfigOption{"SYSTEM_WORKQUEUE_STACK_SIZE", Kind::number, build_only, nullptr, "*"},
  KconfigOption{"UART_0_NRF_HW_ASYNC_TIMER", Kind::number, "counts the bytes that UART_0 receives", nullptr, "*"},
  KconfigOption{"UART_2_NRF_HW_ASYNC_TIMER", Kind::number, "counts the bytes that UART_2 receives", nullptr, "*"},
  KconfigOption{"NRFX_TIMER2", Kind::flag, "counts the bytes that the UART receives", nullptr, "y"},
  KconfigOption{"UART_ASYNC_API", Kind::flag, "drives the UART; without it the application is not built", nullptr, "y"},
  KconfigOption{"USE_SEGGER_RTT", Kind::flag, "carries the log by the debugger", nullptr, "*"},
  KconfigOption{"RTT_CONSOLE", Kind::flag, "carries the console by the debugger", nullptr, "*"},
  KconfigOption{"LOG_BACKEND_RTT", Kind::flag, "carries the log by the debugger", nullptr, "*"},
  KconfigOption{"UART_CONSOLE", Kind::flag, "puts the console on UART_0", nullptr, "*"},
  KconfigOption{"LOG_BACKEND_UART", Kind::flag, "puts the log on UART_0", nullptr, "*"},
  KconfigOption{"LOG", Kind::flag, "switches the device log on", kconfig::set_log},
  KconfigOption{"AT_CMD_LOG_LEVEL_DBG", Kind::flag, "logs what goes to the modem and comes from it",
    set_flag<&DialectOptions::log_modem_traffic>},
  KconfigOption{"AT_CMD_RESPONSE_MAX_LEN", Kind::number, "limits the modem's replies, in bytes",
    set_number<&DialectOptions::longest_modem_reply>, {}, 1, 65535},
  KconfigOption{"NRF_MODEM_LIB_TRACE_ENABLED", Kind::flag, "sends the modem's trace, which only its maker can read, to UART_1", nullptr, "n"},
  KconfigOption{"SUPL_CLIENT_LIB", Kind::flag, "gets assistance for GNSS from a server: fixes come sooner",
    set_flag<&DialectOptions::supl_client>},
  KconfigOption{"FOTA_DOWNLOAD", Kind::flag, "is what AT#XFOTA is made of; without it the application is not built", nullptr, "y"},
  KconfigOption{"FOTA_DOWNLOAD_PROGRESS_EVT", Kind::flag, "gives the progress lines of AT#XFOTA",
    set_flag<&DialectOptions::fota_progress>},
  KconfigOption{"DOWNLOAD_CLIENT", Kind::flag, "is what AT#XFOTA downloads with; without it the application is not built", nullptr, "y"},
  KconfigOption{"DFU_TARGET", Kind::flag, "is where AT#XFOTA puts images; without it the application is not built", nullptr, "y"},
  KconfigOption{"BOOTLOADER_MCUBOOT", Kind::flag, "swaps images at a reset; without it AT#XFOTA changes nothing", nullptr, "y"},
  KconfigOption{"SETTINGS", Kind::flag, "keeps the state of an update over the reset; without it no #XFOTA line follows Ready", nullptr, "y"},
  KconfigOption{"SETTINGS_FCB", Kind::flag, "is where settings are kept", nullptr, "y"},
  KconfigOption{"FCB", Kind::flag, "is where settings are kept", nullptr, "y"},
  KconfigOption{"FLASH", Kind::flag, "is where images and settings are kept", nullptr, "y"},
  KconfigOption{"MQTT_KEEPALIVE", Kind::number, "sets the seconds between MQTT pings",
    set_seconds<&DialectOptions::mqtt_keepalive>, {}, 0, 65535, {}, {}, "SLM_MQTTC"},
  KconfigOption{"MQTT_CLEAN_SESSION", Kind::flag, "makes the broker forget an MQTT session at its end",
    set_flag<&DialectOptions::mqtt_clean_session>, {}, 0, 0, {}, {}, "SLM_MQTTC"},
  KconfigOption{"FTP_CLIENT_KEEPALIVE_TIME", Kind::number, "sets the seconds between the NOOPs of an idle FTP session",
    set_seconds<&DialectOptions::ftp_keepalive>, {}, 0, day, {}, {}, "SLM_FTPC"},
  KconfigOption{"FTP_CLIENT_LISTEN_TIME", Kind::number, "sets the seconds that FTP waits for a reply",
    set_seconds<&DialectOptions::ftp_listen_time>, {}, 1, day, {}, {}, "SLM_FTPC"},
  KconfigOption{"SMS_SUBSCRIBERS_MAX_CNT", Kind::number, "limits who hears of messages inside the application", nullptr, "*"},
  KconfigOption{"LTE_LINK_CONTROL", Kind::flag, "is a library of the application; SLM attaches only when told to", nullptr, "*"},
  KconfigOption{"LTE_AUTO_INIT_AND_CONNECT", Kind::flag, "makes the device attach by itself when it starts", nullptr, "n"},
  KconfigOption{"MODEM_KEY_MGMT", Kind::flag, "is what AT%CMNG of a native TLS build stores with", nullptr, "*"},
  KconfigOption{"NET_SOCKETS_OFFLOAD_TLS", Kind::flag, "leaves TLS to the modem, unless SLM_NATIVE_TLS moves it", nullptr, "*"},
  KconfigOption{"NET_SOCKETS_TLS_MAX_CONTEXTS", Kind::number, "limits the TLS connections of a native TLS build", nullptr, "*"},
};
// clang-format on

void set_kconfig_defaults(Build& build) {
  bool is_later = build.options.name == later;
  DialectOptions initial;
  initial.name = build.options.name;
  initial.strict = build.options.strict;
  initial.modem_library = build.options.modem_library;
  initial.services = is_later ? std::vector<std::string>{"httpc", "ftpc", "mqttc", "gps", "sms", "twi"}
                              : std::vector<std::string>{};
  initial.gpio_wakeup = is_later;
  initial.termination = at::Termination::crlf;
  initial.data_mode_flow_control = true;
  initial.fota_progress = false;
  build.options = std::move(initial);
  build.flow_control = false;  // UART_0.
  build.log_level = base::LogLevel::info;
}

bool is_set(const Build& build, std::string_view flag) {
  const DialectOptions& options = build.options;
  auto is_built = [&](std::string_view service) {
    return std::find(options.services->begin(), options.services->end(), service) != options.services->end();
  };
  return flag == "SLM_GPIO_WAKEUP"   ? *options.gpio_wakeup
         : flag == "SUPL_CLIENT_LIB" ? options.supl_client
         : flag == "SLM_FTPC"        ? is_built("ftpc")
                                     : is_built("mqttc");
}

// What does not go together with the UART that carries AT.
void judge_uart(unsigned uart, KconfigSettings& settings) {
  for (unsigned other : {0U, 2U}) {
    std::string timer = fmt::format("UART_{}_NRF_HW_ASYNC_TIMER", other);
    if (settings.has(timer) && other != uart &&
        !settings.has(fmt::format("UART_{}_NRF_HW_ASYNC_TIMER", uart))) {
      settings.warn(
          timer, "is for another UART",
          fmt::format("AT commands come on UART_{}: on the device its bytes are not counted, and commands "
                      "get lost",
                      uart),
          fmt::format("set CONFIG_UART_{}_NRF_HW_ASYNC_TIMER=2", uart));
    }
  }
  if (uart != 0) {
    return;
  }
  for (std::string_view flag : {"UART_CONSOLE", "LOG_BACKEND_UART"}) {
    if (settings.is_y(flag)) {
      settings.warn(flag, "contradicts CONFIG_SLM_CONNECT_UART_0=y",
                    "on the device its text comes between the answers, on the same UART; here it does not",
                    "set it to n, or take CONFIG_SLM_CONNECT_UART_2=y");
    }
  }
  if (settings.is_y("SLM_DATAMODE_HWFC")) {
    settings.warn("SLM_DATAMODE_HWFC", "leaves no data mode",
                  "UART_0 has no RTS/CTS: commands that start data mode answer ERROR, as on the device",
                  "set it to n, or take CONFIG_SLM_CONNECT_UART_2=y");
  }
}

void judge(Build& build, KconfigSettings& settings) {
  build.options.start_sleep = build.options.start_sleep && *build.options.gpio_wakeup;
  judge_uart(build.options.uart, settings);
}

}  // namespace

const KconfigRules& kconfig_rules() {
  static const KconfigRules rules{kconfig_options, "SLM_", set_kconfig_defaults, is_set, judge};
  return rules;
}

}  // namespace attache::dialects::slm_1
