#include <algorithm>
#include <utility>

#include "cellular/gprs_timer.hpp"
#include "cellular/registration.hpp"
#include "cellular/timing.hpp"

namespace attache::cellular {

namespace {

using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;

constexpr milliseconds radio_link_failure(2000);
constexpr Span lte_m_set_up{milliseconds(200), milliseconds(600)};
constexpr Span nb_iot_set_up{milliseconds(500), milliseconds(3000)};
constexpr milliseconds update_exchange(300);
constexpr Span early_release{milliseconds(50), milliseconds(500)};
constexpr minutes implicit_detach_after_update(4);  // 3GPP 24.301 5.3.5: T3412 + 4 min.
constexpr minutes home_search_period(60);
constexpr double reselection_hysteresis_db = 4;
constexpr double relaxed_mobility_db = 6;  // s-SearchDeltaP of 3GPP 36.304 5.2.4.12.

}  // namespace

// Measures only while the modem listens and something can have changed.
void Registration::plan_measurement() {
  bool listens = phase_ == Phase::registered || phase_ == Phase::camped;
  auto again = around_.radio.measure_again();
  if (!listens || !again || connection_.in_psm()) {
    measurement_.cancel();
    return;
  }
  measurement_ = around_.clock.call_after(*again, [this] { measure(); });
}

void Registration::radio_changed() {
  switch (phase_) {
    case Phase::registered:
      if (connection_.in_psm()) {
        return;  // The modem does not listen before it wakes.
      }
      [[fallthrough]];
    case Phase::camped:
      measurement_ = around_.clock.call_after(step_duration(around_.options.timing, radio_link_failure),
                                              [this] { measure(); });
      break;
    case Phase::denied:
      if (!barred_cells_.empty() && selectable_cell() != nullptr) {
        search();
      }
      break;
    case Phase::no_service:
      if (status_.cell != nullptr && !around_.radio.heard(*status_.cell)) {
        set_status(status_.stat, nullptr);
      }
      break;
    case Phase::off:
    case Phase::no_uicc:
    case Phase::searching:
    case Phase::attaching:
    case Phase::detached:
      break;
  }
}

void Registration::measure() {
  if (phase_ != Phase::registered && phase_ != Phase::camped) {
    return;
  }
  auto asleep = connection_.until_paging();
  if (phase_ == Phase::registered && (!asleep || *asleep > base::Duration::zero())) {
    return;  // Asleep: measured at the end of it.
  }
  const Cell& serving = *status_.cell;
  const Cell* better = better_cell();
  if (better != nullptr) {
    change_cell(*better);
  } else if (!around_.radio.heard(serving) || !may_use(serving)) {
    lose_coverage();
    return;
  }
  around_.listener.signal_changed();
  const Cell& cell = *status_.cell;
  int level = coverage_level(cell.technology, around_.radio.signal(cell));
  if (std::exchange(link_level_, level) != level) {
    around_.listener.link_changed();
  }
  plan_measurement();
}

// Another cell of the same network (camped without a registration: of any) that is clearly stronger, or the
// strongest one if the present one is gone.
const Cell* Registration::better_cell() {
  const Cell& serving = *status_.cell;
  bool gone = !around_.radio.heard(serving) || !may_use(serving);
  if (!gone && mobility_relaxed(around_.radio.signal(serving).rsrp_dbm)) {
    return nullptr;
  }
  double least = gone ? -1000 : around_.radio.signal(serving).rsrp_dbm + reselection_hysteresis_db;
  const Cell* best = nullptr;
  for (const Cell& cell : around_.radio.cells()) {
    bool same_network = cell.plmn == serving.plmn && cell.technology == serving.technology;
    if (&cell == &serving || !same_network || !may_use(cell) || !around_.radio.heard(cell)) {
      continue;
    }
    double level = around_.radio.signal(cell).rsrp_dbm;
    if (level > least) {
      best = &cell;
      least = level;
    }
  }
  return best;
}

// %REDMOB=1: neighbours are not looked at before the serving cell has become clearly weaker.
bool Registration::mobility_relaxed(double level_dbm) {
  constexpr int reduced = 1;
  reference_level_ = std::max(reference_level_, level_dbm);
  bool relaxed =
      around_.configuration.reduced_mobility == reduced && reference_level_ - level_dbm < relaxed_mobility_db;
  if (!relaxed) {
    reference_level_ = level_dbm;
  }
  return relaxed;
}

void Registration::change_cell(const Cell& cell) {
  status_.cell = &cell;
  reference_level_ = around_.radio.signal(cell).rsrp_dbm;
  around_.listener.registration_changed();
  if (phase_ == Phase::registered && tracking_area_ != cell.plmn + cell.tac) {
    update_tracking_area();
  }
  around_.listener.link_changed();
}

void Registration::lose_coverage() {
  lose_registration();
  search();
}

// The network holds the connections for a while.
void Registration::lose_registration() {
  const Cell* last = connection_.connected() ? status_.cell : nullptr;
  step_.cancel();
  auto left = connection_.until_update();
  connection_.drop(true);
  home_search_.cancel();
  information_.cancel();
  if (attached_) {
    base::Duration update = left.value_or(
        period_duration(around_.options.timing, idle_times().update_after.value_or(seconds(0))));
    implicit_detach_ = around_.clock.call_after(
        update + period_duration(around_.options.timing, implicit_detach_after_update),
        [this] { detach_implicitly(); });
  }
  set_status(2, last);
  around_.listener.signal_changed();
  around_.listener.link_changed();
}

// Nobody tells the modem: the network forgets it, and it knows by the timers.
void Registration::detach_implicitly() {
  attached_ = false;
  tracking_area_.clear();
  around_.listener.detached_by_network(false);
}

// Back in coverage with the contexts that the network still holds.
void Registration::resume(const Cell& cell) {
  if (cell.plmn != registered_plmn_) {
    detach_implicitly();
    phase_ = Phase::camped;
    set_status(2, &cell);
    camped();
    return;
  }
  implicit_detach_.cancel();
  empty_searches_ = 0;
  phase_ = Phase::registered;
  status_ = RegistrationStatus{};
  status_.cell = &cell;
  status_.stat = cell.network->roaming ? 5 : 1;
  negotiate_power_saving();
  around_.listener.search_status(2);
  around_.listener.registration_changed();
  around_.listener.signal_changed();
  around_.listener.link_changed();
  update_tracking_area();
  plan_measurement();
}

void Registration::update_tracking_area() {
  if (!around_.radio.heard(*status_.cell) || !may_use(*status_.cell)) {
    const Cell* other = better_cell();
    if (other == nullptr) {
      lose_coverage();
      return;
    }
    status_.cell = other;
    around_.listener.registration_changed();
  }
  const Cell& cell = *status_.cell;
  tracking_area_ = cell.plmn + cell.tac;
  connection_.connect();
  if (auto cause = std::exchange(next_update_reject_, std::nullopt)) {
    reject_update(*cause);
    return;
  }
  std::string previous = status_.active_time + status_.periodic_tau;
  negotiate_power_saving();
  if (previous != status_.active_time + status_.periodic_tau) {
    around_.listener.registration_changed();
  }
  negotiate_edrx();
  connection_.keep(cell.network->policy.rrc_inactivity, idle_times());
  plan_measurement();
}

void Registration::update_power_saving() {
  if (phase_ == Phase::registered) {
    step_ = around_.clock.call_after(step_duration(around_.options.timing, update_exchange),
                                     [this] { update_tracking_area(); });
  }
}

// A roaming modem looks for its home network from time to time while it is idle.
void Registration::look_for_home() {
  if (phase_ != Phase::registered || !around_.configuration.selected_plmn.empty()) {
    return;
  }
  const auto& cells = around_.radio.cells();
  bool home_heard = std::any_of(cells.begin(), cells.end(), [this](const Cell& cell) {
    return !cell.network->roaming && may_use(cell) && around_.radio.heard(cell);
  });
  if (!home_heard || connection_.connected()) {
    home_search_ = around_.clock.call_after(period_duration(around_.options.timing, home_search_period),
                                            [this] { look_for_home(); });
    return;
  }
  around_.configuration.last_plmn.clear();
  leave_network(false);
  attach();
}

void Registration::leave_network(bool announced) {
  step_.cancel();
  information_.cancel();
  measurement_.cancel();
  home_search_.cancel();
  implicit_detach_.cancel();
  attached_ = false;
  names_known_ = false;
  edrx_.reset();
  tracking_area_.clear();
  around_.listener.detached_by_network(announced);
  connection_.drop(true);
}

void Registration::detach_by_network(std::optional<int> cause) {
  if (phase_ != Phase::registered) {
    return;
  }
  const Cell& cell = *status_.cell;
  leave_network(true);
  if (!cause) {
    set_status(2, &cell);
    phase_ = Phase::camped;
    camped();
    return;
  }
  phase_ = Phase::camped;
  reject(*cause);
}

void Registration::last_connection_gone() {
  if (phase_ == Phase::registered) {
    detach_by_network(std::nullopt);
  }
}

void Registration::connection_changed(bool connected) {
  around_.listener.rrc_changed(connected);
}

void Registration::asleep(SleepType type, std::optional<milliseconds> length) {
  if (type == SleepType::psm || type == SleepType::proprietary_psm) {
    bool woken = length == milliseconds(0);
    if (!woken) {
      measurement_.cancel();
    }
  }
  around_.listener.sleep_changed(type, length);
}

void Registration::update_due() {
  if (phase_ == Phase::registered) {
    update_tracking_area();
  }
}

void Registration::paging_window_opened() {
  if (around_.radio.measure_again()) {
    measure();
  }
  if (reachable()) {
    around_.listener.paged();
  }
}

bool Registration::reachable() const {
  return phase_ == Phase::registered && connection_.until_paging() == base::Duration::zero();
}

std::optional<base::Duration> Registration::carry_uplink() {
  if (phase_ != Phase::registered) {
    return std::nullopt;
  }
  const Cell& cell = *status_.cell;
  if (!around_.radio.heard(cell)) {
    // Now the modem finds out, if it has slept until now.
    step_ = around_.clock.call_after(base::Duration::zero(), [this] {
      if (phase_ == Phase::registered && !around_.radio.heard(*status_.cell)) {
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
  if (phase_ != Phase::registered || !around_.radio.heard(*status_.cell)) {
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
  if (phase_ == Phase::registered && status_.cell->network->policy.release_assistance) {
    connection_.release_after(around_.steps.draw(early_release));
  }
}

void Registration::exchange_signalling() {
  if (phase_ == Phase::registered) {
    connection_.connect();
    connection_.keep(status_.cell->network->policy.rrc_inactivity, idle_times());
    plan_measurement();
  }
}

}  // namespace attache::cellular
