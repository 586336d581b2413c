#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/event.hpp"
#include "modem/pdn.hpp"
#include "net/bearer.hpp"
#include "net/host_network.hpp"
#include "net/lifeline.hpp"
#include "net/link.hpp"
#include "net/network_options.hpp"
#include "net/resolved_names.hpp"
#include "net/routes.hpp"

namespace attache::net {

/// A wait that ends with the PDN.
class CutPoint : public Lifeline::Member {
 public:
  using Member::Member;
  void cut(const Failure& failure) override {
    failure_ = failure;
    changed_.notify();
  }
  /// Why the wait is over; nothing while the PDN is up.
  [[nodiscard]] const std::optional<Failure>& failure() const { return failure_; }
  /// Notified by cut(). Who waits for something else too may notify it as well, and looks at failure() then.
  [[nodiscard]] base::Event& changed() { return changed_; }

 private:
  std::optional<Failure> failure_;
  base::Event changed_;
};

/// Findings on the way, for the reason of a failure.
using Facts = std::vector<std::pair<std::string, std::string>>;

/// The way from an address as the device sees it to the sockets of this machine.
struct Path {
  Route::Kind kind = Route::Kind::address;
  std::vector<Endpoint> targets;  ///< With Kind::address: where it really is, in the order to try.
  std::string label;              ///< "google.com (198.18.3.4:443)".
  Facts facts;
};

/// What the sockets of one PDN context share: its state, and with those of the other contexts link, names and
/// routes. Held by all that hangs on it.
class HostPaths : public std::enable_shared_from_this<HostPaths> {
 public:
  /// Those of the default context.
  HostPaths(HostNetwork& network, const NetworkOptions& options, modem::Pdn& pdn, modem::RadioLink* radio);
  /// Those of another one.
  [[nodiscard]] std::shared_ptr<HostPaths> on_context(int cid) const;

  [[nodiscard]] HostNetwork& network() { return network_; }
  [[nodiscard]] base::Clock& clock() { return network_.clock(); }
  [[nodiscard]] const NetworkOptions& options() const { return names_->options; }
  [[nodiscard]] const std::shared_ptr<Lifeline>& lifeline() const { return lifeline_; }
  [[nodiscard]] const std::shared_ptr<Link>& link() const { return link_; }

  /// Asks here for names instead of DNS, in this context.
  using NameSource =
      std::function<asio::awaitable<NetResult<std::vector<Address>>>(std::string host, Family family)>;
  void set_name_source(NameSource source) { name_source_ = std::move(source); }

  /// The rules of all contexts. A Routes::Target holds a pointer into them: it ends with Routes::replace().
  [[nodiscard]] Routes& routes() { return names_->routes; }
  /// BearerControl::set_name_failure().
  void set_name_failure(std::optional<Errno> code) { names_->failure = code; }
  [[nodiscard]] std::optional<Errno> name_failure() const { return names_->failure; }

  /// ENETDOWN with the modem's words while the PDN is down.
  [[nodiscard]] std::optional<Failure> check_up() const;
  /// The above, and ENETUNREACH if the PDN has no address of the family.
  [[nodiscard]] std::optional<Failure> check_family(Family family, const std::string& what) const;
  /// The device's own address in the family; unspecified while it has none.
  [[nodiscard]] Address device_address(Family family) const;

  /// Bearer::resolve().
  asio::awaitable<NetResult<std::vector<Address>>> resolve(std::string host, Family family);
  /// Where a connection or datagram to `to` goes; names on the way are resolved.
  /// EHOSTUNREACH for a synthetic address that no name was resolved to, else as resolve().
  asio::awaitable<NetResult<Path>> find(Endpoint to);

  /// Waits while a small packet (64 bytes) crosses the link, until `deadline`; ETIMEDOUT if it does not, the
  /// failure of the PDN if that goes meanwhile. With a line of the caller's, what that is cut with instead.
  asio::awaitable<std::optional<Failure>> cross(Direction direction, base::Time deadline,
                                                std::shared_ptr<Lifeline> line = nullptr);
  /// The same there and back.
  asio::awaitable<std::optional<Failure>> round_trip(base::Time deadline);

  /// What a route does that leads to no address: its failure, as late as it has to come. Nothing for
  /// Kind::address.
  asio::awaitable<std::optional<Failure>> end_of_route(Path path, base::Time deadline);

  /// Waits until `until`; the failure of the PDN if that goes meanwhile.
  asio::awaitable<std::optional<Failure>> pause(base::Time until);

 private:
  /// What all contexts share.
  struct Names {
    explicit Names(NetworkOptions its) : options(std::move(its)), routes(std::exchange(options.routes, {})) {}

    NetworkOptions options;
    Routes routes;
    std::optional<Errno> failure;
    ResolvedNames resolved;
  };
  HostPaths(HostNetwork& network, modem::Pdn& pdn, int cid, std::shared_ptr<Names> names,
            std::shared_ptr<Link> link);

  [[nodiscard]] Failure no_crossing() const;
  /// The addresses of what is no literal address.
  asio::awaitable<NetResult<std::vector<Address>>> find_name(std::string host, Family family);
  /// Asks DNS.
  asio::awaitable<NetResult<std::vector<Address>>> look_up(std::string host, Family family);
  /// The addresses of a route's target on this machine, or of a name that is not routed.
  asio::awaitable<NetResult<std::vector<Address>>> real_addresses(std::string host,
                                                                  std::vector<Family> families);
  [[nodiscard]] std::string label(const Endpoint& to, const std::string& routed_name) const;

  HostNetwork& network_;
  modem::Pdn& pdn_;
  int cid_;
  std::shared_ptr<Names> names_;
  NameSource name_source_;
  std::shared_ptr<Lifeline> lifeline_;
  std::shared_ptr<Link> link_;
  modem::Subscription subscription_;
};

}  // namespace attache::net
