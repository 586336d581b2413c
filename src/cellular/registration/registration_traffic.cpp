#include "cellular/registration/registration.hpp"

namespace attache::cellular {

namespace {

constexpr Span lte_m_set_up{std::chrono::milliseconds(200), std::chrono::milliseconds(600)};
constexpr Span nb_iot_set_up{std::chrono::milliseconds(500), std::chrono::milliseconds(3000)};
constexpr Span early_release{std::chrono::milliseconds(50), std::chrono::milliseconds(500)};

}  // namespace

std::optional<base::Duration> Registration::carry_uplink() {
  if (volatile_.phase != Phase::registered || !volatile_.status.camped) {
    return std::nullopt;
  }
  const Cell& cell = *volatile_.status.cell;
  if (!around_.radio.heard(cell)) {
    // Now the modem finds out, if it has slept until now.
    timer_.after(base::Duration::zero(), [this] {
      if (volatile_.phase == Phase::registered && !around_.radio.heard(*volatile_.status.cell)) {
        lose_coverage();
      }
    });
    return std::nullopt;
  }
  connection_.traffic();
  if (connection_.needs_set_up()) {
    bool lte_m = cell.technology == AccessTechnology::lte_m;
    connection_.set_up(around_.steps.draw(lte_m ? lte_m_set_up : nb_iot_set_up));
  }
  return connection_.until_connected();
}

std::optional<base::Duration> Registration::carry_downlink() {
  if (volatile_.phase != Phase::registered || !volatile_.status.camped ||
      !around_.radio.heard(*volatile_.status.cell)) {
    return std::nullopt;
  }
  auto paging = connection_.until_paging();
  if (!paging) {
    return std::nullopt;
  }
  if (*paging > base::Duration::zero()) {
    return paging;
  }
  return carry_uplink();
}

void Registration::release_early() {
  if (volatile_.phase == Phase::registered && volatile_.status.cell->network->policy.release_assistance) {
    connection_.release_after(around_.steps.draw(early_release));
  }
}

void Registration::exchange_signalling() {
  if (volatile_.phase == Phase::registered && volatile_.status.camped) {
    connection_.connect();
    connection_.keep(volatile_.status.cell->network->policy.rrc_inactivity, idle_times());
    plan_measurement();
  }
}

}  // namespace attache::cellular
