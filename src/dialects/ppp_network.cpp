#include "dialects/ppp_network.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <chrono>
#include <string>
#include <utility>

#include "base/text.hpp"
#include "dialects/application.hpp"
#include "net/packets/packet_face.hpp"

namespace attache::dialects {

namespace {

using namespace std::chrono_literals;
namespace ppp = services::ppp;

constexpr auto registration_patience = 30s;
constexpr auto registration_pause = 1s;

// The whole number at the beginning of a text.
std::optional<int> leading_number(std::string_view text) {
  int number = 0;
  auto result = std::from_chars(text.data(), text.data() + text.size(), number);
  return result.ec == std::errc() ? std::optional(number) : std::nullopt;
}

std::string_view unquoted(std::string_view field) {
  field = base::trim(field);
  bool quoted = field.size() >= 2 && field.front() == '"' && field.back() == '"';
  return quoted ? field.substr(1, field.size() - 2) : field;
}

ppp::Authentication authentication_of(const std::string& word) {
  return word == "pap"    ? ppp::Authentication::pap
         : word == "chap" ? ppp::Authentication::chap
                          : ppp::Authentication::none;
}

}  // namespace

PppNetworkParameters parse_ppp_network(std::string_view reply, std::uint16_t fallback_mtu) {
  constexpr std::size_t first_server = 5;
  constexpr std::size_t second_server = 6;
  constexpr std::size_t mtu_field = 11;
  constexpr int least_mtu = 576;
  constexpr int most_mtu = 1500;
  PppNetworkParameters given;
  given.mtu = fallback_mtu;
  for (std::string_view line : base::split(reply, '\n')) {
    auto fields = base::split(base::trim(line), ',');
    for (std::size_t place : {first_server, second_server}) {
      boost::system::error_code failed;
      std::string text(place < fields.size() ? unquoted(fields[place]) : std::string_view());
      auto address = asio::ip::make_address(text, failed);
      if (!failed) {
        given.name_servers.push_back(address);
      }
    }
    auto mtu = fields.size() > mtu_field ? leading_number(base::trim(fields[mtu_field])) : std::nullopt;
    if (mtu && *mtu > 0) {
      given.mtu = static_cast<std::uint16_t>(std::clamp(*mtu, least_mtu, most_mtu));
    }
  }
  return given;
}

std::optional<modem::PdnConnection> PppNetwork::connection(int cid) const {
  auto* pdn = application_.pdn();
  auto found = pdn != nullptr ? pdn->connection(cid) : std::nullopt;
  return found && (found->ipv4 || found->ipv6) ? found : std::nullopt;
}

asio::awaitable<PppNetworkParameters> PppNetwork::parameters(int cid) {
  std::string line = fmt::format("AT+CGCONTRDP={}", cid);
  modem::ModemReply reply = co_await application_.modem_line().ask(std::move(line));
  co_return parse_ppp_network(reply.text,
                              static_cast<std::uint16_t>(application_.options().ppp_fallback_mtu));
}

ppp::LinkSettings PppNetwork::link_settings(const modem::PdnConnection& connection,
                                            const PppNetworkParameters& parameters) const {
  ppp::LinkSettings settings;
  settings.ipv4 = connection.ipv4;
  settings.ipv6 = connection.ipv6;
  settings.own = asio::ip::make_address_v4(std::string(net::packet_gateway));
  for (const net::Address& server : parameters.name_servers) {
    if (server.is_v4()) {
      settings.name_servers.push_back(server.to_v4());
    }
  }
  settings.mtu = parameters.mtu;
  settings.authentication = authentication_of(application_.options().ppp_authentication);
  settings.seed = static_cast<std::uint64_t>(application_.clock().now().time_since_epoch().count());
  return settings;
}

asio::awaitable<std::optional<base::Reason>> PppNetwork::wait_for(int cid, std::function<bool()> is_over) {
  constexpr int home = 1;
  constexpr int roaming = 5;
  base::Time end = application_.clock().now() + registration_patience;
  auto status = co_await registration_status();
  while (status != home && status != roaming) {
    if (is_over()) {
      co_return std::nullopt;
    }
    if (application_.clock().now() >= end) {
      co_return base::make_reason(base::Cause::not_registered_yet, "no data state",
                                  "the modem was not registered within 30 s",
                                  "AT+CEREG? shows its state; AT%XMONITOR the network");
    }
    co_await application_.clock().sleep_for(registration_pause);
    status = co_await registration_status();
  }
  if (is_over() || connection(cid)) {
    co_return std::nullopt;
  }
  auto refused = co_await activate(cid);
  co_return refused;
}

asio::awaitable<std::optional<int>> PppNetwork::registration_status() {
  modem::ModemReply reply = co_await application_.modem_line().ask("AT+CEREG?");
  auto fields = base::split(reply.text, ',');
  co_return fields.size() < 2 ? std::nullopt : leading_number(fields[1]);
}

asio::awaitable<std::optional<base::Reason>> PppNetwork::activate(int cid) {
  std::string line = fmt::format("AT+CGACT=1,{}", cid);
  modem::ModemReply reply = co_await application_.modem_line().ask(std::move(line));
  if (reply.final == modem::ModemReply::Final::ok) {
    co_return std::nullopt;
  }
  co_return reply.reason.value_or(base::make_reason(base::Cause::pdn_inactive, "no data state",
                                                    "the modem activates no such context", ""));
}

}  // namespace attache::dialects
