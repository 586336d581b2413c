#include "dialects/slm_1/option_keys.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/text.hpp"

namespace attache::dialects::slm_1 {

namespace {

using OptionKind = OptionKey::Kind;

constexpr std::string_view first_modem_library = "1.0.1";
constexpr std::array modem_libraries{first_modem_library, std::string_view("1.2.1")};

// clang-format off
constexpr std::array keys{
  OptionKey{"modem_library", OptionKind::text, R"("1.2.1")", R"("1.0.1" or "1.2.1")",
    "Decides the number of a failed TLS handshake (95 with 1.0.1, 111 with 1.2.1), "
    "and whether slm-1.5 can resolve names for HTTPS at all (with 1.0.1 only).",
    set_option<&DialectOptions::modem_library>, 0, INT64_MAX, modem_libraries},
  OptionKey{"customized", OptionKind::flag, "false", "true or false",
    "`-CUSTOMIZED` behind the version of `AT#XSLMVER` (`SLM_CUSTOMIZED`; slm-1.6 only).",
    set_option<&DialectOptions::customized>},
  OptionKey{"max_parameters", OptionKind::whole_number, "9", "a whole number from 2 to 1000",
    "A command with so many parameters, its name included, is an error (`SLM_AT_MAX_PARAM`).",
    set_option<&DialectOptions::max_parameters>, 2, 1000},
  OptionKey{"native_tls", OptionKind::flag, "false", "true or false",
    "TLS of sockets, proxies and MQTT in the application, with credentials of its own `AT%CMNG` (`SLM_NATIVE_TLS`).",
    set_option<&DialectOptions::native_tls>},
  OptionKey{"gpio_wakeup", OptionKind::flag, "(true in slm-1.6, false in slm-1.5)", "true or false",
    "`AT#XSLEEP=1` is possible (`SLM_GPIO_WAKEUP`).",
    set_option<&DialectOptions::gpio_wakeup>},
  OptionKey{"start_sleep", OptionKind::flag, "false", "true or false",
    "The device starts in sleep and answers after the first wake-up (`SLM_START_SLEEP`; slm-1.6 only).",
    set_option<&DialectOptions::start_sleep>},
  OptionKey{"interface_pin", OptionKind::whole_number, "(6 with UART 0, 31 with UART 2)", "a whole number from 0 to 31",
    "The pin that wakes the device, as the log names it (`SLM_INTERFACE_PIN`).",
    set_option<&DialectOptions::interface_pin>, 0, 31},
  OptionKey{"socket_rx_max", OptionKind::whole_number, "576", "a whole number from 576 to 708",
    "Bytes of received data in one piece (`SLM_SOCKET_RX_MAX`).",
    set_option<&DialectOptions::socket_rx_max>, 576, 708},
  OptionKey{"tcp_filter_size", OptionKind::whole_number, "6", "a whole number from 1 to 6",
    "Addresses that `AT#XTCPFILTER` takes (`SLM_TCP_FILTER_SIZE`).",
    set_option<&DialectOptions::tcp_filter_size>, 1, 6},
  OptionKey{"tcp_connection_time", OptionKind::whole_number, "60", "seconds, 0 or more",
    "slm-1.5: how long a client of the TCP server may be idle (`SLM_TCP_CONN_TIME`).",
    set_option<&DialectOptions::tcp_connection_time>, 0, 86400},
  OptionKey{"data_mode_flow_control", OptionKind::flag, "false", "true or false",
    "Data mode starts only on a UART with RTS/CTS (`SLM_DATAMODE_HWFC`).",
    set_option<&DialectOptions::data_mode_flow_control>},
  OptionKey{"data_mode_terminator", OptionKind::text, R"("+++")", "a text",
    "What leaves data mode (`SLM_DATAMODE_TERMINATOR`).",
    set_option<&DialectOptions::data_mode_terminator>},
  OptionKey{"data_mode_silence", OptionKind::duration, R"("1s")", R"(a time such as "1s", or seconds)",
    "How long the line is silent before and after it (`SLM_DATAMODE_SILENCE`).",
    set_option<&DialectOptions::data_mode_silence>},
  OptionKey{"ftp_server_port", OptionKind::whole_number, "21", "a port from 0 to 65535",
    "Where FTP servers listen unless the command says it (`SLM_FTP_SERVER_PORT`).",
    set_option<&DialectOptions::ftp_server_port>, 0, 65535},
  OptionKey{"ftp_anonymous_user", OptionKind::text, R"("anonymous")", "a text",
    "The user of an FTP login without one (`SLM_FTP_USER_ANONYMOUS`).",
    set_option<&DialectOptions::ftp_anonymous_user>},
  OptionKey{"ftp_anonymous_password", OptionKind::text, R"("anonymous@example.com")", "a text",
    "Its password (`SLM_FTP_PASSWORD_ANONYMOUS`).",
    set_option<&DialectOptions::ftp_anonymous_password>, 0, INT64_MAX, {}, true},
  OptionKey{"ftp_keepalive", OptionKind::duration, R"("60s")", R"(a time such as "60s", or seconds; 0: never)",
    "Between two NOOPs of an idle FTP session (`FTP_CLIENT_KEEPALIVE_TIME`).",
    set_option<&DialectOptions::ftp_keepalive>},
  OptionKey{"ftp_listen_time", OptionKind::duration, R"("10s")", R"(a time of 1s or more such as "10s", or seconds)",
    "How long FTP waits for a reply (`FTP_CLIENT_LISTEN_TIME`).",
    set_option<&DialectOptions::ftp_listen_time>, 1},
  OptionKey{"mqtt_keepalive", OptionKind::duration, R"("60s")", R"(a time such as "60s", or seconds)",
    "Between two pings of an MQTT connection (`MQTT_KEEPALIVE`).",
    set_option<&DialectOptions::mqtt_keepalive>},
  OptionKey{"mqtt_clean_session", OptionKind::flag, "(false; from slm-2.9 on true)", "true or false",
    "The broker forgets an MQTT session at its end (`MQTT_CLEAN_SESSION`).",
    set_option<&DialectOptions::mqtt_clean_session>},
  OptionKey{"supl_client", OptionKind::flag, "false", "true or false",
    "GNSS gets assistance from a server (`SUPL_CLIENT_LIB`).",
    set_option<&DialectOptions::supl_client>},
  OptionKey{"descriptors", OptionKind::whole_number, "(8, with native TLS 10)", "a whole number from 1 to 1024",
    "Sockets, and one for the AT channel (`POSIX_MAX_FDS`); in slm-2.9 and slm-3.1 sockets, of which 3.1 keeps one (`ZVFS_OPEN_MAX`).",
    set_option<&DialectOptions::descriptors>, 1, 1024},
  OptionKey{"longest_modem_reply", OptionKind::whole_number, "2700", "a whole number from 1 to 65535",
    "Bytes that the modem may answer (`AT_CMD_RESPONSE_MAX_LEN`).",
    set_option<&DialectOptions::longest_modem_reply>, 1, 65535},
  OptionKey{"fota_progress", OptionKind::flag, "true", "true or false",
    "`AT#XFOTA` tells its progress (`FOTA_DOWNLOAD_PROGRESS_EVT`).",
    set_option<&DialectOptions::fota_progress>},
  OptionKey{"log_modem_traffic", OptionKind::flag, "false", "true or false",
    "What goes to the modem and comes from it is in the log (`AT_CMD_LOG_LEVEL_DBG`).",
    set_option<&DialectOptions::log_modem_traffic>},
};
// clang-format on

}  // namespace

std::span<const OptionKey> option_keys() {
  return keys;
}

base::Result<void> check_options(const DialectOptions& options) {
  bool is_known = std::find(modem_libraries.begin(), modem_libraries.end(), options.modem_library) !=
                  modem_libraries.end();
  if (is_known) {
    return {};
  }
  return base::make_reason("`dialect.modem_library` cannot be used",
                           fmt::format("there is no \"{}\"", options.modem_library),
                           base::suggestion(options.modem_library, modem_libraries));
}

bool failed_tls_is_refusal(const DialectOptions& options) {
  return options.modem_library != first_modem_library;
}

}  // namespace attache::dialects::slm_1
