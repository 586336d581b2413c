#include <algorithm>
#include <utility>

#include "cellular/gprs_timer.hpp"
#include "cellular/registration/cause_names.hpp"
#include "cellular/registration/registration.hpp"
#include "cellular/timing.hpp"

namespace attache::cellular {

namespace {

using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;

constexpr milliseconds radio_link_failure(2000);
constexpr milliseconds update_exchange(300);
constexpr minutes implicit_detach_after_update(4);  // 3GPP 24.301 5.3.5: T3412 + 4 min.
constexpr double reselection_hysteresis_db = 4;
constexpr double relaxed_mobility_db = 6;  // s-SearchDeltaP of 3GPP 36.304 5.2.4.12.

}  // namespace

// Measures only while the modem listens and something can have changed.
void Registration::plan_measurement() {
  bool listens = volatile_.phase == Phase::registered || volatile_.phase == Phase::camped;
  auto again = around_.radio.measure_again();
  if (!listens || !again || connection_.in_psm()) {
    volatile_.measurement.cancel();
    return;
  }
  volatile_.measurement = around_.clock.call_after(*again, [this] { measure(); });
}

void Registration::radio_changed() {
  switch (volatile_.phase) {
    case Phase::registered:
      if (connection_.in_psm()) {
        return;  // The modem does not listen before it wakes.
      }
      [[fallthrough]];
    case Phase::camped:
      volatile_.measurement = around_.clock.call_after(
          step_duration(around_.options.timing, radio_link_failure), [this] { measure(); });
      break;
    case Phase::denied:
      if (selection_.has_barred() && selection_.selectable_cell() != nullptr) {
        search_.begin();
      }
      break;
    case Phase::no_service:
      if (volatile_.status.cell != nullptr && !around_.radio.heard(*volatile_.status.cell)) {
        set_status(volatile_.status.stat, nullptr);
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
  if (volatile_.phase != Phase::registered && volatile_.phase != Phase::camped) {
    return;
  }
  if (!volatile_.status.camped) {
    look_for_lost_cell();
    return;
  }
  auto asleep = connection_.until_paging();
  if (volatile_.phase == Phase::registered && (!asleep || *asleep > base::Duration::zero())) {
    return;  // Asleep: measured at the end of it.
  }
  const Cell& serving = *volatile_.status.cell;
  const Cell* better = better_cell();
  if (better != nullptr) {
    change_cell(*better);
  } else if (!around_.radio.heard(serving) || !selection_.may_use(serving)) {
    lose_coverage();
    return;
  }
  around_.listener.signal_changed();
  const Cell& cell = *volatile_.status.cell;
  int level = coverage_level(cell.technology, around_.radio.signal(cell));
  if (std::exchange(volatile_.link_level, level) != level) {
    around_.listener.link_changed();
  }
  plan_measurement();
}

// Another cell of the same network (camped without a registration: of any) that is clearly stronger, or the
// strongest one if the present one is gone.
const Cell* Registration::better_cell() {
  const Cell& serving = *volatile_.status.cell;
  bool gone = !around_.radio.heard(serving) || !selection_.may_use(serving);
  if (!gone && mobility_relaxed(around_.radio.signal(serving).rsrp_dbm)) {
    return nullptr;
  }
  double least = gone ? -1000 : around_.radio.signal(serving).rsrp_dbm + reselection_hysteresis_db;
  return selection_.neighbour_above(serving, least);
}

// %REDMOB=1: neighbours are not looked at before the serving cell has become clearly weaker.
bool Registration::mobility_relaxed(double level_dbm) {
  constexpr int reduced = 1;
  volatile_.reference_level = std::max(volatile_.reference_level, level_dbm);
  bool relaxed = around_.configuration.reduced_mobility == reduced &&
                 volatile_.reference_level - level_dbm < relaxed_mobility_db;
  if (!relaxed) {
    volatile_.reference_level = level_dbm;
  }
  return relaxed;
}

void Registration::change_cell(const Cell& cell) {
  volatile_.status.cell = &cell;
  volatile_.reference_level = around_.radio.signal(cell).rsrp_dbm;
  around_.listener.registration_changed();
  if (volatile_.phase == Phase::registered && volatile_.tracking_area != cell.plmn + cell.tac) {
    update_tracking_area();
  }
  around_.listener.link_changed();
}

void Registration::lose_coverage() {
  constexpr seconds at_once(0);
  if (volatile_.phase != Phase::registered || around_.options.radio.lost_time == at_once) {
    search_after_loss();
    return;
  }
  connection_.drop(true);
  volatile_.status.camped = false;
  around_.listener.registration_changed();
  around_.listener.signal_changed();
  around_.listener.link_changed();
  timer_.after_period(around_.options.radio.lost_time, [this] { search_after_loss(); });
  plan_measurement();
}

void Registration::search_after_loss() {
  volatile_.lost = volatile_.lost || volatile_.status.registered();
  lose_registration();
  search_.begin();
}

// Registered without a cell: takes the first one that can be heard again.
void Registration::look_for_lost_cell() {
  const Cell& last = *volatile_.status.cell;
  const Cell* found = around_.radio.heard(last) && selection_.may_use(last) ? &last : better_cell();
  if (found != nullptr) {
    timer_.cancel();
    resume(*found);
    return;
  }
  plan_measurement();
}

// The network holds the connections for a while.
void Registration::lose_registration() {
  const Cell* last = connection_.connected() ? volatile_.status.cell : nullptr;
  timer_.cancel();
  auto left = connection_.until_update();
  connection_.drop(true);
  volatile_.home_search.cancel();
  volatile_.information.cancel();
  if (volatile_.attached) {
    base::Duration update = left.value_or(
        period_duration(around_.options.timing, idle_times().update_after.value_or(seconds(0))));
    volatile_.implicit_detach = around_.clock.call_after(
        update + period_duration(around_.options.timing, implicit_detach_after_update),
        [this] { detach_implicitly(); });
  }
  set_status(searching_stat(), searching_stat() == 2 ? last : nullptr);
  around_.listener.signal_changed();
  around_.listener.link_changed();
}

// Nobody tells the modem: the network forgets it, and it knows by the timers.
void Registration::detach_implicitly() {
  volatile_.attached = false;
  volatile_.tracking_area.clear();
  around_.listener.detached_by_network(false);
}

// Back in coverage with the contexts that the network still holds.
void Registration::resume(const Cell& cell) {
  if (cell.plmn != volatile_.registered_plmn) {
    detach_implicitly();
    volatile_.phase = Phase::camped;
    set_status(2, &cell);
    camped();
    return;
  }
  volatile_.implicit_detach.cancel();
  search_.forget_failures();
  volatile_.phase = Phase::registered;
  volatile_.lost = false;
  volatile_.status = RegistrationStatus{};
  volatile_.status.cell = &cell;
  volatile_.status.stat = cell.network->roaming ? 5 : 1;
  negotiate_power_saving();
  around_.listener.search_status(2);
  around_.listener.registration_changed();
  around_.listener.signal_changed();
  around_.listener.link_changed();
  update_tracking_area();
  plan_measurement();
}

void Registration::update_tracking_area() {
  if (!around_.radio.heard(*volatile_.status.cell) || !selection_.may_use(*volatile_.status.cell)) {
    const Cell* other = better_cell();
    if (other == nullptr) {
      lose_coverage();
      return;
    }
    volatile_.status.cell = other;
    around_.listener.registration_changed();
  }
  const Cell& cell = *volatile_.status.cell;
  volatile_.tracking_area = cell.plmn + cell.tac;
  connection_.connect();
  if (auto cause = std::exchange(next_update_reject_, std::nullopt)) {
    reject_update(*cause);
    return;
  }
  std::string previous = volatile_.status.active_time + volatile_.status.periodic_tau;
  negotiate_power_saving();
  if (previous != volatile_.status.active_time + volatile_.status.periodic_tau) {
    around_.listener.registration_changed();
  }
  negotiate_edrx();
  connection_.keep(cell.network->policy.rrc_inactivity, idle_times());
  plan_measurement();
}

void Registration::update_power_saving() {
  if (volatile_.phase == Phase::registered && volatile_.status.camped) {
    timer_.after(step_duration(around_.options.timing, update_exchange), [this] { update_tracking_area(); });
  }
}

// A roaming modem looks for its home network from time to time while it is idle.
void Registration::look_for_home() {
  if (volatile_.phase != Phase::registered || !around_.configuration.selected_plmn.empty()) {
    return;
  }
  if (!selection_.hears_home() || connection_.connected()) {
    volatile_.home_search = around_.clock.call_after(
        period_duration(around_.options.timing, home_search_period), [this] { look_for_home(); });
    return;
  }
  around_.configuration.last_plmn.clear();
  leave_network(false);
  attach();
}

// Not announced yet: who asks while the connections end is answered with what becomes of the modem.
void Registration::expect_refusal(std::optional<int> cause) {
  bool denied = cause && is_final(*cause);
  volatile_.phase = denied ? Phase::denied : Phase::camped;
  volatile_.status.stat = denied ? 3 : 2;
  volatile_.status.reject_cause = cause;
}

void Registration::leave_network(bool announced) {
  timer_.cancel();
  volatile_.information.cancel();
  volatile_.measurement.cancel();
  volatile_.home_search.cancel();
  volatile_.implicit_detach.cancel();
  volatile_.attached = false;
  volatile_.names_known = false;
  volatile_.edrx.reset();
  volatile_.tracking_area.clear();
  around_.listener.detached_by_network(announced);
  connection_.drop(true);
}

void Registration::detach_by_network(std::optional<int> cause) {
  if (volatile_.phase != Phase::registered) {
    return;
  }
  const Cell& cell = *volatile_.status.cell;
  expect_refusal(cause);
  leave_network(true);
  if (!cause) {
    set_status(2, &cell);
    camped();
    return;
  }
  reject(*cause);
}

void Registration::last_connection_gone() {
  if (volatile_.phase == Phase::registered) {
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
      volatile_.measurement.cancel();
    }
  }
  around_.listener.sleep_changed(type, length);
}

void Registration::update_due() {
  if (volatile_.phase == Phase::registered) {
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
  return volatile_.phase == Phase::registered && volatile_.status.camped &&
         connection_.until_paging() == base::Duration::zero();
}

}  // namespace attache::cellular
