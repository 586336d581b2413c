#include "net/host_path.hpp"

#include <fmt/format.h>

#include "net/failure.hpp"
#include "net/host_name.hpp"
#include "net/resolver.hpp"
#include "net/timed_wait.hpp"

namespace attache::net {

namespace {

constexpr base::Duration longest_look_up = std::chrono::seconds(10);
constexpr std::size_t small_packet = 64;

/// A wait that ends with the PDN and looks again when the link changes.
class Crossing final : public CutPoint, public Link::User {
 public:
  Crossing(std::shared_ptr<Lifeline> line, std::shared_ptr<Link> link)
      : CutPoint(std::move(line)), User(std::move(link)) {}
  void link_changed() override { changed().notify(); }
  void link_cut(const Failure& failure) override { cut(failure); }
};

/// A lookup that ends with the PDN.
class LookupMember final : public Lifeline::Member {
 public:
  LookupMember(std::shared_ptr<Lifeline> line, std::shared_ptr<Lookup> lookup)
      : Member(std::move(line)), lookup_(std::move(lookup)) {}
  void cut(const Failure& failure) override { lookup_->end(failure); }

 private:
  std::shared_ptr<Lookup> lookup_;
};

Failure route_says(Errno code, const Path& path, std::string why) {
  return make_failure(code, fmt::format("connection to {} failed", path.label), std::move(why),
                      "Change the [[route]] in the configuration file to go elsewhere.");
}

// A text that is no host name fails as DNS lets it, but that is not the cause. The text itself is not shown:
// a URL may hold a secret.
Failure no_host_name(Errno code, const HostNameFault& fault, Family family) {
  return make_failure(base::Cause::dns_failure, code,
                      fault.host.empty()
                          ? fmt::format("resolving a name ({}) failed", name(family))
                          : fmt::format("resolving what holds \"{}\" ({}) failed", fault.host, name(family)),
                      fault.why, fault.advice);
}

// Another modem than the simulated one may not know what lies behind it.
base::Cause cause_down(const modem::Pdn& pdn, base::Cause otherwise) {
  base::Cause cause = pdn.cause_down();
  return cause == base::Cause::none ? otherwise : cause;
}

std::optional<Address> literal(const std::string& host) {
  boost::system::error_code error;
  Address address = asio::ip::make_address(host, error);
  return error ? std::nullopt : std::optional(address);
}

// Why the PDN of a context is down, for the words of a failure.
Failure pdn_down(const modem::Pdn& pdn, int cid, base::Cause otherwise, std::string what) {
  bool is_own = cid != default_context && pdn.connection(default_context);
  return is_own ? make_failure(otherwise, Errno::network_down, std::move(what),
                               fmt::format("PDN context {} is not active", cid),
                               fmt::format("Activate it with AT+CGACT=1,{}.", cid))
                : make_failure(cause_down(pdn, otherwise), Errno::network_down, std::move(what),
                               pdn.why_down(), pdn.way_up());
}

}  // namespace

HostPaths::HostPaths(HostNetwork& network, const NetworkOptions& options, modem::Pdn& pdn,
                     modem::RadioLink* radio)
    : HostPaths(network, pdn, default_context, std::make_shared<Names>(options),
                std::make_shared<Link>(network.clock(), options.link, radio, options.seed)) {}

HostPaths::HostPaths(HostNetwork& network, modem::Pdn& pdn, int cid, std::shared_ptr<Names> names,
                     std::shared_ptr<Link> link)
    : network_(network),
      pdn_(pdn),
      cid_(cid),
      names_(std::move(names)),
      lifeline_(std::make_shared<Lifeline>()),
      link_(std::move(link)) {
  // The line is held by the handler: `this` may be gone before the modem is.
  subscription_ = pdn_.subscribe([line = lifeline_, link = link_, &modem = pdn_, cid](int, bool up) {
    if (!up && !modem.connection(cid)) {
      Failure failure = pdn_down(modem, cid, base::Cause::pdn_lost, "the PDN connection ended");
      failure.reason.advice += " Then connect anew.";
      line->cut(failure);
      link->cut(failure);
    }
  });
}

std::shared_ptr<HostPaths> HostPaths::on_context(int cid) const {
  return std::shared_ptr<HostPaths>(new HostPaths(network_, pdn_, cid, names_, link_->on_context(cid)));
}

std::optional<Failure> HostPaths::check_up() const {
  if (pdn_.connection(cid_)) {
    return std::nullopt;
  }
  return pdn_down(
      pdn_, cid_, base::Cause::pdn_inactive,
      cid_ == default_context ? "no PDN connection is up" : fmt::format("PDN context {} is not up", cid_));
}

std::optional<Failure> HostPaths::check_family(Family family, const std::string& what) const {
  auto connection = pdn_.connection(cid_);
  if (!connection) {
    return check_up();
  }
  bool has_address = family == Family::ipv4 ? connection->ipv4.has_value() : connection->ipv6.has_value();
  if (has_address) {
    return std::nullopt;
  }
  Family other = family == Family::ipv4 ? Family::ipv6 : Family::ipv4;
  return make_failure(
      family == Family::ipv6 ? base::Cause::ipv6_unreachable : base::Cause::pdn_type_refused,
      Errno::network_unreachable, what, fmt::format("the PDN is {} only", name(other)),
      fmt::format("Use {}, or a PDN type with both (AT+CGDCONT=0,\"IPV4V6\",…) in a network that "
                  "gives {} addresses ([network] {} of the configuration).",
                  name(other), name(family), family == Family::ipv4 ? "ipv4" : "ipv6"));
}

Address HostPaths::device_address(Family family) const {
  auto connection = pdn_.connection(cid_);
  if (family == Family::ipv4) {
    return connection && connection->ipv4 ? Address(*connection->ipv4) : Address(asio::ip::address_v4::any());
  }
  return connection && connection->ipv6 ? Address(*connection->ipv6) : Address(asio::ip::address_v6::any());
}

asio::awaitable<NetResult<std::vector<Address>>> HostPaths::resolve(std::string host, Family family) {
  auto self = shared_from_this();
  if (auto down = check_up()) {
    co_return *down;
  }
  std::string what = fmt::format("resolving {} ({}) failed", host, name(family));
  if (auto address = literal(host)) {
    if (family_of(*address) == family) {
      co_return std::vector<Address>{*address};
    }
    co_return make_failure(Errno::no_entry, what,
                           fmt::format("{} is an {} address", host, name(family_of(*address))));
  }
  std::uint64_t question = tell_asked(*link_->taps(), host, family);
  auto answer = co_await find_name(host, family);
  tell_answered(*link_->taps(), question, host, family, answer);
  auto fault = host_name_fault(host);
  if (!answer && answer.error().code != Errno::network_down && fault) {
    co_return no_host_name(answer.error().code, *fault, family);
  }
  co_return answer;
}

asio::awaitable<NetResult<std::vector<Address>>> HostPaths::find_name(std::string host, Family family) {
  std::string what = fmt::format("resolving {} ({}) failed", host, name(family));
  if (names_->failure) {
    co_return make_failure(base::Cause::dns_failure, *names_->failure, what,
                           "the device has been told that names cannot be resolved");
  }
  if (names_->routes.covers(host)) {
    if (auto address = names_->routes.synthetic_address(host, family)) {
      co_return std::vector<Address>{*address};
    }
    co_return make_failure(Errno::no_entry, what,
                           fmt::format("its [[route]] exists in {} only",
                                       name(family == Family::ipv4 ? Family::ipv6 : Family::ipv4)),
                           "Remove `family` from the route to have both.");
  }
  if (names_->options.refuse_unrouted) {
    co_return make_failure(base::Cause::dns_failure, Errno::no_entry, what,
                           "no [[route]] covers the name, and default_route is \"refused\"",
                           fmt::format("Add a [[route]] from \"{}\".", host));
  }
  auto answer = co_await look_up(host, family);
  if (answer) {
    names_->resolved.remember(host, family, *answer);
  }
  co_return answer;
}

asio::awaitable<NetResult<std::vector<Address>>> HostPaths::look_up(std::string host, Family family) {
  base::Time deadline = clock().now() + longest_look_up;
  auto failure = co_await round_trip(deadline);
  if (failure) {
    bool no_answer = failure->code == Errno::timed_out;
    co_return Failure{no_answer ? Errno::try_again : failure->code, std::move(failure->reason)};
  }
  if (name_source_) {
    auto named = co_await name_source_(std::move(host), family);
    co_return named;
  }
  auto lookup = network_.resolver(names_->options.dns_servers).start(std::move(host), family);
  LookupMember member(lifeline_, lookup);
  while (!lookup->result) {
    co_await lookup->ended.wait();
  }
  co_return std::move(*lookup->result);
}

asio::awaitable<NetResult<std::vector<Address>>> HostPaths::real_addresses(std::string host,
                                                                           std::vector<Family> families) {
  if (auto address = literal(host)) {
    co_return std::vector<Address>{*address};
  }
  std::vector<Address> all;
  std::optional<Failure> failure;
  for (Family family : families) {
    auto answer = co_await look_up(host, family);
    if (answer) {
      all.insert(all.end(), answer->begin(), answer->end());
    } else {
      failure = answer.error();
    }
  }
  if (all.empty() && failure) {
    co_return *failure;
  }
  co_return all;
}

std::string HostPaths::label(const Endpoint& to, const std::string& routed_name) const {
  if (!routed_name.empty()) {
    return fmt::format("{} ({})", routed_name, to_string(to));
  }
  const auto* answer = names_->resolved.find(to.address);
  return answer == nullptr ? to_string(to) : fmt::format("{} ({})", answer->host, to_string(to));
}

asio::awaitable<NetResult<Path>> HostPaths::find(Endpoint to) {
  auto self = shared_from_this();
  auto target = names_->routes.target(to);
  Path path;
  path.label = label(to, target.name);
  if (const auto* answer = names_->resolved.find(to.address)) {
    path.facts.emplace_back("DNS", answer->text);
  } else if (!target.name.empty()) {
    path.facts.emplace_back(
        "DNS", fmt::format("{} is routed: {} is synthetic", target.name, to.address.to_string()));
  }
  std::string what = fmt::format("connection to {} failed", path.label);
  if (target.route != nullptr) {
    Route route = *target.route;  // The rules may change meanwhile.
    path.facts.emplace_back("route", fmt::format("{} → {}", to_string(route), target_text(route)));
    path.kind = route.kind;
    if (route.kind == Route::Kind::address) {
      std::vector<Family> families = {Family::ipv4, Family::ipv6};
      auto addresses = co_await real_addresses(route.to_host, std::move(families));
      if (!addresses) {
        co_return addresses.error();
      }
      for (const auto& address : *addresses) {
        path.targets.push_back({address, route.to_port.value_or(to.port)});
      }
    }
    co_return path;
  }
  if (names_->options.refuse_unrouted) {
    path.kind = Route::Kind::refused;
    path.facts.emplace_back("route", "none covers it; default_route is \"refused\"");
    co_return path;
  }
  if (target.unknown_synthetic) {
    Failure failure = make_failure(Errno::host_unreachable, what,
                                   "the address is synthetic and belongs to no name that was resolved",
                                   "Resolve the routed name again.");
    failure.reason.facts = path.facts;
    co_return failure;
  }
  if (target.name.empty()) {
    path.targets.push_back(to);
    co_return path;
  }
  // A name that is routed on other ports only goes where DNS says.
  std::vector<Family> families(1, family_of(to.address));
  auto addresses = co_await real_addresses(target.name, std::move(families));
  if (!addresses) {
    co_return addresses.error();
  }
  path.facts.emplace_back("route",
                          fmt::format("none covers port {}; DNS says {}", to.port, address_list(*addresses)));
  for (const auto& address : *addresses) {
    path.targets.push_back({address, to.port});
  }
  co_return path;
}

asio::awaitable<std::optional<Failure>> HostPaths::cross(Direction direction, base::Time deadline,
                                                         std::shared_ptr<Lifeline> line) {
  auto self = shared_from_this();
  Crossing crossing(line ? std::move(line) : lifeline_, link_);
  Link::Clearance clearance;
  while (!crossing.failure() && !clearance.from) {
    clearance = link_->clear(direction, small_packet);
    if (clearance.refused) {
      co_return clearance.refused;
    }
    if (clearance.from) {
      break;
    }
    if (clock().now() >= deadline) {
      co_return no_crossing();
    }
    co_await wait_until(crossing.changed(), clock(), deadline);
  }
  if (crossing.failure()) {
    co_return crossing.failure();
  }
  auto passage = link_->pass(direction, Link::Transport::stream, small_packet, *clearance.from);
  base::Time arrival = std::min(passage.arrives, deadline);
  while (!crossing.failure() && clock().now() < arrival) {
    co_await wait_until(crossing.changed(), clock(), arrival);
  }
  if (crossing.failure()) {
    co_return crossing.failure();
  }
  bool late = passage.lost || arrival < passage.arrives;
  co_return late ? std::optional(no_crossing()) : std::nullopt;
}

asio::awaitable<std::optional<Failure>> HostPaths::round_trip(base::Time deadline) {
  auto self = shared_from_this();
  auto failure = co_await cross(Direction::up, deadline);
  if (!failure) {
    failure = co_await cross(Direction::down, deadline);
  }
  co_return failure;
}

Failure HostPaths::no_crossing() const {
  return make_failure(
      base::Cause::no_coverage, Errno::timed_out, "nothing came back over the link",
      link_->options().outage ? "the link has an outage" : "there is no coverage, or the link is too slow");
}

asio::awaitable<std::optional<Failure>> HostPaths::end_of_route(Path path, base::Time deadline) {
  auto self = shared_from_this();
  switch (path.kind) {
    case Route::Kind::unreachable:
      co_return route_says(Errno::host_unreachable, path, "its [[route]] says unreachable");
    case Route::Kind::refused:
      co_return route_says(Errno::connection_refused, path,
                           names_->options.refuse_unrouted ? "no [[route]] leads there, or it says refused"
                                                           : "its [[route]] says refused");
    case Route::Kind::blackhole: {
      auto down = co_await pause(deadline);
      co_return down
          ? down
          : route_says(Errno::timed_out, path,
                       fmt::format("no answer within connect_timeout ({}): its [[route]] says blackhole",
                                   to_string(names_->options.connect_timeout)));
    }
    case Route::Kind::address:
      break;
  }
  co_return std::nullopt;
}

asio::awaitable<std::optional<Failure>> HostPaths::pause(base::Time until) {
  auto self = shared_from_this();
  CutPoint point(lifeline_);
  while (!point.failure() && clock().now() < until) {
    co_await wait_until(point.changed(), clock(), until);
  }
  co_return point.failure();
}

}  // namespace attache::net
