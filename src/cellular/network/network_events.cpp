#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <utility>

#include "base/text.hpp"
#include "cellular/network/network_outcome.hpp"
#include "cellular/nrf91.hpp"
#include "cellular/timing.hpp"

namespace attache::cellular {

namespace {

using std::chrono::seconds;

// <uplink_time_unit> of APN rate control (3GPP TS 27.007 10.1.46): minute, hour, day or week.
int time_unit(seconds period) {
  constexpr std::array<seconds, 3> units{std::chrono::minutes(1), std::chrono::hours(1),
                                         std::chrono::days(1)};
  const auto* longer =
      std::find_if(units.begin(), units.end(), [period](seconds unit) { return period <= unit; });
  return static_cast<int>(longer - units.begin()) + 1;
}

// Operators have the identifiers FF00h to FFFFh for themselves.
constexpr int least_pco = 0xFF00;
constexpr int greatest_pco = 0xFFFF;

}  // namespace

void Nrf91::announce_pco(std::string_view id, std::string_view content) {
  if (subscriptions.pco && !content.empty()) {
    notify(fmt::format("%XPCO: {},\"{}\"", base::trim(id), base::trim(content)));
  }
}

// What the network tells with each connection: its own options, and how much may be sent.
void Nrf91::announce_connection_terms(int cid) {
  const NetworkPolicy& policy = registration.status().cell->network->policy;
  std::string_view pco(policy.pco);
  std::size_t comma = std::min(pco.find(','), pco.size());
  announce_pco(pco.substr(0, comma), pco.substr(std::min(comma + 1, pco.size())));
  if (policy.uplink_limit != 0) {
    announce_rate_control(cid);
  }
}

void Nrf91::announce_rate_control(int cid) {
  constexpr int additional_reports = 0;
  if (subscriptions.cgerep && profile.at_least(1, 3)) {
    const NetworkPolicy& policy = registration.status().cell->network->policy;
    notify(fmt::format("+CGEV: APNRATECTRL CFG {},{},{},{}", cid, additional_reports,
                       policy.uplink_limit == 0 ? 0 : time_unit(policy.uplink_period), policy.uplink_limit));
  }
}

std::optional<int> Nrf91::uplink_messages_left() const {
  const Cell* cell = registration.status().cell;
  if (cell == nullptr || cell->network->policy.uplink_limit == 0) {
    return std::nullopt;
  }
  const NetworkPolicy& policy = cell->network->policy;
  bool old =
      clock.now() - volatile_.rate_control.since >= period_duration(options.timing, policy.uplink_period);
  return policy.uplink_limit - (old ? 0 : volatile_.rate_control.sent);
}

void Nrf91::count_uplink_message(int cid) {
  auto left = uplink_messages_left();
  if (!left) {
    return;
  }
  const NetworkPolicy& policy = registration.status().cell->network->policy;
  if (*left == policy.uplink_limit) {
    volatile_.rate_control = {clock.now(), 0, {}};
  }
  ++volatile_.rate_control.sent;
  bool heard = subscriptions.cgerep && profile.at_least(1, 3);
  if (volatile_.rate_control.sent != policy.uplink_limit || !heard) {
    return;
  }
  base::Time end = volatile_.rate_control.since + period_duration(options.timing, policy.uplink_period);
  auto left_of_period = (end - clock.now()) * (options.timing.speed <= 0 ? 1.0 : options.timing.speed);
  notify(fmt::format("+CGEV: APNRATECTRL STAT {},1,{}", cid,
                     std::chrono::duration_cast<seconds>(left_of_period).count()));
  volatile_.rate_control.end = clock.call_at(end, [this, cid] {
    if (subscriptions.cgerep && contexts.active(cid)) {
      notify(fmt::format("+CGEV: APNRATECTRL STAT {},0", cid));
    }
  });
}

void Nrf91::announce_exception_data(bool allowed) {
  volatile_.exception_data = allowed;
  if (subscriptions.cgerep && profile.at_least(1, 3)) {
    notify(fmt::format("+CGEV: EXCE STATUS {:d}", allowed));
  }
}

// The profile that fits the technology in use; the first one if both do.
void Nrf91::announce_cellular_profile() {
  const auto& profiles = configuration.cellular_profiles;
  int technology = technology_mask(registration.status().cell->technology);
  const auto* fitting = std::find_if(profiles.begin(), profiles.end(), [technology](const auto& one) {
    return (one.technologies & technology) != 0;
  });
  if (fitting == profiles.end()) {
    return;
  }
  int id = static_cast<int>(fitting - profiles.begin());
  if (std::exchange(volatile_.active_profile, id) != id && subscriptions.cellular_profile) {
    notify(fmt::format("%CELLULARPRFL: {}", id));
  }
}

Nrf91::Outcome Nrf91::send_pco(int id, std::string_view content) {
  constexpr std::size_t most_bytes = 251;
  auto bytes = base::from_hex(content);
  if (id < least_pco || id > greatest_pco || !bytes || bytes->empty() || bytes->size() > most_bytes) {
    return refused("no protocol configuration options were sent",
                   fmt::format("{},{} cannot be sent", id, content),
                   "The id is 65280 to 65535, the content 1 to 251 bytes in hexadecimal digits.");
  }
  if (!registration.status().in_service() || contexts.active_count() == 0) {
    modem::Obstacle obstacle = down();
    return refused("no protocol configuration options were sent", "there is no connection: " + obstacle.why,
                   obstacle.advice);
  }
  registration.exchange_signalling();
  announce_pco(std::to_string(id), base::to_hex(*bytes));
  return changed(
      fmt::format("the network sent {} bytes of protocol configuration options {}", bytes->size(), id));
}

Nrf91::Outcome Nrf91::set_exception_data(bool allowed) {
  const RegistrationStatus& status = registration.status();
  if (!status.in_service()) {
    modem::Obstacle obstacle = out_of_service();
    return refused("exception reports were not changed", "the modem is not registered: " + obstacle.why,
                   obstacle.advice);
  }
  radio.network_of(*status.cell).policy.exception_data = allowed;
  if (volatile_.exception_data != allowed) {
    announce_exception_data(allowed);
  }
  return changed(
      fmt::format("{} {} exception reports", status.cell->plmn, allowed ? "allows" : "does not allow"));
}

Nrf91::Outcome Nrf91::set_rate_limit(int messages, seconds period) {
  constexpr int most_messages = 16777215;
  constexpr seconds longest = std::chrono::days(7);
  const RegistrationStatus& status = registration.status();
  if (messages < 0 || messages > most_messages || period < seconds(1) || period > longest) {
    return refused("the rate limit was not changed",
                   fmt::format("{} messages in {} s are out of range", messages, period.count()),
                   "0 (not limited) to 16777215 messages in a period of 1 s to 7 days.");
  }
  if (!status.in_service()) {
    modem::Obstacle obstacle = out_of_service();
    return refused("the rate limit was not changed", "the modem is not registered: " + obstacle.why,
                   obstacle.advice);
  }
  NetworkPolicy& policy = radio.network_of(*status.cell).policy;
  policy.uplink_limit = messages;
  policy.uplink_period = period;
  volatile_.rate_control = {};
  for (const PdnContext& context : contexts.all()) {
    if (context.active) {
      announce_rate_control(context.cid);
    }
  }
  return changed(messages == 0 ? fmt::format("{} limits uplink messages no longer", status.cell->plmn)
                               : fmt::format("{} lets {} uplink messages pass in {} s", status.cell->plmn,
                                             messages, period.count()));
}

}  // namespace attache::cellular
