#pragma once

#include <cstdint>
#include <list>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "net/bearer.hpp"
#include "net/network_options.hpp"

namespace attache::net {

/// The `[[route]]` rules of a device, and the synthetic addresses of the names they cover. Sans-I/O.
///
/// A name covered by a rule has one address in 198.18.0.0/15 (RFC 2544) and one in 100::/64 (RFC 6666), made
/// from a hash of the name, so that they are the same in every run.
class Routes {
 public:
  /// What the rules say about a connection.
  struct Target {
    std::string name;                ///< The name behind a synthetic address; empty for any other address.
    const Route* route = nullptr;    ///< The first rule that matches; none = the default route.
    bool unknown_synthetic = false;  ///< A synthetic address that no name was resolved to.
  };

  explicit Routes(std::vector<Route> routes);

  [[nodiscard]] const std::vector<Route>& rules() const { return routes_; }
  /// Other rules; synthetic addresses that names have keep their meaning.
  void replace(std::vector<Route> routes) { routes_ = std::move(routes); }

  /// True if a rule covers the name, on whatever port and in whatever family.
  [[nodiscard]] bool covers(std::string_view name) const;
  /// The synthetic address of a covered name; nothing if no rule allows the family.
  [[nodiscard]] std::optional<Address> synthetic_address(std::string_view name, Family family);
  /// What the first rule that has host, port and family of `to` says. Its pointer holds until replace().
  [[nodiscard]] Target target(const Endpoint& to) const;

  /// In one of the two ranges, whether or not a name has the address.
  [[nodiscard]] static bool is_synthetic(const Address& address);

 private:
  [[nodiscard]] Address claim(const std::string& name, Family family);

  std::vector<Route> routes_;
  std::map<Address, std::string> names_;
  std::list<Address> claimed_;  ///< In order of claiming: the oldest makes room.
};

/// The rule's origin as in the configuration file: "google.com:443".
[[nodiscard]] std::string to_string(const Route& route);
/// Where it leads as the configuration writes it: "127.0.0.1:8443", "[::1]:*", "refused".
[[nodiscard]] std::string target_text(const Route& route);

}  // namespace attache::net
