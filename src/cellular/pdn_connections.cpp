#include "cellular/pdn_connections.hpp"

#include <fmt/format.h>

#include "cellular/nrf91.hpp"
#include "cellular/timing.hpp"

namespace attache::cellular {

namespace {

constexpr Span context_exchange{std::chrono::milliseconds(500), std::chrono::milliseconds(2000)};

}  // namespace

std::vector<int> PdnConnections::drop() {
  std::vector<int> lost;
  for (const PdnContext& context : modem_.contexts.all()) {
    if (context.active) {
      lost.push_back(context.cid);
    }
  }
  for (int cid : lost) {
    modem_.contexts.deactivate(cid);
  }
  return lost;
}

Answer PdnConnections::activate(int cid) {
  return modem_.engine.finish_after(context_exchange, [this, cid] {
    if (!modem_.registration.status().in_service() || modem_.contexts.find(cid) == nullptr) {
      modem::Obstacle obstacle = modem_.obstacles.out_of_service();
      return obstacle.why.empty()
                 ? failure(base::Cause::pdn_inactive, CmeError::not_allowed, "the context is gone")
                 : failure(CmeError::not_allowed, std::move(obstacle));
    }
    modem_.registration.exchange_signalling();
    PdnAnswer answer = modem_.contexts.activate(cid, modem_.registration.status().cell->network->policy);
    if (!answer.accepted) {
      modem_.announcements.esm_error(answer.esm_cause, cid);
      return failure(CmeError::unspecified_pdp_error,
                     modem_.obstacles.refused_connection(cid, answer.esm_cause));
    }
    modem_.announcements.pdn_activated(cid, answer);
    plan_ipv6(cid);
    return ok();
  });
}

// %XPDNCFG=1: the initial PDN connection is asked for again.
void PdnConnections::reactivate_default() {
  PdnAnswer answer = modem_.contexts.activate(0, modem_.registration.status().cell->network->policy);
  if (answer.accepted) {
    modem_.announcements.pdn_activated(0, answer);
    plan_ipv6(0);
    return;
  }
  modem_.announcements.esm_error(answer.esm_cause, 0);
  if (modem_.contexts.active_count() == 0) {
    modem_.registration.last_connection_gone();
  }
}

// A dual-stack or IPv6 connection can be used once its address is resolved.
void PdnConnections::plan_ipv6(int cid) {
  if (modem_.contexts.find(cid)->ipv6) {
    ipv6_[cid] = modem_.clock.call_after(step_duration(modem_.options.timing, ipv6_resolution), [this, cid] {
      if (modem_.contexts.active(cid)) {
        modem_.announcements.ipv6_ready(cid);
      }
    });
  }
}

Answer PdnConnections::deactivate(int cid) {
  return modem_.engine.finish_after(context_exchange, [this, cid] {
    if (modem_.contexts.active(cid)) {
      modem_.registration.exchange_signalling();
      modem_.contexts.deactivate(cid);
      if (modem_.subscriptions.cgerep) {
        modem_.notify(fmt::format("+CGEV: ME PDN DEACT {}", cid));
      }
      report(cid, false);
    }
    return ok();
  });
}

void PdnConnections::report(int cid, bool up) {
  if (up) {
    const PdnContext& context = *modem_.contexts.find(cid);
    std::string addresses = context.ipv4 ? context.ipv4->to_string() : "";
    if (context.ipv6) {
      addresses += (addresses.empty() ? "" : " ") + context.ipv6->to_string();
    }
    modem_.log(base::LogLevel::info,
               fmt::format("PDN {} \"{}\" up, address {}", cid, context.apn, addresses));
  } else {
    modem_.log(base::LogLevel::info, fmt::format("PDN {} down", cid));
  }
  handlers_.call(cid, up);
}

modem::Subscription PdnConnections::subscribe(std::function<void(int cid, bool up)> handler) {
  return handlers_.add(std::move(handler));
}

std::optional<modem::PdnConnection> PdnConnections::connection(int cid) const {
  const PdnContext* context = modem_.contexts.find(cid);
  if (context == nullptr || !context->active) {
    return std::nullopt;
  }
  modem::PdnConnection connection;
  connection.cid = cid;
  connection.apn = context->apn;
  connection.ipv4 = context->ipv4;
  connection.ipv6 = context->ipv6;
  return connection;
}

}  // namespace attache::cellular
