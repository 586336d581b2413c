#include <array>

#include "at/line_assembler.hpp"
#include "base/logging.hpp"
#include "device/config_key_families.hpp"
#include "device/config_setters.hpp"

namespace attache::device {

namespace {

constexpr std::array<std::string_view, 2> dialects{"slm-1.6", "slm-1.5"};
constexpr std::array<std::string_view, 6> services{"httpc", "ftpc", "mqttc", "gps", "sms", "twi"};
constexpr std::array<std::string_view, 2> modem_libraries{"1.0.1", "1.2.1"};

Outcome set_services(DeviceConfig& config, const ConfigValue& value) {
  const auto& names = texts_of(value);
  for (const std::string& name : names) {
    if (std::find(services.begin(), services.end(), name) == services.end()) {
      return unfit(suggestion(name, services));
    }
  }
  config.dialect.services = names;
  return {};
}

Outcome set_termination(DeviceConfig& config, const ConfigValue& value) {
  using at::Termination;
  constexpr std::array<std::pair<std::string_view, Termination>, 4> ends{{{"crlf", Termination::crlf},
                                                                          {"cr", Termination::cr},
                                                                          {"lf", Termination::lf},
                                                                          {"nul", Termination::nul}}};
  return set_enumerator(config.dialect.termination, value, ends);
}

Outcome set_log_level(DeviceConfig& config, const ConfigValue& value) {
  auto level = base::parse_log_level(text_of(value));
  if (!level) {
    return unfit(level.error().advice);
  }
  config.log_level = *level;
  return {};
}

Outcome set_paths(std::vector<std::string>& target, const ConfigValue& value) {
  const auto& paths = texts_of(value);
  bool fit = std::all_of(paths.begin(), paths.end(), [](const std::string& path) {
    return !path.empty() && path.find('\0') == std::string::npos;
  });
  if (!fit) {
    return unfit();
  }
  target = paths;
  return {};
}

using C = DeviceConfig;
using V = ConfigValue;
using K = ConfigKind;

// clang-format off
constexpr std::array keys_of_dialect{
  ConfigKey{"dialect", "name", K::text, R"("slm-1.6")", R"("slm-1.6" or "slm-1.5")",
    "The application firmware; the same as `[device] dialect`.",
    [](C& c, const V& v) { return set_choice(c.dialect.name, v, dialects); }},
  ConfigKey{"dialect", "strict", K::flag, "false", "true or false",
    "Reproduce the firmware's quirks too, instead of the sane behaviour.",
    [](C& c, const V& v) { return set_flag(c.dialect.strict, v); }},
  ConfigKey{"dialect", "services", K::text_list, "(the dialect's own build)",
    R"(a list of "httpc", "ftpc", "mqttc", "gps", "sms", "twi")",
    "What is built in; commands of the others go to the modem, which refuses them. "
    "Without it: all of them in slm-1.6 (`twi` where there is an `[[i2c]]`), `httpc` in slm-1.5 (which has no "
    "`sms` and `twi`).",
    [](C& c, const V& v) { return set_services(c, v); }},
  ConfigKey{"dialect", "termination", K::text, R"("crlf")", R"("crlf", "cr", "lf" or "nul")",
    "What ends a command line.",
    [](C& c, const V& v) { return set_termination(c, v); }},
  ConfigKey{"dialect", "modem_library", K::text, R"("1.2.1")", R"("1.0.1" or "1.2.1")",
    "Decides the number of a failed TLS handshake (95 with 1.0.1, 111 with 1.2.1), "
    "and whether slm-1.5 can resolve names for HTTPS at all (with 1.0.1 only).",
    [](C& c, const V& v) { return set_choice(c.dialect.modem_library, v, modem_libraries); }},
  ConfigKey{"dialect", "kconfig", K::text_list, "(none)", R"(a list of paths such as "prj.conf", seen from this file)",
    "Kconfig fragments of the application, the later ones on top: they decide everything in this table that is not written here.",
    [](C& c, const V& v) { return set_paths(c.kconfig, v); }},
  ConfigKey{"dialect", "customized", K::flag, "false", "true or false",
    "`-CUSTOMIZED` behind the version of `AT#XSLMVER` (`SLM_CUSTOMIZED`; slm-1.6 only).",
    [](C& c, const V& v) { return set_flag(c.dialect.customized, v); }},
  ConfigKey{"dialect", "max_parameters", K::whole_number, "9", "a whole number from 2 to 1000",
    "A command with so many parameters, its name included, is an error (`SLM_AT_MAX_PARAM`).",
    [](C& c, const V& v) { return set_number(c.dialect.max_parameters, v, 2, 1000); }},
  ConfigKey{"dialect", "native_tls", K::flag, "false", "true or false",
    "TLS of sockets, proxies and MQTT in the application, with credentials of its own `AT%CMNG` (`SLM_NATIVE_TLS`).",
    [](C& c, const V& v) { return set_flag(c.dialect.native_tls, v); }},
  ConfigKey{"dialect", "gpio_wakeup", K::flag, "(true in slm-1.6, false in slm-1.5)", "true or false",
    "`AT#XSLEEP=1` is possible (`SLM_GPIO_WAKEUP`).",
    [](C& c, const V& v) { return set_flag(c.dialect.gpio_wakeup, v); }},
  ConfigKey{"dialect", "start_sleep", K::flag, "false", "true or false",
    "The device starts in sleep and answers after the first wake-up (`SLM_START_SLEEP`; slm-1.6 only).",
    [](C& c, const V& v) { return set_flag(c.dialect.start_sleep, v); }},
  ConfigKey{"dialect", "interface_pin", K::whole_number, "(6 with UART 0, 31 with UART 2)", "a whole number from 0 to 31",
    "The pin that wakes the device, as the log names it (`SLM_INTERFACE_PIN`).",
    [](C& c, const V& v) { return set_number(c.dialect.interface_pin, v, 0, 31); }},
  ConfigKey{"dialect", "socket_rx_max", K::whole_number, "576", "a whole number from 576 to 708",
    "Bytes of received data in one piece (`SLM_SOCKET_RX_MAX`).",
    [](C& c, const V& v) { return set_number(c.dialect.socket_rx_max, v, 576, 708); }},
  ConfigKey{"dialect", "tcp_filter_size", K::whole_number, "6", "a whole number from 1 to 6",
    "Addresses that `AT#XTCPFILTER` takes (`SLM_TCP_FILTER_SIZE`).",
    [](C& c, const V& v) { return set_number(c.dialect.tcp_filter_size, v, 1, 6); }},
  ConfigKey{"dialect", "tcp_connection_time", K::whole_number, "60", "seconds, 0 or more",
    "slm-1.5: how long a client of the TCP server may be idle (`SLM_TCP_CONN_TIME`).",
    [](C& c, const V& v) { return set_number(c.dialect.tcp_connection_time, v, 0, 86400); }},
  ConfigKey{"dialect", "data_mode_flow_control", K::flag, "false", "true or false",
    "Data mode starts only on a UART with RTS/CTS (`SLM_DATAMODE_HWFC`).",
    [](C& c, const V& v) { return set_flag(c.dialect.data_mode_flow_control, v); }},
  ConfigKey{"dialect", "data_mode_terminator", K::text, R"("+++")", "a text",
    "What leaves data mode (`SLM_DATAMODE_TERMINATOR`).",
    [](C& c, const V& v) { return set_text(c.dialect.data_mode_terminator, v, true); }},
  ConfigKey{"dialect", "data_mode_silence", K::duration, R"("1s")", R"(a time such as "1s", or seconds)",
    "How long the line is silent before and after it (`SLM_DATAMODE_SILENCE`).",
    [](C& c, const V& v) { return set_duration(c.dialect.data_mode_silence, v); }},
  ConfigKey{"dialect", "ftp_server_port", K::whole_number, "21", "a port from 0 to 65535",
    "Where FTP servers listen unless the command says it (`SLM_FTP_SERVER_PORT`).",
    [](C& c, const V& v) { return set_number(c.dialect.ftp_server_port, v, 0, 65535); }},
  ConfigKey{"dialect", "ftp_anonymous_user", K::text, R"("anonymous")", "a text",
    "The user of an FTP login without one (`SLM_FTP_USER_ANONYMOUS`).",
    [](C& c, const V& v) { return set_text(c.dialect.ftp_anonymous_user, v, true); }},
  ConfigKey{"dialect", "ftp_anonymous_password", K::text, R"("anonymous@example.com")", "a text",
    "Its password (`SLM_FTP_PASSWORD_ANONYMOUS`).",
    [](C& c, const V& v) { return set_text(c.dialect.ftp_anonymous_password, v, true); }, true},
  ConfigKey{"dialect", "ftp_keepalive", K::duration, R"("60s")", R"(a time such as "60s", or seconds; 0: never)",
    "Between two NOOPs of an idle FTP session (`FTP_CLIENT_KEEPALIVE_TIME`).",
    [](C& c, const V& v) { return set_duration(c.dialect.ftp_keepalive, v); }},
  ConfigKey{"dialect", "ftp_listen_time", K::duration, R"("10s")", R"(a time of 1s or more such as "10s", or seconds)",
    "How long FTP waits for a reply (`FTP_CLIENT_LISTEN_TIME`).",
    [](C& c, const V& v) { return set_duration(c.dialect.ftp_listen_time, v, std::chrono::seconds(1)); }},
  ConfigKey{"dialect", "mqtt_keepalive", K::duration, R"("60s")", R"(a time such as "60s", or seconds)",
    "Between two pings of an MQTT connection (`MQTT_KEEPALIVE`).",
    [](C& c, const V& v) { return set_duration(c.dialect.mqtt_keepalive, v); }},
  ConfigKey{"dialect", "mqtt_clean_session", K::flag, "false", "true or false",
    "The broker forgets an MQTT session at its end (`MQTT_CLEAN_SESSION`).",
    [](C& c, const V& v) { return set_flag(c.dialect.mqtt_clean_session, v); }},
  ConfigKey{"dialect", "supl_client", K::flag, "false", "true or false",
    "GNSS gets assistance from a server (`SUPL_CLIENT_LIB`).",
    [](C& c, const V& v) { return set_flag(c.dialect.supl_client, v); }},
  ConfigKey{"dialect", "descriptors", K::whole_number, "(8, with native TLS 10)", "a whole number from 1 to 1024",
    "Sockets, and one for the AT channel (`POSIX_MAX_FDS`).",
    [](C& c, const V& v) { return set_number(c.dialect.descriptors, v, 1, 1024); }},
  ConfigKey{"dialect", "longest_modem_reply", K::whole_number, "2700", "a whole number from 1 to 65535",
    "Bytes that the modem may answer (`AT_CMD_RESPONSE_MAX_LEN`).",
    [](C& c, const V& v) { return set_number(c.dialect.longest_modem_reply, v, 1, 65535); }},
  ConfigKey{"dialect", "fota_progress", K::flag, "true", "true or false",
    "`AT#XFOTA` tells its progress (`FOTA_DOWNLOAD_PROGRESS_EVT`).",
    [](C& c, const V& v) { return set_flag(c.dialect.fota_progress, v); }},
  ConfigKey{"dialect", "log_level", K::text, R"("info")", R"("off", "error", "warning", "info" or "debug")",
    "What log ports carry, and the program's log without `--log-level` (`SLM_LOG_LEVEL_*`).",
    [](C& c, const V& v) { return set_log_level(c, v); }},
  ConfigKey{"dialect", "log_modem_traffic", K::flag, "false", "true or false",
    "What goes to the modem and comes from it is in the log (`AT_CMD_LOG_LEVEL_DBG`).",
    [](C& c, const V& v) { return set_flag(c.dialect.log_modem_traffic, v); }},
};
// clang-format on

}  // namespace

std::span<const ConfigKey> dialect_keys() {
  return keys_of_dialect;
}

std::span<const std::string_view> known_dialects() {
  return dialects;
}

std::span<const std::string_view> known_services() {
  return services;
}

std::span<const std::string_view> known_modem_libraries() {
  return modem_libraries;
}

}  // namespace attache::device
