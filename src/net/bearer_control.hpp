#pragma once

#include <optional>
#include <vector>

#include "net/errno.hpp"
#include "net/link.hpp"
#include "net/network_options.hpp"

namespace attache::net {

/// What can be changed between a device and its network while it runs: for live control, scenarios and tests.
/// One thread only.
class BearerControl {
 public:
  virtual ~BearerControl() = default;

  /// The link that all sockets of the device cross.
  [[nodiscard]] virtual Link& link() = 0;

  /// The `[[route]]` rules. New ones hold for names resolved and connections made from now on.
  [[nodiscard]] virtual const std::vector<Route>& routes() const = 0;
  /// Replaces all rules. Addresses that names have been given keep their meaning; open connections stay.
  virtual void set_routes(std::vector<Route> routes) = 0;

  /// Makes every look-up of a name fail so (ENOENT: no such name, EAGAIN: no answer from the servers);
  /// nothing ends it.
  virtual void set_name_failure(std::optional<Errno> code) = 0;
  /// What set_name_failure() has set last; nothing while look-ups are made.
  [[nodiscard]] virtual std::optional<Errno> name_failure() const = 0;
};

}  // namespace attache::net
