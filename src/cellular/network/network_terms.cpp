#include <fmt/format.h>

#include <chrono>

#include "base/text.hpp"
#include "cellular/network/network_outcome.hpp"
#include "cellular/network/network_steering.hpp"
#include "cellular/nrf91.hpp"

namespace attache::cellular {

namespace {

using std::chrono::seconds;

// Operators have the identifiers FF00h to FFFFh for themselves.
constexpr int least_pco = 0xFF00;
constexpr int greatest_pco = 0xFFFF;

}  // namespace

NetworkControl::Outcome NetworkSteering::send_pco(int id, std::string_view content) {
  constexpr std::size_t most_bytes = 251;
  auto bytes = base::from_hex(content);
  if (id < least_pco || id > greatest_pco || !bytes || bytes->empty() || bytes->size() > most_bytes) {
    return refused("no protocol configuration options were sent",
                   fmt::format("{},{} cannot be sent", id, content),
                   "The id is 65280 to 65535, the content 1 to 251 bytes in hexadecimal digits.");
  }
  if (!modem_.registration.status().in_service() || modem_.contexts.active_count() == 0) {
    modem::Obstacle obstacle = modem_.obstacles.down();
    return refused("no protocol configuration options were sent", "there is no connection: " + obstacle.why,
                   obstacle.advice);
  }
  modem_.registration.exchange_signalling();
  modem_.announcements.announce_pco(std::to_string(id), base::to_hex(*bytes));
  return changed(
      fmt::format("the network sent {} bytes of protocol configuration options {}", bytes->size(), id));
}

NetworkControl::Outcome NetworkSteering::set_exception_data(bool allowed) {
  const RegistrationStatus& status = modem_.registration.status();
  if (!status.in_service()) {
    modem::Obstacle obstacle = modem_.obstacles.out_of_service();
    return refused("exception reports were not changed", "the modem is not registered: " + obstacle.why,
                   obstacle.advice);
  }
  modem_.radio.network_of(*status.cell).policy.exception_data = allowed;
  if (modem_.announcements.exception_data() != allowed) {
    modem_.announcements.announce_exception_data(allowed);
  }
  return changed(
      fmt::format("{} {} exception reports", status.cell->plmn, allowed ? "allows" : "does not allow"));
}

NetworkControl::Outcome NetworkSteering::set_rate_limit(int messages, seconds period) {
  constexpr int most_messages = 16777215;
  constexpr seconds longest = std::chrono::days(7);
  const RegistrationStatus& status = modem_.registration.status();
  if (messages < 0 || messages > most_messages || period < seconds(1) || period > longest) {
    return refused("the rate limit was not changed",
                   fmt::format("{} messages in {} s are out of range", messages, period.count()),
                   "0 (not limited) to 16777215 messages in a period of 1 s to 7 days.");
  }
  if (!status.in_service()) {
    modem::Obstacle obstacle = modem_.obstacles.out_of_service();
    return refused("the rate limit was not changed", "the modem is not registered: " + obstacle.why,
                   obstacle.advice);
  }
  NetworkPolicy& policy = modem_.radio.network_of(*status.cell).policy;
  policy.uplink_limit = messages;
  policy.uplink_period = period;
  modem_.traffic.restart_rate_control();
  for (const PdnContext& context : modem_.contexts.all()) {
    if (context.active) {
      modem_.announcements.announce_rate_control(context.cid);
    }
  }
  return changed(messages == 0 ? fmt::format("{} limits uplink messages no longer", status.cell->plmn)
                               : fmt::format("{} lets {} uplink messages pass in {} s", status.cell->plmn,
                                             messages, period.count()));
}

}  // namespace attache::cellular
