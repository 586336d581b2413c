#include <fmt/format.h>

#include "cellular/nrf91.hpp"
#include "cellular/timing.hpp"

namespace attache::cellular {

namespace {

constexpr Span context_exchange{std::chrono::milliseconds(500), std::chrono::milliseconds(2000)};

}  // namespace

std::vector<int> Nrf91::drop_connections() {
  std::vector<int> lost;
  for (const PdnContext& context : contexts.all()) {
    if (context.active) {
      lost.push_back(context.cid);
    }
  }
  for (int cid : lost) {
    contexts.deactivate(cid);
  }
  return lost;
}

Answer Nrf91::activate_context(int cid) {
  return finish_after(context_exchange, [this, cid] {
    if (!registration.status().in_service() || contexts.find(cid) == nullptr) {
      modem::Obstacle obstacle = out_of_service();
      return obstacle.why.empty()
                 ? failure(base::Cause::pdn_inactive, CmeError::not_allowed, "the context is gone")
                 : failure(CmeError::not_allowed, std::move(obstacle));
    }
    registration.exchange_signalling();
    PdnAnswer answer = contexts.activate(cid, registration.status().cell->network->policy);
    if (!answer.accepted) {
      esm_error(answer.esm_cause, cid);
      return failure(CmeError::unspecified_pdp_error, refused_connection(cid, answer.esm_cause));
    }
    pdn_activated(cid, answer);
    plan_ipv6(cid);
    return ok();
  });
}

// A dual-stack or IPv6 connection can be used once its address is resolved.
void Nrf91::plan_ipv6(int cid) {
  if (contexts.find(cid)->ipv6) {
    volatile_.ipv6 = clock.call_after(step_duration(options.timing, ipv6_resolution), [this, cid] {
      if (contexts.active(cid)) {
        ipv6_ready(cid);
      }
    });
  }
}

Answer Nrf91::deactivate_context(int cid) {
  return finish_after(context_exchange, [this, cid] {
    if (contexts.active(cid)) {
      registration.exchange_signalling();
      contexts.deactivate(cid);
      if (subscriptions.cgerep) {
        notify(fmt::format("+CGEV: ME PDN DEACT {}", cid));
      }
      report_pdn(cid, false);
    }
    return ok();
  });
}

void Nrf91::report_pdn(int cid, bool up) {
  if (up) {
    const PdnContext& context = *contexts.find(cid);
    std::string addresses = context.ipv4 ? context.ipv4->to_string() : "";
    if (context.ipv6) {
      addresses += (addresses.empty() ? "" : " ") + context.ipv6->to_string();
    }
    log(base::LogLevel::info, fmt::format("PDN {} \"{}\" up, address {}", cid, context.apn, addresses));
  } else {
    log(base::LogLevel::info, fmt::format("PDN {} down", cid));
  }
  pdn_handlers_.call(cid, up);
}

modem::Subscription Nrf91::subscribe(std::function<void(int cid, bool up)> handler) {
  return pdn_handlers_.add(std::move(handler));
}

std::optional<modem::PdnConnection> Nrf91::connection(int cid) const {
  const PdnContext* context = contexts.find(cid);
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
