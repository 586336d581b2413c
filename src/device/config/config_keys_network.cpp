#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <boost/asio/ip/address.hpp>
#include <cctype>

#include "device/config/config_key_families.hpp"
#include "device/config/network_preset.hpp"
#include "device/config/stored_keys.hpp"

namespace attache::device {

namespace {

namespace ip = boost::asio::ip;

// The addresses that `true` stands for.
constexpr const char* usual_ipv4 = "10.160.33.41";
constexpr const char* usual_ipv6 = "2001:db8:a160:3341::1";

template <class Address>
Outcome set_address(std::optional<Address>& target, const ConfigValue& value) {
  constexpr bool is_v4 = std::is_same_v<Address, ip::address_v4>;
  constexpr const char* usual = is_v4 ? usual_ipv4 : usual_ipv6;
  bool is_flag = std::holds_alternative<bool>(value);
  if (is_flag && !flag_of(value)) {
    target.reset();
    return {};
  }
  boost::system::error_code failed;
  auto address = ip::make_address(is_flag ? usual : text_of(value).c_str(), failed);
  if constexpr (is_v4) {
    if (failed || !address.is_v4()) {
      return unfit();
    }
    target = address.to_v4();
  } else {
    if (failed || !address.is_v6()) {
      return unfit();
    }
    target = address.to_v6();
  }
  return {};
}

Outcome set_dns(DeviceConfig& config, const ConfigValue& value) {
  const auto& servers = texts_of(value);
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

// The reader has applied it before all other keys.
Outcome check_preset(const ConfigValue& value) {
  auto found = find_preset(text_of(value));
  return found ? Outcome() : unfit(found.error().advice);
}

Outcome set_default_route(DeviceConfig& config, const ConfigValue& value) {
  return set_enumerator(
      config.network.refuse_unrouted, value,
      std::array<std::pair<std::string_view, bool>, 2>{{{"host", false}, {"refused", true}}});
}

Outcome set_packets(DeviceConfig& config, const ConfigValue& value) {
  using Kind = net::PacketNetworkKind;
  return set_enumerator(
      config.network.packets, value,
      std::array<std::pair<std::string_view, Kind>, 2>{{{"slirp", Kind::slirp}, {"tun", Kind::tun}}});
}

// What the kernel takes for the name of an interface; %d stands for a number.
bool is_device_name(std::string_view text) {
  constexpr std::size_t longest = 15;
  constexpr std::string_view number = "%d";
  auto is_legal = [](std::string_view part) {
    return std::all_of(part.begin(), part.end(), [](char c) {
      return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '.' || c == '_' || c == '-';
    });
  };
  std::size_t place = std::min(text.find(number), text.size());
  std::string_view after = text.substr(std::min(place + number.size(), text.size()));
  bool fits = !text.empty() && text.size() <= longest && text != "." && text != "..";
  return fits && is_legal(text.substr(0, place)) && is_legal(after);
}

using C = DeviceConfig;
using V = ConfigValue;
using K = ConfigKind;
using stored::OfNetwork;

// clang-format off
constexpr std::array keys_of_network{
  ConfigKey{"network", "preset", K::text, "(none)", R"(a name that `attache networks` lists, such as "ltem-good")",
    "A network known by name: it is set first, the other keys come on top of it.",
    [](C&, const V& v) { return check_preset(v); }},
  ConfigKey{"network", "coverage", K::flag, "true", "true or false",
    "Whether there is any cell to be found.",
    stored::in<OfNetwork, &OfNetwork::O::coverage, stored::flag>},
  ConfigKey{"network", "operator", K::text, R"("Attache")", "1 to 32 printable ASCII characters without quotes",
    "The operator's name.",
    stored::in<OfNetwork, &OfNetwork::O::operator_name, stored::printable<32>>},
  ConfigKey{"network", "plmn", K::text, R"("26201")", "5 or 6 digits",
    "Country and network code (`AT+COPS`).",
    stored::in<OfNetwork, &OfNetwork::O::plmn, stored::text<is_plmn>>},
  ConfigKey{"network", "mode", K::text, R"("ltem")", R"("ltem" or "nbiot")",
    "The access technology of its cell: LTE-M or NB-IoT.",
    stored::in<OfNetwork, &OfNetwork::O::technology, set_mode>},
  ConfigKey{"network", "tac", K::text, R"("0A1B")", "four hexadecimal digits",
    "The tracking area.",
    stored::in<OfNetwork, &OfNetwork::O::tac, stored::hex<4>>},
  ConfigKey{"network", "cell", K::text, R"("0112F301")", "eight hexadecimal digits",
    "The cell's identity.",
    stored::in<OfNetwork, &OfNetwork::O::cell, stored::hex<8>>},
  ConfigKey{"network", "rsrp", K::whole_number, "-90", "a whole number from -140 to -44",
    "Signal power in dBm.",
    stored::in<OfNetwork, &OfNetwork::O::rsrp_dbm, stored::number<-140, -44>>},
  ConfigKey{"network", "roaming", K::flag, "false", "true or false",
    "The network is not the card's home.",
    stored::in<OfNetwork, &OfNetwork::O::roaming, stored::flag>},
  ConfigKey{"network", "ipv4", K::flag_or_text, R"("10.160.33.41")", "an IPv4 address, true or false",
    "The address the device gets; `true` is the default, `false` none.",
    stored::in<OfNetwork, &OfNetwork::O::ipv4, set_address<ip::address_v4>>},
  ConfigKey{"network", "ipv6", K::flag_or_text, "false", "an IPv6 address, true or false",
    "The same for IPv6; `true` is 2001:db8:a160:3341::1.",
    stored::in<OfNetwork, &OfNetwork::O::ipv6, set_address<ip::address_v6>>},
  ConfigKey{"network", "dns", K::text_list, "(those of the system)", R"(a list of "address" or "address:port")",
    "Name servers.",
    [](C& c, const V& v) { return set_dns(c, v); }},
  ConfigKey{"network", "connect_timeout", K::duration, R"("60s")", R"(a time above 0 such as "1.5s", or seconds)",
    "How long a connection may take, TLS handshake included.",
    [](C& c, const V& v) { return set_duration(c.network.connect_timeout, v, base::Duration(1)); }},
  ConfigKey{"network", "packets", K::text, R"("slirp")", R"("slirp" or "tun")",
    "What carries the IP packets of PPP on this machine: sockets of this user, or a TUN device ([PPP](ppp.md)).",
    [](C& c, const V& v) { return set_packets(c, v); }},
  ConfigKey{"network", "tun", K::text, R"("attache%d")", "1 to 15 letters, digits, `.`, `_` or `-`, and one %d at most",
    "With `packets = \"tun\"`: the device's name. One that is there is used as it is, else it is made.",
    [](C& c, const V& v) { return set_text(c.network.tun_device, v, is_device_name(text_of(v))); }},
  ConfigKey{"network", "default_route", K::text, R"("host")", R"("host" or "refused")",
    "Where connections without a `[[route]]` go: out through this machine, or nowhere (sealed CI).",
    [](C& c, const V& v) { return set_default_route(c, v); }},
};
// clang-format on

}  // namespace

std::span<const ConfigKey> network_keys() {
  return keys_of_network;
}

}  // namespace attache::device
