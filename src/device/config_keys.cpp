#include "device/config_keys.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <boost/asio/ip/address.hpp>
#include <cmath>
#include <cstdio>
#include <memory>
#include <utility>

#include "base/logging.hpp"
#include "base/text.hpp"
#include "cellular/sms/address.hpp"

namespace attache::device {

namespace {

namespace ip = boost::asio::ip;
using Outcome = base::Result<void>;
using Value = ConfigValue;

constexpr std::array<std::string_view, 2> dialects{"slm-1.6", "slm-1.5"};
constexpr std::array<std::string_view, 6> services{"httpc", "ftpc", "mqttc", "gps", "sms", "twi"};
constexpr std::array<std::string_view, 2> modem_libraries{"1.0.1", "1.2.1"};

// The addresses that `true` stands for.
constexpr const char* usual_ipv4 = "10.160.33.41";
constexpr const char* usual_ipv6 = "2001:db8:a160:3341::1";

// The value is not as the key expects it.
base::Reason unfit(std::string advice = {}) {
  return base::make_reason({}, {}, std::move(advice));
}

const std::string& text(const Value& value) {
  return std::get<std::string>(value);
}

bool flag(const Value& value) {
  return std::get<bool>(value);
}

Outcome set_flag(bool& target, const Value& value) {
  target = flag(value);
  return {};
}

Outcome set_text(std::string& target, const Value& value, bool fits) {
  if (!fits) {
    return unfit();
  }
  target = text(value);
  return {};
}

std::string upper(std::string_view digits) {
  std::string text(digits);
  std::transform(text.begin(), text.end(), text.begin(),
                 [](char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c; });
  return text;
}

Outcome set_hex(std::string& target, const Value& value, std::size_t count) {
  if (!is_hex(text(value), count)) {
    return unfit();
  }
  target = upper(text(value));
  return {};
}

Outcome set_choice(std::string& target, const Value& value, std::span<const std::string_view> known) {
  if (std::find(known.begin(), known.end(), text(value)) == known.end()) {
    return unfit(suggestion(text(value), known));
  }
  target = text(value);
  return {};
}

template <class Enumeration, std::size_t N>
Outcome set_enumerator(Enumeration& target, const Value& value,
                       const std::array<std::pair<std::string_view, Enumeration>, N>& known) {
  std::array<std::string_view, N> names;
  for (std::size_t i = 0; i < N; ++i) {
    if (known[i].first == text(value)) {
      target = known[i].second;
      return {};
    }
    names[i] = known[i].first;
  }
  return unfit(suggestion(text(value), names));
}

template <class Integer>
Outcome set_number(Integer& target, const Value& value, std::int64_t least, std::int64_t most) {
  std::int64_t number = std::get<std::int64_t>(value);
  if (number < least || number > most) {
    return unfit();
  }
  target = static_cast<Integer>(number);
  return {};
}

template <class Address>
Outcome set_address(std::optional<Address>& target, const Value& value, const char* usual) {
  if (std::holds_alternative<bool>(value)) {
    target.reset();
    if (!flag(value)) {
      return {};
    }
  }
  const char* literal = std::holds_alternative<bool>(value) ? usual : text(value).c_str();
  boost::system::error_code failed;
  auto address = ip::make_address(literal, failed);
  bool same_family = std::is_same_v<Address, ip::address_v4> ? address.is_v4() : address.is_v6();
  if (failed || !same_family) {
    return unfit();
  }
  if constexpr (std::is_same_v<Address, ip::address_v4>) {
    target = address.to_v4();
  } else {
    target = address.to_v6();
  }
  return {};
}

Outcome set_services(DeviceConfig& config, const Value& value) {
  const auto& names = std::get<std::vector<std::string>>(value);
  for (const std::string& name : names) {
    if (std::find(services.begin(), services.end(), name) == services.end()) {
      return unfit(suggestion(name, services));
    }
  }
  config.dialect.services = names;
  return {};
}

Outcome set_timing(DeviceConfig& config, const Value& value) {
  auto timing = parse_timing(text(value));
  if (!timing) {
    return unfit(timing.error().advice);
  }
  config.simulation.timing = *timing;
  return {};
}

Outcome set_dns(DeviceConfig& config, const Value& value) {
  const auto& servers = std::get<std::vector<std::string>>(value);
  for (const std::string& server : servers) {
    boost::system::error_code failed;
    auto place = parse_host_and_port(server);
    if (place) {
      ip::make_address(place->host, failed);
    }
    if (!place || failed) {
      return unfit(fmt::format("`{}` is no address", server));
    }
  }
  config.network.dns_servers = servers;
  return {};
}

Outcome set_connect_timeout(DeviceConfig& config, const Value& value) {
  auto duration = duration_of(value);
  if (!duration || *duration <= base::Duration::zero()) {
    return unfit();
  }
  config.network.connect_timeout = *duration;
  return {};
}

Outcome set_link_delay(DeviceConfig& config, const Value& value) {
  auto duration = duration_of(value);
  if (!duration || *duration > std::chrono::minutes(1)) {
    return unfit();
  }
  config.network.link.delay = *duration;
  return {};
}

Outcome set_rate(std::uint64_t& target, const Value& value) {
  auto rate = rate_of(value);
  if (!rate) {
    return unfit();
  }
  target = *rate;
  return {};
}

Outcome set_link_rate(DeviceConfig& config, const Value& value) {
  auto both = set_rate(config.network.link.up_rate, value);
  config.network.link.down_rate = config.network.link.up_rate;
  return both;
}

Outcome set_link_loss(DeviceConfig& config, const Value& value) {
  auto share = parse_percentage(std::get<std::string>(value));
  if (!share) {
    return unfit();
  }
  config.network.link.loss = *share;
  return {};
}

Outcome set_baud(DeviceConfig& config, const Value& value) {
  constexpr std::array<std::int64_t, 13> rates{1200,  2400,   4800,   9600,   14400,  19200,  38400,
                                               57600, 115200, 230400, 460800, 921600, 1000000};
  if (std::find(rates.begin(), rates.end(), std::get<std::int64_t>(value)) == rates.end()) {
    return unfit();
  }
  config.uart.baud = static_cast<std::uint32_t>(std::get<std::int64_t>(value));
  return {};
}

Outcome set_port_spec(DeviceConfig& config, const Value& value) {
  auto spec = serial::parse_port_spec(text(value));
  if (!spec) {
    return spec.error();
  }
  config.ports.back() = *spec;
  return {};
}

Outcome set_route_from(DeviceConfig& config, const Value& value) {
  auto from = parse_host_and_port(text(value));
  if (!from) {
    return from.error();
  }
  net::Route& route = config.network.routes.back();
  route.from_host = from->host;
  route.from_port = from->port;
  return {};
}

Outcome set_route_to(DeviceConfig& config, const Value& value) {
  using Kind = net::Route::Kind;
  constexpr std::array<std::pair<std::string_view, Kind>, 3> ends{
      {{"unreachable", Kind::unreachable}, {"refused", Kind::refused}, {"blackhole", Kind::blackhole}}};
  net::Route& route = config.network.routes.back();
  constexpr std::string_view same_port = ":*";
  std::string_view given = text(value);
  bool keeps_port = given.ends_with(same_port);
  auto to = parse_host_and_port(keeps_port ? given.substr(0, given.size() - same_port.size()) : given);
  if (!to) {
    return to.error();
  }
  if (!to->port && !keeps_port) {
    auto outcome = set_enumerator(route.kind, value, ends);
    return outcome ? outcome : unfit(fmt::format("an address needs a port; {}", outcome.error().advice));
  }
  if (to->host.find('*') != std::string::npos || to->port.has_value() == keeps_port || to->port == 0) {
    return unfit();
  }
  route.kind = Kind::address;
  route.to_host = to->host;
  route.to_port = to->port;
  return {};
}

Outcome set_route_family(DeviceConfig& config, const Value& value) {
  constexpr std::array<std::pair<std::string_view, net::Family>, 2> families{
      {{"ipv4", net::Family::ipv4}, {"ipv6", net::Family::ipv6}}};
  net::Family family{};
  auto outcome = set_enumerator(family, value, families);
  if (outcome) {
    config.network.routes.back().family = family;
  }
  return outcome;
}

Outcome set_listen_to(DeviceConfig& config, const Value& value) {
  auto to = parse_host_and_port(text(value));
  if (!to) {
    return to.error();
  }
  boost::system::error_code failed;
  auto address = ip::make_address(to->host, failed);
  if (failed) {
    return unfit();
  }
  net::ListenRule& rule = config.network.listens.back();
  rule.host_address = address;
  rule.host_port = to->port.value_or(0);
  return {};
}

Outcome set_clock(DeviceConfig& config, const Value& value) {
  return set_enumerator(
      config.manual_clock, value,
      std::array<std::pair<std::string_view, bool>, 2>{{{"real", false}, {"manual", true}}});
}

Outcome set_termination(DeviceConfig& config, const Value& value) {
  using at::Termination;
  constexpr std::array<std::pair<std::string_view, Termination>, 4> ends{{{"crlf", Termination::crlf},
                                                                          {"cr", Termination::cr},
                                                                          {"lf", Termination::lf},
                                                                          {"nul", Termination::nul}}};
  return set_enumerator(config.dialect.termination, value, ends);
}

Outcome set_mode(DeviceConfig& config, const Value& value) {
  using Technology = cellular::AccessTechnology;
  constexpr std::array<std::pair<std::string_view, Technology>, 2> modes{
      {{"ltem", Technology::lte_m}, {"nbiot", Technology::nb_iot}}};
  return set_enumerator(config.simulation.network.technology, value, modes);
}

Outcome set_default_route(DeviceConfig& config, const Value& value) {
  return set_enumerator(
      config.network.refuse_unrouted, value,
      std::array<std::pair<std::string_view, bool>, 2>{{{"host", false}, {"refused", true}}});
}

Outcome set_reject(DeviceConfig& config, const Value& value) {
  int cause = 0;
  auto outcome = set_number(cause, value, 2, 127);
  if (outcome) {
    config.simulation.network.reject_cause = cause;
  }
  return outcome;
}

Outcome set_sms_number(std::string& target, const Value& value) {
  auto number = cellular::sms::parse_number(text(value));
  return set_text(target, value, number && text(value).find_first_not_of("+0123456789") == std::string::npos);
}

Outcome set_sms_refusal(DeviceConfig& config, const Value& value) {
  int cause = 0;
  auto outcome = set_number(cause, value, 1, 127);
  if (outcome) {
    config.simulation.sms.refuse_cause = cause;
  }
  return outcome;
}

Outcome set_sms_reports(DeviceConfig& config, const Value& value) {
  using Reports = cellular::SmsOptions::Reports;
  constexpr std::array<std::pair<std::string_view, Reports>, 3> reports{
      {{"delivered", Reports::delivered}, {"failed", Reports::failed}, {"never", Reports::never}}};
  return set_enumerator(config.simulation.sms.reports, value, reports);
}

Outcome set_time(base::Duration& target, const Value& value) {
  auto duration = duration_of(value);
  if (!duration) {
    return unfit();
  }
  target = *duration;
  return {};
}

Outcome set_gnss_position(DeviceConfig& config, const Value& value) {
  services::GeoPosition place{0, 0, 0};
  int used = 0;
  int count = std::sscanf(text(value).c_str(), "%lf ,%lf%n ,%lf%n", &place.latitude, &place.longitude, &used,
                          &place.altitude, &used);
  bool fits = count >= 2 && static_cast<std::size_t>(used) == text(value).size() &&
              std::abs(place.latitude) <= 90 && std::abs(place.longitude) <= 180 &&
              std::abs(place.altitude) <= 50'000;
  if (!fits) {
    return unfit();
  }
  config.gnss.trajectory.centre = place;
  return {};
}

Outcome set_gnss_track(DeviceConfig& config, const Value& value) {
  auto track = services::read_gpx_file(text(value));
  if (!track) {
    return track.error();
  }
  config.gnss.trajectory.track = std::make_shared<const services::Track>(std::move(*track));
  return {};
}

Outcome set_gnss_start(DeviceConfig& config, const Value& value) {
  using Start = services::GnssStart;
  constexpr std::array<std::pair<std::string_view, Start>, 3> starts{
      {{"cold", Start::cold}, {"warm", Start::warm}, {"hot", Start::hot}}};
  return set_enumerator(config.gnss.start, value, starts);
}

Outcome set_i2c_address(DeviceConfig& config, const Value& value) {
  constexpr unsigned char greatest = 0x7F;
  auto bytes = base::from_hex(text(value));
  if (!bytes || bytes->size() != 1 || static_cast<unsigned char>(bytes->front()) > greatest) {
    return unfit();
  }
  config.i2c.back().address = static_cast<std::uint8_t>(bytes->front());
  config.i2c.back().has_address = true;
  return {};
}

Outcome set_i2c_registers(DeviceConfig& config, const Value& value) {
  for (const std::string& entry : std::get<std::vector<std::string>>(value)) {
    if (!services::add_registers(entry, config.i2c.back().memory)) {
      return unfit(fmt::format("`{}` is not of that form", entry));
    }
  }
  return {};
}

Outcome set_role(DeviceConfig& config, const Value& value) {
  using Role = serial::PortSpec::Role;
  constexpr std::array<std::pair<std::string_view, Role>, 2> roles{{{"at", Role::at}, {"log", Role::log}}};
  return set_enumerator(config.ports.back().role, value, roles);
}

Outcome set_seconds(base::Duration& target, const Value& value, base::Duration least) {
  auto duration = duration_of(value);
  if (!duration || *duration < least) {
    return unfit();
  }
  target = *duration;
  return {};
}

Outcome set_uart(unsigned& target, const Value& value) {
  std::int64_t number = std::get<std::int64_t>(value);
  if (number != 0 && number != 2) {
    return unfit();
  }
  target = static_cast<unsigned>(number);
  return {};
}

Outcome set_log_level(DeviceConfig& config, const Value& value) {
  auto level = base::parse_log_level(text(value));
  if (!level) {
    return unfit(level.error().advice);
  }
  config.log_level = *level;
  return {};
}

Outcome set_paths(std::vector<std::string>& target, const Value& value) {
  const auto& paths = std::get<std::vector<std::string>>(value);
  bool fit = std::all_of(paths.begin(), paths.end(), [](const std::string& path) {
    return !path.empty() && path.find('\0') == std::string::npos;
  });
  if (!fit) {
    return unfit();
  }
  target = paths;
  return {};
}

bool is_psm(std::string_view text) {
  return text.empty() || text == "refused" || is_bit_strings(text, 8, 2);
}

bool is_operator_name(std::string_view text) {
  constexpr std::size_t longest = 32;
  return !text.empty() && text.size() <= longest &&
         std::all_of(text.begin(), text.end(), [](char c) { return c >= ' ' && c < 0x7F && c != '"'; });
}

constexpr std::array<ConfigTable, 12> tables{{
    {"device"},
    {"dialect"},
    {"sim"},
    {"network"},
    {"link"},
    {"sms"},
    {"gnss"},
    {"uart"},
    {"port", [](DeviceConfig& config) { config.ports.emplace_back(); }},
    {"route", [](DeviceConfig& config) { config.network.routes.emplace_back(); }},
    {"listen", [](DeviceConfig& config) { config.network.listens.emplace_back(); }},
    {"i2c", [](DeviceConfig& config) { config.i2c.emplace_back(); }},
}};

using C = DeviceConfig;
using V = Value;
using K = ConfigKind;

// clang-format off
constexpr std::array keys{
  ConfigKey{"device", "dialect", K::text, R"("slm-1.6")", R"("slm-1.6" or "slm-1.5")",
    "The application firmware; the same as `[dialect] name`.",
    [](C& c, const V& v) { return set_choice(c.dialect.name, v, dialects); }},
  ConfigKey{"device", "imei", K::text, R"("352656100367872")", "15 digits",
    "The serial number that `AT+CGSN` gives.",
    [](C& c, const V& v) { return set_text(c.simulation.imei, v, is_digits(text(v), 15, 15)); }},
  ConfigKey{"device", "firmware", K::text, R"("mfw_nrf9160_1.3.5")",
    R"("mfw_nrf9160_1.x.y" or "mfw_nrf91x1_2.x.y")",
    "The modem firmware that `AT+CGMR` gives: decides commands, answers and TLS cipher suites.",
    [](C& c, const V& v) { return set_text(c.simulation.firmware, v, is_firmware(text(v))); }},
  ConfigKey{"device", "timing", K::text, R"("instant")", R"("instant", "real" or a speed such as "60x")",
    "How fast modem and network go: without delays, as on the device, or so many times faster.",
    [](C& c, const V& v) { return set_timing(c, v); }},
  ConfigKey{"device", "clock", K::text, R"("real")", R"("real" or "manual")",
    "`manual`: time stands still until it is moved, for tests.",
    [](C& c, const V& v) { return set_clock(c, v); }},
  ConfigKey{"device", "seed", K::whole_number, "1", "a whole number, 0 or more",
    "Start of the generator of all that looks random; cryptography never uses it.",
    [](C& c, const V& v) { return set_number(c.simulation.seed, v, 0, INT64_MAX); }},
  ConfigKey{"device", "state", K::text, R"("")", "the path of a folder",
    "Where credentials and saved settings are kept over restarts, from the working directory on; empty: in memory.",
    [](C& c, const V& v) { return set_text(c.state_folder, v, text(v).find('\0') == std::string::npos); }},

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
    [](C& c, const V& v) {
      c.dialect.gpio_wakeup = flag(v);
      return Outcome{};
    }},
  ConfigKey{"dialect", "start_sleep", K::flag, "false", "true or false",
    "The device starts in sleep and answers after the first wake-up (`SLM_START_SLEEP`; slm-1.6 only).",
    [](C& c, const V& v) { return set_flag(c.dialect.start_sleep, v); }},
  ConfigKey{"dialect", "interface_pin", K::whole_number, "(6 with UART 0, 31 with UART 2)", "a whole number from 0 to 31",
    "The pin that wakes the device, as the log names it (`SLM_INTERFACE_PIN`).",
    [](C& c, const V& v) {
      unsigned pin = 0;
      auto outcome = set_number(pin, v, 0, 31);
      if (outcome) {
        c.dialect.interface_pin = pin;
      }
      return outcome;
    }},
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
    [](C& c, const V& v) { return set_seconds(c.dialect.data_mode_silence, v, {}); }},
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
    [](C& c, const V& v) { return set_seconds(c.dialect.ftp_keepalive, v, {}); }},
  ConfigKey{"dialect", "ftp_listen_time", K::duration, R"("10s")", R"(a time of 1s or more such as "10s", or seconds)",
    "How long FTP waits for a reply (`FTP_CLIENT_LISTEN_TIME`).",
    [](C& c, const V& v) { return set_seconds(c.dialect.ftp_listen_time, v, std::chrono::seconds(1)); }},
  ConfigKey{"dialect", "mqtt_keepalive", K::duration, R"("60s")", R"(a time such as "60s", or seconds)",
    "Between two pings of an MQTT connection (`MQTT_KEEPALIVE`).",
    [](C& c, const V& v) { return set_seconds(c.dialect.mqtt_keepalive, v, {}); }},
  ConfigKey{"dialect", "mqtt_clean_session", K::flag, "false", "true or false",
    "The broker forgets an MQTT session at its end (`MQTT_CLEAN_SESSION`).",
    [](C& c, const V& v) { return set_flag(c.dialect.mqtt_clean_session, v); }},
  ConfigKey{"dialect", "supl_client", K::flag, "false", "true or false",
    "GNSS gets assistance from a server (`SUPL_CLIENT_LIB`).",
    [](C& c, const V& v) { return set_flag(c.dialect.supl_client, v); }},
  ConfigKey{"dialect", "descriptors", K::whole_number, "(8, with native TLS 10)", "a whole number from 1 to 1024",
    "Sockets, and one for the AT channel (`POSIX_MAX_FDS`).",
    [](C& c, const V& v) {
      std::size_t count = 0;
      auto outcome = set_number(count, v, 1, 1024);
      if (outcome) {
        c.dialect.descriptors = count;
      }
      return outcome;
    }},
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

  ConfigKey{"sim", "pin", K::text, R"("")", "4 to 8 digits, or nothing for no PIN lock",
    "The PIN that `AT+CPIN` must give.",
    [](C& c, const V& v) { return set_text(c.simulation.sim.pin, v, text(v).empty() || is_digits(text(v), 4, 8)); },
    true},
  ConfigKey{"sim", "puk", K::text, R"("12345678")", "8 digits",
    "What lifts the block after three wrong PINs.",
    [](C& c, const V& v) { return set_text(c.simulation.sim.puk, v, is_digits(text(v), 8, 8)); }, true},
  ConfigKey{"sim", "iccid", K::text, R"("8901234567012345678")", "18 to 20 digits",
    "The number of the card (`AT%XICCID`).",
    [](C& c, const V& v) { return set_text(c.simulation.sim.iccid, v, is_digits(text(v), 18, 20)); }},
  ConfigKey{"sim", "imsi", K::text, R"("262011234567890")", "6 to 15 digits",
    "The number of the subscriber (`AT+CIMI`).",
    [](C& c, const V& v) { return set_text(c.simulation.sim.imsi, v, is_digits(text(v), 6, 15)); }},
  ConfigKey{"sim", "absent", K::flag, "false", "true or false",
    "No card is in the holder.",
    [](C& c, const V& v) { return set_flag(c.simulation.sim.absent, v); }},

  ConfigKey{"network", "coverage", K::flag, "true", "true or false",
    "Whether there is any cell to be found.",
    [](C& c, const V& v) { return set_flag(c.simulation.network.coverage, v); }},
  ConfigKey{"network", "operator", K::text, R"("Attache")", "1 to 32 printable ASCII characters without quotes",
    "The operator's name.",
    [](C& c, const V& v) { return set_text(c.simulation.network.operator_name, v, is_operator_name(text(v))); }},
  ConfigKey{"network", "plmn", K::text, R"("26201")", "5 or 6 digits",
    "Country and network code (`AT+COPS`).",
    [](C& c, const V& v) { return set_text(c.simulation.network.plmn, v, is_digits(text(v), 5, 6)); }},
  ConfigKey{"network", "mode", K::text, R"("ltem")", R"("ltem" or "nbiot")",
    "The access technology of the cell.",
    [](C& c, const V& v) { return set_mode(c, v); }},
  ConfigKey{"network", "tac", K::text, R"("0A1B")", "four hexadecimal digits",
    "The tracking area.",
    [](C& c, const V& v) { return set_hex(c.simulation.network.tac, v, 4); }},
  ConfigKey{"network", "cell", K::text, R"("0112F301")", "eight hexadecimal digits",
    "The cell's identity.",
    [](C& c, const V& v) { return set_hex(c.simulation.network.cell, v, 8); }},
  ConfigKey{"network", "rsrp", K::whole_number, "-90", "a whole number from -140 to -44",
    "Signal power in dBm.",
    [](C& c, const V& v) { return set_number(c.simulation.network.rsrp_dbm, v, -140, -44); }},
  ConfigKey{"network", "roaming", K::flag, "false", "true or false",
    "The network is not the card's home.",
    [](C& c, const V& v) { return set_flag(c.simulation.network.roaming, v); }},
  ConfigKey{"network", "reject", K::whole_number, "(never)", "an EMM cause from 2 to 127",
    "The network refuses the first attach with this cause.",
    [](C& c, const V& v) { return set_reject(c, v); }},
  ConfigKey{"network", "ipv4", K::flag_or_text, R"("10.160.33.41")", "an IPv4 address, true or false",
    "The address the device gets; `true` is the default, `false` none.",
    [](C& c, const V& v) { return set_address(c.simulation.network.ipv4, v, usual_ipv4); }},
  ConfigKey{"network", "ipv6", K::flag_or_text, "false", "an IPv6 address, true or false",
    "The same for IPv6; `true` is 2001:db8:a160:3341::1.",
    [](C& c, const V& v) { return set_address(c.simulation.network.ipv6, v, usual_ipv6); }},
  ConfigKey{"network", "psm", K::text, R"("")", R"(two strings of eight bits, "T3324,T3412e", or "refused")",
    "The power saving times the network grants, asked for or not; `refused`: never; empty: what is asked for.",
    [](C& c, const V& v) { return set_text(c.simulation.network.psm, v, is_psm(text(v))); }},
  ConfigKey{"network", "edrx", K::text, R"("")", R"(two strings of four bits, "cycle,PTW")",
    "The eDRX values the network grants; empty: what is asked for.",
    [](C& c, const V& v) {
      return set_text(c.simulation.network.edrx, v, text(v).empty() || is_bit_strings(text(v), 4, 2)); }},
  ConfigKey{"network", "dns", K::text_list, "(those of the system)", R"(a list of "address" or "address:port")",
    "Name servers.",
    [](C& c, const V& v) { return set_dns(c, v); }},
  ConfigKey{"network", "connect_timeout", K::duration, R"("60s")", R"(a time above 0 such as "1.5s", or seconds)",
    "How long a connection may take, TLS handshake included.",
    [](C& c, const V& v) { return set_connect_timeout(c, v); }},
  ConfigKey{"network", "default_route", K::text, R"("host")", R"("host" or "refused")",
    "Where connections without a `[[route]]` go: out through this machine, or nowhere (sealed CI).",
    [](C& c, const V& v) { return set_default_route(c, v); }},

  ConfigKey{"link", "delay", K::duration, "0", R"(a time up to one minute such as "200ms", or seconds)",
    "Added to every packet's way, in both directions.",
    [](C& c, const V& v) { return set_link_delay(c, v); }},
  ConfigKey{"link", "rate", K::rate, "0", R"(bits a second such as "60k", "1M" or 9600)",
    "The speed of the link in each direction; 0: not limited.",
    [](C& c, const V& v) { return set_link_rate(c, v); }},
  ConfigKey{"link", "up_rate", K::rate, "0", R"(bits a second such as "60k", "1M" or 9600)",
    "The speed from the device to the network alone.",
    [](C& c, const V& v) { return set_rate(c.network.link.up_rate, v); }},
  ConfigKey{"link", "down_rate", K::rate, "0", R"(bits a second such as "60k", "1M" or 9600)",
    "The speed from the network to the device alone.",
    [](C& c, const V& v) { return set_rate(c.network.link.down_rate, v); }},
  ConfigKey{"link", "loss", K::text, R"("0%")", R"(a percentage such as "2%" or "0.5%")",
    "Packets that do not arrive: a datagram is gone, a segment of TCP comes later.",
    [](C& c, const V& v) { return set_link_loss(c, v); }},

  ConfigKey{"sms", "number", K::text, R"("+4915112345678")", "1 to 20 digits, with or without + in front",
    "The device's telephone number: where others reach it.",
    [](C& c, const V& v) { return set_sms_number(c.simulation.sms.number, v); }},
  ConfigKey{"sms", "spool", K::text, "(none)", "the path of a folder",
    "Messages as files: `NUMBER/inbox` takes texts for the device, `NUMBER/outbox` has what it sent.",
    [](C& c, const V& v) { return set_text(c.sms_spool, v, !text(v).empty()); }},
  ConfigKey{"sms", "loss", K::whole_number, "0", "a whole number from 0 to 100",
    "Of the messages sent, so many of a hundred vanish.",
    [](C& c, const V& v) { return set_number(c.simulation.sms.loss_percent, v, 0, 100); }},
  ConfigKey{"sms", "refuse", K::whole_number, "(never)", "an RP cause from 1 to 127",
    "The service centre refuses every message with this cause (`+CMS ERROR`).",
    [](C& c, const V& v) { return set_sms_refusal(c, v); }},
  ConfigKey{"sms", "reports", K::text, R"("delivered")", R"("delivered", "failed" or "never")",
    "What status reports say, where the sender asks for one.",
    [](C& c, const V& v) { return set_sms_reports(c, v); }},
  ConfigKey{"sms", "delay", K::duration, "0", R"(a time such as "1.5s", or seconds)",
    "From the acceptance of a message to its delivery.",
    [](C& c, const V& v) { return set_time(c.simulation.sms.delay, v); }},

  ConfigKey{"gnss", "sky", K::flag, "true", "true or false",
    "Whether satellites can be heard at all.",
    [](C& c, const V& v) { return set_flag(c.gnss.sky, v); }},
  ConfigKey{"gnss", "position", K::text, R"("52.520008,13.404954,34")", R"("latitude,longitude" or "latitude,longitude,altitude" in degrees and metres)",
    "Where the device is.",
    [](C& c, const V& v) { return set_gnss_position(c, v); }},
  ConfigKey{"gnss", "radius", K::whole_number, "0", "a whole number from 0 to 100000",
    "Metres; above 0 the device goes on a circle around its position, clockwise.",
    [](C& c, const V& v) { return set_number(c.gnss.trajectory.radius, v, 0, 100000); }},
  ConfigKey{"gnss", "speed", K::whole_number, "5", "a whole number from 0 to 2000",
    "Kilometres an hour on the circle.",
    [](C& c, const V& v) {
      constexpr double metres_a_second = 3.6;
      auto outcome = set_number(c.gnss.trajectory.speed, v, 0, 2000);
      c.gnss.trajectory.speed /= metres_a_second;
      return outcome; }},
  ConfigKey{"gnss", "track", K::text, "(none)", "the path of a GPX file",
    "The device goes along this track, from its start on.",
    [](C& c, const V& v) { return set_gnss_track(c, v); }},
  ConfigKey{"gnss", "track_speed", K::whole_number, "1", "a whole number from 1 to 1000",
    "The track goes so many times faster than it was recorded.",
    [](C& c, const V& v) { return set_number(c.gnss.trajectory.time_scale, v, 1, 1000); }},
  ConfigKey{"gnss", "repeat", K::flag, "false", "true or false",
    "The track begins anew at its end, else the device stays there.",
    [](C& c, const V& v) { return set_flag(c.gnss.trajectory.repeat, v); }},
  ConfigKey{"gnss", "start", K::text, R"("cold")", R"("cold", "warm" or "hot")",
    "What the receiver knows at first: nothing, almanac and time, or ephemerides too.",
    [](C& c, const V& v) { return set_gnss_start(c, v); }},
  ConfigKey{"gnss", "cold_time", K::duration, R"("35s")", R"(a time such as "1.5s", or seconds)",
    "Time to the first fix of a cold start, give or take a fifth.",
    [](C& c, const V& v) { return set_time(c.gnss.cold_time, v); }},
  ConfigKey{"gnss", "warm_time", K::duration, R"("28s")", R"(a time such as "1.5s", or seconds)",
    "The same of a warm start.",
    [](C& c, const V& v) { return set_time(c.gnss.warm_time, v); }},
  ConfigKey{"gnss", "hot_time", K::duration, R"("2s")", R"(a time such as "1.5s", or seconds)",
    "The same of a hot start: within four hours of the last fix.",
    [](C& c, const V& v) { return set_time(c.gnss.hot_time, v); }},
  ConfigKey{"gnss", "accuracy", K::whole_number, "5", "a whole number from 0 to 1000",
    "Metres, the standard deviation of a fix.",
    [](C& c, const V& v) { return set_number(c.gnss.accuracy, v, 0, 1000); }},

  ConfigKey{"uart", "pace", K::flag, "false", "true or false",
    "Bytes flow at the line rate, as on a wire, in both directions.",
    [](C& c, const V& v) { return set_flag(c.uart.pace, v); }},
  ConfigKey{"uart", "baud", K::whole_number, "115200", "a line rate that `#XSLMUART` knows (1200 to 1000000)",
    "The line rate at start, unless the port names one.",
    [](C& c, const V& v) { return set_baud(c, v); }},
  ConfigKey{"uart", "connect", K::whole_number, "0", "0 or 2",
    "Which UART of the chip carries AT commands: ports of the other one carry the log (`SLM_CONNECT_UART_0`, `_2`).",
    [](C& c, const V& v) { return set_uart(c.dialect.uart, v); }},
  ConfigKey{"uart", "flow_control", K::flag, "(as the port has it)", "true or false",
    "Whether the UART has RTS/CTS; a `tty` uses them then.",
    [](C& c, const V& v) {
      c.flow_control = flag(v);
      return Outcome{};
    }},

  ConfigKey{"port", "spec", K::text, "", "a port: pty:LINK, tty:DEVICE, tcp:HOST:PORT, unix:PATH or stdio",
    "Where hosts reach the device, as with `--port`.",
    [](C& c, const V& v) { return set_port_spec(c, v); }},
  ConfigKey{"port", "role", K::text, R"("at")", R"("at" or "log")",
    "An AT UART, or the device log.",
    [](C& c, const V& v) { return set_role(c, v); }},
  ConfigKey{"port", "uart", K::whole_number, "(none)", "0 or 2",
    "Which UART of the chip it is: decides the role by `[uart] connect`.",
    [](C& c, const V& v) {
      unsigned uart = 0;
      auto outcome = set_uart(uart, v);
      if (outcome) {
        c.ports.back().uart = uart;
      }
      return outcome;
    }},

  ConfigKey{"route", "from", K::text, "", "a host, `*` or `*.DOMAIN`, with or without :PORT",
    "What the device connects to.",
    [](C& c, const V& v) { return set_route_from(c, v); }},
  ConfigKey{"route", "to", K::text, "", R"("HOST:PORT", "HOST:*", "unreachable", "refused" or "blackhole")",
    "Where it really goes, or how it fails.",
    [](C& c, const V& v) { return set_route_to(c, v); }},
  ConfigKey{"route", "family", K::text, "(both)", R"("ipv4" or "ipv6")",
    "The only address family the name has.",
    [](C& c, const V& v) { return set_route_family(c, v); }},

  ConfigKey{"listen", "port", K::whole_number, "", "a port from 1 to 65535",
    "The port the device listens on.",
    [](C& c, const V& v) { return set_number(c.network.listens.back().device_port, v, 1, 65535); }},
  ConfigKey{"listen", "to", K::text, "", R"(an address of this machine, "ADDRESS:PORT")",
    "Where this machine's clients reach it; port 0 or none: any free one, reported in the log.",
    [](C& c, const V& v) { return set_listen_to(c, v); }},

  ConfigKey{"i2c", "bus", K::whole_number, "", "a number from 0 to 3",
    "The index of the bus (`AT#XTWILS`). One entry for an adapter, one for each simulated device.",
    [](C& c, const V& v) { return set_number(c.i2c.back().bus, v, 0, 3); }},
  ConfigKey{"i2c", "adapter", K::text, "(none)", "the path of an I2C adapter such as /dev/i2c-1",
    "The bus is this one of the machine.",
    [](C& c, const V& v) { return set_text(c.i2c.back().adapter, v, text(v).starts_with('/')); }},
  ConfigKey{"i2c", "address", K::text, "(none)", "two hexadecimal digits up to 7F",
    "The address of a simulated device on the bus.",
    [](C& c, const V& v) { return set_i2c_address(c, v); }},
  ConfigKey{"i2c", "pointer", K::whole_number, "1", "0, 1 or 2",
    "How many bytes of a write select the register where it and the next read begin.",
    [](C& c, const V& v) { return set_number(c.i2c.back().pointer_width, v, 0, 2); }},
  ConfigKey{"i2c", "registers", K::text_list, "(all 0)", R"(a list of "register: bytes" in hexadecimal digits)",
    "What the simulated device holds.",
    [](C& c, const V& v) { return set_i2c_registers(c, v); }},
};
// clang-format on

}  // namespace

std::span<const ConfigTable> config_tables() {
  return tables;
}

std::span<const ConfigKey> config_keys() {
  return keys;
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
