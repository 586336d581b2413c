#pragma once

#include <functional>
#include <optional>
#include <utility>

#include "base/clock.hpp"
#include "cellular/network/step_times.hpp"
#include "cellular/timing.hpp"

namespace attache::cellular {

/// The one step that the way to a registration waits for: a new one takes the place of the one before.
class StepTimer {
 public:
  using Step = std::function<void()>;

  /// All must outlive it.
  StepTimer(base::Clock& clock, StepTimes& times, const Timing& timing)
      : clock_(clock), times_(times), timing_(timing) {}

  /// A step of work that takes between the limits of the span.
  void next(const Span& span, Step step) { step_ = clock_.call_after(times_.draw(span), std::move(step)); }
  /// A step after exactly that time of the clock.
  void after(base::Duration time, Step step) { step_ = clock_.call_after(time, std::move(step)); }
  /// A step after a period or back-off.
  void after_period(base::Duration nominal, Step step) {
    next_try_ = clock_.now() + period_duration(timing_, nominal);
    step_ = clock_.call_at(next_try_, std::move(step));
  }
  /// The step that is waited for does not come.
  void cancel() { step_.cancel(); }

  /// What is left of the period that it waits for; nothing = it waits for none.
  [[nodiscard]] std::optional<base::Duration> left_of_period() const {
    base::Duration left = next_try_ - clock_.now();
    bool waits = step_.pending() && left > base::Duration::zero();
    return waits ? std::optional(left) : std::nullopt;
  }
  /// As after power-on.
  void reset() {
    cancel();
    next_try_ = {};
  }

 private:
  base::Clock& clock_;
  StepTimes& times_;
  const Timing& timing_;
  base::Time next_try_{};
  base::Alarm step_;
};

}  // namespace attache::cellular
