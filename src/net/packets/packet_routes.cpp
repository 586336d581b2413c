#include "net/packets/packet_routes.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "net/failure.hpp"
#include "net/packets/dns_query.hpp"
#include "net/packets/packet_face.hpp"

namespace attache::net {

namespace {

using PacketOutcome = PacketRoutes::Outcome;

constexpr std::uint16_t dns_port = 53;
constexpr std::size_t udp_header_length = 8;
constexpr std::size_t icmp_header_length = 8;

std::optional<Address> literal_address(const std::string& host) {
  boost::system::error_code error;
  Address address = asio::ip::make_address(host, error);
  return error ? std::nullopt : std::optional(address);
}

bool is_gateway(const Address& address) {
  static const Address gateway = asio::ip::make_address(std::string(packet_gateway));
  return address == gateway;
}

PacketOutcome lost_for(PacketFault fault) {
  PacketOutcome outcome;
  outcome.fault = fault;
  return outcome;
}

PacketOutcome to_host(std::string packet) {
  PacketOutcome outcome;
  outcome.kind = PacketOutcome::Kind::to_host;
  outcome.packet = std::move(packet);
  return outcome;
}

bool is_error_of_icmp(const PacketView& view, std::string_view packet) {
  unsigned type = static_cast<unsigned char>(packet[view.transport_at]);
  constexpr unsigned first_information6 = 128;
  bool error4 = view.protocol == icmp_protocol_number && (type == 3 || type == 11 || type == 12);
  return error4 || (view.protocol == icmpv6_protocol_number && type < first_information6);
}

// What a sender gets whose packet leads nowhere. No error answers an error (RFC 1122, 3.2.2).
PacketOutcome say_unreachable(std::string_view packet, const PacketView& view, Unreachable what) {
  if (view.is_later_fragment || (view.protocol != tcp_protocol_number &&
                                 view.protocol != udp_protocol_number && is_error_of_icmp(view, packet))) {
    return {};
  }
  return to_host(make_unreachable(packet, view, what));
}

PacketOutcome refuse(std::string_view packet, const PacketView& view) {
  if (view.protocol == tcp_protocol_number && !view.is_later_fragment) {
    auto reset = make_reset(packet, view);
    return reset ? to_host(std::move(*reset)) : PacketOutcome();
  }
  return say_unreachable(packet, view, Unreachable::port);
}

PacketOutcome with_reason(PacketOutcome outcome, const PacketView& view, std::string why,
                          std::string advice) {
  outcome.reason =
      base::make_reason(base::Cause::network_failure,
                        fmt::format("packets to {} lead nowhere", to_string(Endpoint{view.to, view.to_port})),
                        std::move(why), std::move(advice));
  return outcome;
}

}  // namespace

PacketRoutes::Outcome PacketRoutes::up(std::string packet) {
  auto view = view_packet(packet);
  if (!view) {
    return lost_for(PacketFault::header);
  }
  if (auto answer = answer_question(*view, packet)) {
    return std::move(*answer);
  }
  Routes::Target target;
  const Route* route = route_of(*view, target);
  if (route != nullptr) {
    return follow(*route, *view, std::move(packet));
  }
  if (target.unknown_synthetic) {
    return with_reason(say_unreachable(packet, *view, Unreachable::host), *view,
                       "This address stands for a name of a [[route]], but no name was resolved to it.",
                       "Resolve the name again.");
  }
  if (!target.name.empty() && !rules_.refuse_unrouted) {
    return lead_to(target.name, view->to_port, *view, std::move(packet));
  }
  return unrouted(*view, std::move(packet));
}

// A rule for a port leads echoes too: they have none.
const Route* PacketRoutes::route_of(const PacketView& view, Routes::Target& target) const {
  bool has_port = view.protocol == tcp_protocol_number || view.protocol == udp_protocol_number;
  target = rules_.routes.target({view.to, has_port ? view.to_port : std::uint16_t{}});
  if (target.route != nullptr || has_port) {
    return target.route;
  }
  for (const Route& rule : rules_.routes.rules()) {
    auto found = rules_.routes.target({view.to, rule.from_port.value_or(0)});
    if (found.route != nullptr) {
      return found.route;
    }
  }
  return nullptr;
}

std::optional<PacketRoutes::Outcome> PacketRoutes::answer_question(const PacketView& view,
                                                                   std::string_view packet) {
  bool asks = view.protocol == udp_protocol_number && !view.is_later_fragment && view.to_port == dns_port;
  if (!asks) {
    return std::nullopt;
  }
  auto query = parse_dns_query(packet.substr(view.transport_at + udp_header_length));
  if (!query) {
    return std::nullopt;
  }
  auto answer = [&](DnsCode code, const std::optional<Address>& address) {
    return to_host(make_udp_packet({view.to, view.to_port}, {view.from, view.from_port},
                                   make_dns_answer(*query, code, address)));
  };
  if (auto failure = rules_.name_failure()) {
    return *failure == Errno::no_entry ? answer(DnsCode::no_such_name, std::nullopt) : Outcome();
  }
  if (rules_.routes.covers(query->name)) {
    std::optional<Address> address;
    Family family = query->type == DnsQuery::Type::a ? Family::ipv4 : Family::ipv6;
    if (query->type != DnsQuery::Type::other) {
      address = address_of(query->name, family);
    }
    return answer(DnsCode::no_error, address);
  }
  if (rules_.refuse_unrouted) {
    return answer(DnsCode::no_such_name, std::nullopt);
  }
  return std::nullopt;
}

// A host that is told an address of IPv6 tries it first, though packets to it could not become IPv4.
std::optional<Address> PacketRoutes::address_of(std::string_view name, Family family) {
  auto address = rules_.routes.synthetic_address(name, family);
  if (!address) {
    return std::nullopt;
  }
  auto leads = [&](const Route& rule) {
    bool is_first = rules_.routes.target({*address, rule.from_port.value_or(0)}).route == &rule;
    auto target = rule.kind == Route::Kind::address ? literal_address(rule.to_host) : std::nullopt;
    return is_first && (!target || family_of(*target) == family);
  };
  const auto& rules = rules_.routes.rules();
  return std::any_of(rules.begin(), rules.end(), leads) ? address : std::nullopt;
}

PacketRoutes::Outcome PacketRoutes::follow(const Route& route, const PacketView& view, std::string packet) {
  switch (route.kind) {
    case Route::Kind::unreachable:
      return say_unreachable(packet, view, Unreachable::host);
    case Route::Kind::refused:
      return refuse(packet, view);
    case Route::Kind::blackhole:
      return {};
    case Route::Kind::address:
      break;
  }
  return lead_to(route.to_host, route.to_port.value_or(view.to_port), view, std::move(packet));
}

PacketRoutes::Outcome PacketRoutes::lead_to(const std::string& host, std::uint16_t port,
                                            const PacketView& view, std::string packet) {
  std::optional<Address> address = literal_address(host);
  if (!address) {
    auto known = learnt_.find({host, view.family});
    if (known == learnt_.end()) {
      Outcome outcome;
      outcome.kind = Outcome::Kind::waits;
      outcome.packet = std::move(packet);
      outcome.name = host;
      outcome.family = view.family;
      return outcome;
    }
    address = known->second;
  }
  if (!address || family_of(*address) != view.family) {
    return with_reason(
        say_unreachable(packet, view, Unreachable::host), view,
        fmt::format("The packets are {}, and {} has no such address.", name(view.family), host),
        "Let the [[route]] lead to an address of the same family, or give it `family`.");
  }
  return lead_to(Endpoint{*address, port}, view, std::move(packet));
}

PacketRoutes::Outcome PacketRoutes::lead_to(const Endpoint& to, const PacketView& view, std::string packet) {
  bool has_port = view.protocol == tcp_protocol_number || view.protocol == udp_protocol_number;
  Endpoint known{view.to, view.to_port};
  bool changes = to.address != view.to || (has_port && to.port != view.to_port);
  if (changes && view.is_later_fragment) {
    return lost_for(PacketFault::fragment);
  }
  if (changes) {
    remember({view.protocol, to.address, has_port ? to.port : view.to_port, view.from_port}, known);
    set_destination(packet, view, to);
  }
  Outcome outcome;
  outcome.kind = Outcome::Kind::to_network;
  outcome.packet = std::move(packet);
  return outcome;
}

PacketRoutes::Outcome PacketRoutes::unrouted(const PacketView& view, std::string packet) {
  const auto& servers = rules_.name_servers;
  bool is_for_server = view.to_port == dns_port && !view.is_later_fragment &&
                       std::find(servers.begin(), servers.end(), view.to) != servers.end();
  if (is_for_server && !rules_.refuse_unrouted) {
    auto server = rules_.name_server(view.family);
    return server ? lead_to(*server, view, std::move(packet))
                  : with_reason(refuse(packet, view), view,
                                fmt::format("There is no name server with an {} address.", name(view.family)),
                                "Name one in [network] dns.");
  }
  if (rules_.refuse_unrouted && !is_gateway(view.to)) {
    return refuse(packet, view);
  }
  Outcome outcome;
  outcome.kind = Outcome::Kind::to_network;
  outcome.packet = std::move(packet);
  return outcome;
}

std::string PacketRoutes::down(std::string_view packet) {
  std::string changed(packet);
  auto view = view_packet(packet);
  if (!view || view->is_later_fragment || by_key_.empty()) {
    return changed;
  }
  bool is_icmp = view->protocol == icmp_protocol_number || view->protocol == icmpv6_protocol_number;
  if (is_icmp && is_error_of_icmp(*view, packet)) {
    return translate_error(packet, *view);
  }
  if (auto known = known_as({view->protocol, view->from, view->from_port, view->to_port})) {
    set_source(changed, *view, *known);
  }
  return changed;
}

// The packet that an error quotes is the host's, as it left here: the host knows another destination.
std::string PacketRoutes::translate_error(std::string_view packet, const PacketView& view) const {
  constexpr std::size_t enough_for_headers = 80;
  std::size_t quoted_at = view.transport_at + icmp_header_length;
  std::string quoted(packet.substr(std::min(quoted_at, packet.size())));
  std::size_t size = quoted.size();
  quoted.resize(std::max(size, enough_for_headers));
  auto inner = view_packet(quoted);
  auto known =
      inner ? known_as({inner->protocol, inner->to, inner->to_port, inner->from_port}) : std::nullopt;
  if (!known) {
    return std::string(packet);
  }
  set_destination(quoted, *inner, *known);
  quoted.resize(size);
  Address from = view.from == inner->to ? known->address : view.from;
  constexpr std::size_t hop_limit_in_ipv4 = 8;
  constexpr std::size_t hop_limit_in_ipv6 = 7;
  std::size_t hop_limit_at = view.family == Family::ipv4 ? hop_limit_in_ipv4 : hop_limit_in_ipv6;
  return make_icmp_packet(from, view.to,
                          std::string(packet.substr(view.transport_at, icmp_header_length)) + quoted,
                          static_cast<unsigned char>(packet[hop_limit_at]));
}

void PacketRoutes::learn(const std::string& name, Family family, const std::optional<Address>& address) {
  learnt_[{name, family}] = address;
}

void PacketRoutes::remember(const Key& key, const Endpoint& known) {
  if (auto found = by_key_.find(key); found != by_key_.end()) {
    found->second->known = known;
    flows_.splice(flows_.begin(), flows_, found->second);
    return;
  }
  flows_.push_front({key, known});
  by_key_[key] = flows_.begin();
  if (flows_.size() > most_flows) {
    by_key_.erase(flows_.back().key);
    flows_.pop_back();
  }
}

std::optional<Endpoint> PacketRoutes::known_as(const Key& key) const {
  auto found = by_key_.find(key);
  return found == by_key_.end() ? std::nullopt : std::optional(found->second->known);
}

}  // namespace attache::net
