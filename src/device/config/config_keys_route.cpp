#include <fmt/format.h>

#include <array>
#include <boost/asio/ip/address.hpp>

#include "device/config/config_key_families.hpp"
#include "device/config/config_setters.hpp"

namespace attache::device {

namespace {

namespace ip = boost::asio::ip;

Outcome set_route_from(DeviceConfig& config, const ConfigValue& value) {
  auto from = parse_host_and_port(text_of(value));
  if (!from) {
    return from.error();
  }
  net::Route& route = config.network.routes.back();
  route.from_host = from->host;
  route.from_port = from->port;
  return {};
}

Outcome set_route_to(DeviceConfig& config, const ConfigValue& value) {
  using Kind = net::Route::Kind;
  constexpr std::array<std::pair<std::string_view, Kind>, 3> ends{
      {{"unreachable", Kind::unreachable}, {"refused", Kind::refused}, {"blackhole", Kind::blackhole}}};
  net::Route& route = config.network.routes.back();
  constexpr std::string_view same_port = ":*";
  std::string_view given = text_of(value);
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

Outcome set_route_family(DeviceConfig& config, const ConfigValue& value) {
  constexpr std::array<std::pair<std::string_view, net::Family>, 2> families{
      {{"ipv4", net::Family::ipv4}, {"ipv6", net::Family::ipv6}}};
  net::Family family{};
  auto outcome = set_enumerator(family, value, families);
  if (outcome) {
    config.network.routes.back().family = family;
  }
  return outcome;
}

Outcome set_listen_to(DeviceConfig& config, const ConfigValue& value) {
  auto to = parse_host_and_port(text_of(value));
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

using C = DeviceConfig;
using V = ConfigValue;
using K = ConfigKind;

// clang-format off
constexpr std::array keys_of_route{
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
};
// clang-format on

}  // namespace

std::span<const ConfigKey> route_keys() {
  return keys_of_route;
}

}  // namespace attache::device
