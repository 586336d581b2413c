#include "cellular/registration/registration.hpp"

#include <algorithm>
#include <utility>

#include "cellular/network/step_times.hpp"

namespace attache::cellular {

namespace {

using std::chrono::milliseconds;

// Reference timings.md.
constexpr Span camp_to_attach{milliseconds(500), milliseconds(600)};
constexpr Span roaming_camp_to_attach{milliseconds(2000), milliseconds(3500)};

}  // namespace

std::optional<base::Duration> Registration::attach_blocked_for() const {
  base::Duration left = volatile_.attach_allowed_at.value_or(base::Time{}) - around_.clock.now();
  bool blocked = volatile_.attach_allowed_at && left > base::Duration::zero();
  return blocked ? std::optional(left) : std::nullopt;
}

void Registration::set_status(int stat, const Cell* cell, std::optional<int> cause) {
  volatile_.status = RegistrationStatus{};
  volatile_.status.stat = stat;
  volatile_.status.cell = cell;
  volatile_.status.reject_cause = cause;
  volatile_.status.lost = volatile_.lost;
  around_.listener.registration_changed();
}

// What +CEREG says while the modem searches.
int Registration::searching_stat() const {
  constexpr int searching = 2;
  return volatile_.lost ? around_.options.radio.lost_stat : searching;
}

void Registration::start(bool receive_only) {
  volatile_.receive_only = receive_only;
  volatile_.usim_invalid = false;
  attach();
}

void Registration::report_uicc_failure() {
  stop();
  volatile_.phase = Phase::no_uicc;
  set_status(RegistrationStatus::uicc_failure, nullptr);
}

void Registration::stop() {
  timer_.cancel();
  volatile_.information.cancel();
  volatile_.measurement.cancel();
  volatile_.implicit_detach.cancel();
  volatile_.home_search.cancel();
  connection_.drop(false);
  volatile_.phase = Phase::off;
  volatile_.status = RegistrationStatus{};
  volatile_.status.stat = 0;
  volatile_.edrx.reset();
  volatile_.attached = false;
  volatile_.names_known = false;
  volatile_.lost = false;
  volatile_.forced_search = false;
  search_.stop();
  volatile_.tracking_area.clear();
}

void Registration::cold_start() {
  connection_.drop(false);
  timer_.reset();
  selection_.reset();
  search_.reset();
  volatile_ = {};
}

void Registration::detach() {
  stop();
  volatile_.phase = Phase::detached;
}

void Registration::attach() {
  if (volatile_.usim_invalid) {
    return;
  }
  connection_.drop(true);
  volatile_.implicit_detach.cancel();
  if (volatile_.attached) {
    detach_implicitly();  // A search of another network gives up what the last one held.
  }
  selection_.allow_all();
  volatile_.lost = false;
  volatile_.attempts = 0;
  search_.forget_failures();
  search_.begin();
}

void Registration::begin_forced_search() {
  if (volatile_.phase == Phase::registered) {
    volatile_.forced_search = true;
    lose_registration();
    volatile_.phase = Phase::searching;
  }
}

void Registration::end_forced_search() {
  if (std::exchange(volatile_.forced_search, false)) {
    search_.conclude_light_search();
  }
}

void Registration::search_now() {
  if (volatile_.phase == Phase::no_service) {
    search_.begin_now();
  }
}

void Registration::search_began() {
  volatile_.phase = Phase::searching;
  volatile_.measurement.cancel();
}

void Registration::light_search_failed(bool cell_there) {
  if (!cell_there && volatile_.status.stat != searching_stat()) {
    set_status(searching_stat(), nullptr);
  }
  around_.listener.search_status(1);
}

// Only cells where the modem may not register, or none at all.
void Registration::nothing_found(base::Duration pause) {
  volatile_.phase = Phase::no_service;
  around_.listener.search_status(2);
  const Cell* cell = selection_.limited_cell();
  int stat = cell != nullptr ? 2 : std::max(searching_stat(), around_.options.radio.no_service_stat);
  if (volatile_.status.stat != stat || volatile_.status.cell != cell) {
    set_status(stat, cell);
    around_.listener.signal_changed();
  }
  around_.listener.sleep_changed(SleepType::limited_service, std::chrono::duration_cast<milliseconds>(pause));
}

void Registration::pause_ended() {
  around_.listener.sleep_changed(SleepType::limited_service, milliseconds(0));
}

void Registration::cell_found(const Cell& cell) {
  around_.listener.country_detected(cell);
  volatile_.reference_level = around_.radio.signal(cell).rsrp_dbm;
  if (volatile_.attached) {
    resume(cell);
    return;
  }
  volatile_.phase = Phase::camped;
  set_status(2, &cell);
  camped();
}

void Registration::camped() {
  around_.listener.signal_changed();
  plan_measurement();
  if (volatile_.receive_only) {
    return;
  }
  if (auto blocked = attach_blocked_for()) {
    around_.listener.attach_blocked();
    timer_.after(*blocked, [this] { begin_attach(); });
    return;
  }
  timer_.next(volatile_.status.cell->network->roaming ? roaming_camp_to_attach : camp_to_attach,
              [this] { begin_attach(); });
}

}  // namespace attache::cellular
