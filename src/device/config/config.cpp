#include "device/config/config.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <boost/asio/ip/address.hpp>
#include <charconv>
#include <set>
#include <utility>

#include "base/text.hpp"
#include "device/config/config_keys.hpp"
#include "device/config/network_check.hpp"
#include "dialects/dialects.hpp"

namespace attache::device {

namespace {

namespace ip = boost::asio::ip;

base::Result<void> check_choice(std::string_view key, const std::string& value,
                                std::span<const std::string_view> known) {
  if (std::find(known.begin(), known.end(), value) != known.end()) {
    return {};
  }
  return base::make_reason(fmt::format("`{}` cannot be used", key), fmt::format("there is no \"{}\"", value),
                           suggestion(value, known));
}

// "slm-1.6", or what else of the dialects has the service.
std::string who_has(std::string_view service) {
  std::vector<std::string_view> names;
  for (const dialects::Dialect* dialect : dialects::all_dialects()) {
    if (dialect->service(service) != nullptr) {
      names.push_back(dialect->name);
    }
  }
  return fmt::format("{}", fmt::join(names, " or "));
}

base::Result<void> complete_services(dialects::DialectOptions& options, const dialects::Dialect& dialect,
                                     bool has_i2c_bus) {
  using Build = dialects::Service::Build;
  if (!options.services) {
    options.services.emplace();
    for (const dialects::Service& service : dialect.services) {
      if (service.build == Build::always || (service.build == Build::with_i2c_bus && has_i2c_bus)) {
        options.services->emplace_back(service.name);
      }
    }
    return {};
  }
  for (const std::string& service : *options.services) {
    if (auto checked = check_choice("dialect.services", service, known_services()); !checked) {
      return checked;
    }
    if (dialect.service(service) == nullptr) {
      return base::make_reason("`dialect.services` cannot be used",
                               fmt::format("{} has no service \"{}\"", dialect.name, service),
                               fmt::format("leave it out, or take {}", who_has(service)));
    }
  }
  return {};
}

base::Result<void> check_modem(const cellular::SimulationOptions& simulation) {
  if (!is_firmware(simulation.firmware)) {
    return base::make_reason("`device.firmware` cannot be used",
                             fmt::format("there is no \"{}\"", simulation.firmware),
                             "write it as mfw_nrf9160_1.x.y or mfw_nrf91x1_2.x.y");
  }
  if (!simulation.network.ipv4 && !simulation.network.ipv6) {
    return base::make_reason("the network gives the device no address",
                             "`network.ipv4` and `network.ipv6` are both off", "set one of them to true");
  }
  if (auto fault = find_network_fault(simulation)) {
    return std::move(fault->reason);
  }
  return {};
}

std::string target_of(const serial::PortSpec& port) {
  using Kind = serial::PortSpec::Kind;
  switch (port.kind) {
    case Kind::stdio:
      return "stdio";
    case Kind::tcp:
      // Port 0 is another one each time.
      return port.port == 0 ? std::string() : fmt::format("tcp:{}:{}", port.target, port.port);
    default:
      return port.target;
  }
}

// A port that stands for a UART of the chip carries AT if that one does, else the log.
base::Result<void> complete_ports(DeviceConfig& config) {
  bool any_at = config.ports.empty();
  std::set<unsigned> uarts;
  for (serial::PortSpec& port : config.ports) {
    if (port.uart) {
      using Role = serial::PortSpec::Role;
      port.role = *port.uart == config.dialect.uart ? Role::at : Role::log;
      if (!uarts.insert(*port.uart).second) {
        return base::make_reason("two ports are the same", fmt::format("UART {} is named twice", *port.uart),
                                 "the chip has one of it");
      }
    }
    port.rtscts = port.rtscts || (config.flow_control == true && port.role == serial::PortSpec::Role::at);
    any_at = any_at || port.role == serial::PortSpec::Role::at;
  }
  if (!any_at && !uarts.empty()) {
    return base::make_reason(
        "no port carries AT commands",
        fmt::format("they come on UART {}, for which there is no port", config.dialect.uart),
        fmt::format("add a port uart{}=SPEC", config.dialect.uart));
  }
  return {};
}

base::Result<void> check_ports(const std::vector<serial::PortSpec>& ports) {
  std::set<std::string> used;
  for (const serial::PortSpec& port : ports) {
    std::string target = target_of(port);
    if (!target.empty() && !used.insert(target).second) {
      return base::make_reason("two ports are the same", fmt::format("{} is named twice", target),
                               "give each port a place of its own");
    }
  }
  return {};
}

base::Result<void> check_listens(const std::vector<net::ListenRule>& listens) {
  std::set<std::uint16_t> device_ports;
  std::set<std::pair<ip::address, std::uint16_t>> host_places;
  for (const net::ListenRule& rule : listens) {
    if (!device_ports.insert(rule.device_port).second) {
      return base::make_reason("two `[[listen]]` contradict each other",
                               fmt::format("the device's port {} is named twice", rule.device_port),
                               "keep one");
    }
    if (rule.host_port != 0 && !host_places.emplace(rule.host_address, rule.host_port).second) {
      return base::make_reason(
          "two `[[listen]]` contradict each other",
          fmt::format("{} port {} is named twice", rule.host_address.to_string(), rule.host_port),
          "give each a port of its own, or 0 for any free one");
    }
  }
  return {};
}

base::Result<void> check_routes(const std::vector<net::Route>& routes) {
  for (const net::Route& route : routes) {
    boost::system::error_code not_literal;
    auto address = ip::make_address(route.from_host, not_literal);
    if (!not_literal && route.family && address.is_v6() != (*route.family == net::Family::ipv6)) {
      return base::make_reason("a `[[route]]` contradicts itself",
                               fmt::format("{} is not of its family", route.from_host), "leave out `family`");
    }
  }
  return {};
}

base::Reason bad_place(std::string_view text, std::string why, std::size_t column) {
  base::Reason reason =
      base::make_reason("not a host and port", std::move(why), "write HOST, HOST:PORT or [IPV6]:PORT");
  reason.excerpt = std::string(text);
  reason.column = column;
  return reason;
}

bool is_literal(std::string_view host) {
  boost::system::error_code failed;
  ip::make_address(std::string(host), failed);
  return !failed;
}

bool is_host_pattern(std::string_view host) {
  if (host == "*") {
    return true;
  }
  return is_host_name(host.starts_with("*.") ? host.substr(2) : host);
}

}  // namespace

base::Result<void> complete(DeviceConfig& config) {
  dialects::DialectOptions& dialect = config.dialect;
  if (auto checked = check_choice("dialect.name", dialect.name, known_dialects()); !checked) {
    return checked;
  }
  const dialects::Dialect& known = *dialects::find_dialect(dialect.name);
  if (known.check_options != nullptr) {
    if (auto checked = known.check_options(dialect); !checked) {
      return checked;
    }
  }
  if (auto completed = complete_services(dialect, known, !config.i2c.empty()); !completed) {
    return completed;
  }
  if (auto checked = check_modem(config.simulation); !checked) {
    return checked;
  }
  config.network.firmware = config.simulation.firmware;
  config.simulation.examine_credentials = !dialect.native_tls;
  config.gnss.seed = config.simulation.seed;
  config.network.device_key = config.simulation.imei;
  config.network.tls_failure_is_refused =
      known.failed_tls_is_refusal != nullptr && known.failed_tls_is_refusal(dialect);
  if (auto checked = services::check_i2c(config.i2c); !checked) {
    return checked;
  }
  if (auto completed = complete_ports(config); !completed) {
    return completed;
  }
  if (auto checked = check_ports(config.ports); !checked) {
    return checked;
  }
  if (auto checked = check_routes(config.network.routes); !checked) {
    return checked;
  }
  return check_listens(config.network.listens);
}

base::Result<cellular::Timing> parse_timing(std::string_view text) {
  constexpr double fastest = 1e6;
  if (text == "instant") {
    return cellular::Timing{0};
  }
  if (text == "real") {
    return cellular::Timing{1};
  }
  double speed = 0;
  const char* end = text.data() + text.size();
  auto [rest, error] = std::from_chars(text.data(), end, speed, std::chars_format::fixed);
  bool is_factor =
      error == std::errc{} && std::string_view(rest, static_cast<std::size_t>(end - rest)) == "x";
  if (is_factor && speed > 0 && speed <= fastest) {
    return cellular::Timing{speed};
  }
  constexpr std::array<std::string_view, 3> known{"instant", "real", "60x"};
  return base::make_reason("unknown timing",
                           fmt::format("expected \"instant\", \"real\" or a speed such as "
                                       "\"60x\", above 0x and up to 1000000x, found \"{}\"",
                                       base::escape_control(text)),
                           suggestion(text, known));
}

base::Result<HostAndPort> parse_host_and_port(std::string_view text) {
  std::string_view host = text;
  std::optional<std::string_view> port;
  if (text.starts_with('[')) {
    std::size_t close = text.find(']');
    if (close == std::string_view::npos) {
      return bad_place(text, "the bracket is not closed", text.size() + 1);
    }
    host = text.substr(1, close - 1);
    std::string_view rest = text.substr(close + 1);
    if (!rest.empty() && rest.front() != ':') {
      return bad_place(text, "after the bracket comes `:PORT` or nothing", close + 2);
    }
    port = rest.empty() ? std::nullopt : std::optional(rest.substr(1));
    if (!is_literal(host) || host.find(':') == std::string_view::npos) {
      return bad_place(text, "only an IPv6 address stands in brackets", 2);
    }
  } else if (!is_literal(text)) {
    std::size_t colon = text.rfind(':');
    host = text.substr(0, colon);
    port = colon == std::string_view::npos ? std::nullopt : std::optional(text.substr(colon + 1));
    if (host.empty()) {
      return bad_place(text, "the host is missing", 1);
    }
    if (!is_literal(host) && !is_host_pattern(host)) {
      return bad_place(text, "the host is neither a name nor an address", 1);
    }
  }
  HostAndPort place{std::string(host), std::nullopt};
  if (port) {
    place.port = base::parse_number<std::uint16_t>(*port);
    if (!place.port) {
      return bad_place(text, "the port is no number from 0 to 65535", text.size() - port->size() + 1);
    }
  }
  return place;
}

}  // namespace attache::device
