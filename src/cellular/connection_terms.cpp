#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <utility>

#include "base/text.hpp"
#include "cellular/announcements.hpp"
#include "cellular/nrf91.hpp"

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

}  // namespace

void Announcements::announce_pco(std::string_view id, std::string_view content) {
  if (modem_.subscriptions.pco && !content.empty()) {
    notify(fmt::format("%XPCO: {},\"{}\"", base::trim(id), base::trim(content)));
  }
}

// What the network tells with each connection: its own options, and how much may be sent.
void Announcements::announce_connection_terms(int cid) {
  const NetworkPolicy& policy = modem_.registration.status().cell->network->policy;
  std::string_view pco(policy.pco);
  std::size_t comma = std::min(pco.find(','), pco.size());
  announce_pco(pco.substr(0, comma), pco.substr(std::min(comma + 1, pco.size())));
  if (policy.uplink_limit != 0) {
    announce_rate_control(cid);
  }
}

void Announcements::announce_rate_control(int cid) {
  constexpr int additional_reports = 0;
  if (modem_.subscriptions.cgerep && modem_.profile.at_least(1, 3)) {
    const NetworkPolicy& policy = modem_.registration.status().cell->network->policy;
    notify(fmt::format("+CGEV: APNRATECTRL CFG {},{},{},{}", cid, additional_reports,
                       policy.uplink_limit == 0 ? 0 : time_unit(policy.uplink_period), policy.uplink_limit));
  }
}

void Announcements::announce_exception_data(bool allowed) {
  state_.exception_data = allowed;
  if (modem_.subscriptions.cgerep && modem_.profile.at_least(1, 3)) {
    notify(fmt::format("+CGEV: EXCE STATUS {:d}", allowed));
  }
}

// The profile that fits the technology in use; the first one if both do.
void Announcements::announce_cellular_profile() {
  const auto& profiles = modem_.configuration.cellular_profiles;
  int technology = technology_mask(modem_.registration.status().cell->technology);
  const auto* fitting = std::find_if(profiles.begin(), profiles.end(), [technology](const auto& one) {
    return (one.technologies & technology) != 0;
  });
  if (fitting == profiles.end()) {
    return;
  }
  int id = static_cast<int>(fitting - profiles.begin());
  if (std::exchange(state_.active_profile, id) != id && modem_.subscriptions.cellular_profile) {
    notify(fmt::format("%CELLULARPRFL: {}", id));
  }
}

}  // namespace attache::cellular
