#include "cellular/registration/radio_connection.hpp"

#include <algorithm>
#include <utility>

#include "cellular/timing.hpp"

namespace attache::cellular {

using std::chrono::milliseconds;

base::Duration RadioConnection::scaled(base::Duration nominal) const {
  return period_duration(timing_, nominal);
}

void RadioConnection::connect() {
  wake();
  change_.cancel();
  end_update_period();
  if (std::exchange(state_, State::connected) != State::connected) {
    owner_.connection_changed(true);
  }
}

void RadioConnection::keep(std::chrono::seconds inactivity, const IdleTimes& times) {
  inactivity_ = inactivity;
  times_ = times;
  traffic();
  change_ = clock_.call_after(scaled(inactivity_), [this] { inactive(); });
}

void RadioConnection::inactive() {
  base::Time end = last_traffic_ + scaled(inactivity_);
  if (clock_.now() < end) {
    change_ = clock_.call_at(end, [this] { inactive(); });
    return;
  }
  release();
}

void RadioConnection::release_after(base::Duration delay) {
  if (state_ == State::setting_up) {
    early_release_ = delay;
  } else if (connected()) {
    change_ = clock_.call_after(delay, [this] { release(); });
  }
}

void RadioConnection::release() {
  state_ = State::idle;
  idle_since_ = clock_.now();
  owner_.connection_changed(false);
  plan_update();
  if (times_.active_time) {
    change_ = clock_.call_after(scaled(*times_.active_time), [this] { enter_psm(); });
  } else if (times_.edrx_cycle > times_.paging_window) {
    begin_cycle();
  }
}

void RadioConnection::plan_update() {
  if (!times_.update_after) {
    return;
  }
  update_at_ = clock_.now() + scaled(*times_.update_after);
  SleepReports wanted = owner_.sleep_reports();
  update_told_ = wanted.updates && *times_.update_after >= wanted.update_threshold;
  if (update_told_) {
    owner_.update_soon(*times_.update_after);
  }
  update_ = clock_.call_at(*update_at_, [this] {
    end_update_period();
    owner_.update_due();
  });
  plan_update_warning();
}

void RadioConnection::end_update_period() {
  update_.cancel();
  update_warning_.cancel();
  update_at_.reset();
  if (std::exchange(update_told_, false)) {
    owner_.update_soon(milliseconds(0));
  }
}

void RadioConnection::plan_update_warning() {
  SleepReports wanted = owner_.sleep_reports();
  update_warning_.cancel();
  if (!wanted.updates || !update_at_ || *times_.update_after < wanted.update_threshold) {
    return;
  }
  base::Time at = *update_at_ - scaled(wanted.update_warning);
  if (at >= clock_.now()) {
    update_warning_ = clock_.call_at(at, [this, left = wanted.update_warning] { owner_.update_soon(left); });
  }
}

std::optional<base::Duration> RadioConnection::until_update() const {
  return update_at_ ? std::optional(*update_at_ - clock_.now()) : std::nullopt;
}

void RadioConnection::report_sleep(SleepType type, milliseconds length) {
  reported_ = type;
  owner_.asleep(type, length);
  SleepReports wanted = owner_.sleep_reports();
  if (!wanted.sleeps || wanted.sleep_warning <= milliseconds(0) || length < wanted.sleep_threshold ||
      length <= wanted.sleep_warning) {
    return;
  }
  warning_ = clock_.call_after(scaled(length - wanted.sleep_warning),
                               [this, type, left = wanted.sleep_warning] { owner_.asleep(type, left); });
}

void RadioConnection::enter_psm() {
  state_ = State::psm;
  SleepType type = times_.proprietary ? SleepType::proprietary_psm : SleepType::psm;
  std::optional<milliseconds> length;
  if (times_.update_after) {
    length = *times_.update_after - *times_.active_time;
  }
  if (length) {
    report_sleep(type, std::max(*length, milliseconds(1)));
  } else {
    reported_ = type;
    owner_.asleep(type, std::nullopt);
  }
}

// One cycle of eDRX: asleep first, then awake for the paging window.
void RadioConnection::begin_cycle() {
  state_ = State::between_windows;
  milliseconds length = times_.edrx_cycle - times_.paging_window;
  report_sleep(SleepType::rf_inactivity, length);
  change_ = clock_.call_after(scaled(length), [this] {
    end_sleep();
    state_ = State::idle;
    change_ = clock_.call_after(scaled(times_.paging_window), [this] { begin_cycle(); });
    owner_.paging_window_opened();
  });
}

void RadioConnection::end_sleep() {
  warning_.cancel();
  if (reported_) {
    owner_.asleep(*std::exchange(reported_, std::nullopt), milliseconds(0));
  }
}

void RadioConnection::wake() {
  end_sleep();
  if (state_ == State::psm || state_ == State::between_windows) {
    state_ = State::idle;
  }
}

bool RadioConnection::needs_set_up() const {
  return state_ != State::connected && state_ != State::setting_up;
}

void RadioConnection::set_up(base::Duration wait) {
  wake();
  state_ = State::setting_up;
  connected_at_ = clock_.now() + wait;
  change_ = clock_.call_at(connected_at_, [this] {
    connect();
    keep(inactivity_, times_);
    if (auto early = std::exchange(early_release_, std::nullopt)) {
      release_after(*early);
    }
  });
}

base::Duration RadioConnection::until_connected() const {
  return state_ == State::setting_up ? connected_at_ - clock_.now() : base::Duration::zero();
}

std::optional<base::Duration> RadioConnection::until_paging() const {
  switch (state_) {
    case State::none:
    case State::psm:
      return std::nullopt;
    case State::between_windows: {
      base::Duration cycle = scaled(times_.edrx_cycle);
      base::Duration into = (clock_.now() - idle_since_) % cycle;
      base::Duration asleep = scaled(times_.edrx_cycle - times_.paging_window);
      return into < asleep ? asleep - into : base::Duration::zero();
    }
    case State::setting_up:
    case State::connected:
    case State::idle:
      break;
  }
  return base::Duration::zero();
}

void RadioConnection::drop(bool tell) {
  change_.cancel();
  update_.cancel();
  warning_.cancel();
  update_warning_.cancel();
  update_at_.reset();
  update_told_ = false;
  early_release_.reset();
  last_traffic_ = {};
  if (tell) {
    end_sleep();
  }
  reported_.reset();
  bool was_connected = std::exchange(state_, State::none) == State::connected;
  if (was_connected && tell) {
    owner_.connection_changed(false);
  }
}

void RadioConnection::reports_changed() {
  plan_update_warning();
}

}  // namespace attache::cellular
