#pragma once

#include <functional>
#include <map>
#include <optional>
#include <vector>

#include "base/clock.hpp"
#include "cellular/commands/command.hpp"
#include "modem/handlers.hpp"
#include "modem/pdn.hpp"

namespace attache::cellular {

class Nrf91;

/// The connections of the modem's PDN contexts: how they come and go, and who hears of it.
class PdnConnections {
 public:
  explicit PdnConnections(Nrf91& modem) : modem_(modem) {}

  /// AT+CGACT for a defined cid other than 0.
  Answer activate(int cid);
  /// The answer comes later; OK too if it was not active.
  Answer deactivate(int cid);
  /// %XPDNCFG=1: the initial connection is asked for again.
  void reactivate_default();
  /// Ends all, and gives those that were active. Whoever drops them reports them, once all else is in order.
  std::vector<int> drop();
  /// To the log and to those who subscribed. With `up` the context must exist.
  void report(int cid, bool up);

  // modem::Pdn
  [[nodiscard]] std::optional<modem::PdnConnection> connection(int cid) const;
  /// Called for each context that comes up or goes down, from within what brought that about.
  [[nodiscard]] modem::Subscription subscribe(std::function<void(int cid, bool up)> handler);
  /// As after power-on. The connections were dropped before.
  void forget() { ipv6_.clear(); }

 private:
  void plan_ipv6(int cid);

  Nrf91& modem_;
  std::map<int, base::Alarm> ipv6_;  ///< Address resolution of further connections, by cid.
  modem::Handlers<int, bool> handlers_;
};

}  // namespace attache::cellular
