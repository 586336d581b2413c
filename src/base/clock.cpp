#include "base/clock.hpp"

#include <algorithm>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <map>
#include <optional>
#include <utility>

#include "base/fault.hpp"
#include "base/waiter.hpp"

namespace attache::base {

/// The pending calls of a clock in order of time, then of asking.
class AlarmQueue {
 public:
  /// A call and where it was asked for.
  struct Call {
    std::function<void()> function;
    boost::source_location place;

    void make() const {
      try {
        function();
      } catch (...) {
        throw_fault(place);
      }
    }
  };

  std::uint64_t add(Time time, Call call) {
    std::uint64_t id = ++last_id_;
    calls_.emplace(Key{time, id}, std::move(call));
    times_.emplace(id, time);
    return id;
  }

  void cancel(std::uint64_t id) {
    auto found = times_.find(id);
    if (found != times_.end()) {
      calls_.erase(Key{found->second, id});
      times_.erase(found);
    }
  }

  /// What goes with a call may cancel others.
  void clear() {
    times_.clear();
    auto dropped = std::exchange(calls_, {});
  }

  [[nodiscard]] bool contains(std::uint64_t id) const { return times_.contains(id); }
  [[nodiscard]] bool empty() const { return calls_.empty(); }
  [[nodiscard]] Time earliest() const { return calls_.begin()->first.first; }
  /// The earliest time of a call that is later than `now`.
  [[nodiscard]] std::optional<Time> earliest_after(Time now) const {
    auto later = calls_.upper_bound(Key{now, UINT64_MAX});
    return later == calls_.end() ? std::nullopt : std::optional(later->first.first);
  }
  [[nodiscard]] std::uint64_t last_id() const { return last_id_; }

  /// Takes the first call out if it is due and was asked for by `last`.
  std::optional<Call> take_due(Time now, std::uint64_t last = UINT64_MAX) {
    if (calls_.empty() || earliest() > now || calls_.begin()->first.second > last) {
      return std::nullopt;
    }
    auto first = calls_.begin();
    Call call = std::move(first->second);
    times_.erase(first->first.second);
    calls_.erase(first);
    return call;
  }

 private:
  using Key = std::pair<Time, std::uint64_t>;
  std::map<Key, Call> calls_;
  std::map<std::uint64_t, Time> times_;
  std::uint64_t last_id_ = 0;
};

Alarm::Alarm(Alarm&& other) noexcept
    : queue_(std::exchange(other.queue_, {})), id_(std::exchange(other.id_, 0)) {}

Alarm& Alarm::operator=(Alarm&& other) noexcept {
  if (this != &other) {
    cancel();
    queue_ = std::exchange(other.queue_, {});
    id_ = std::exchange(other.id_, 0);
  }
  return *this;
}

Alarm::~Alarm() {
  cancel();
}

void Alarm::cancel() {
  if (auto queue = queue_.lock()) {
    queue->cancel(id_);
  }
  queue_.reset();
}

bool Alarm::pending() const {
  auto queue = queue_.lock();
  return queue && queue->contains(id_);
}

Clock::Clock(asio::io_context& context) : context_(context), queue_(std::make_shared<AlarmQueue>()) {}
Clock::~Clock() = default;

Alarm Clock::call_at(Time time, std::function<void()> call, const boost::source_location& place) {
  bool is_earliest = queue_->empty() || time < queue_->earliest();
  std::uint64_t id = queue_->add(time, {std::move(call), place});
  if (is_earliest) {
    earliest_moved(time);
  }
  return Alarm(queue_, id);
}

Alarm Clock::call_after(Duration delay, std::function<void()> call, const boost::source_location& place) {
  return call_at(now() + delay, std::move(call), place);
}

void Clock::drop_calls() {
  queue_->clear();
}

asio::awaitable<void> Clock::sleep_until(Time time) {
  Alarm alarm;
  co_await suspend([&, time](std::shared_ptr<Waiter> waiter) {
    alarm = call_at(time, [waiter = std::move(waiter)] { waiter->resume(); });
  });
}

asio::awaitable<void> Clock::sleep_for(Duration duration) {
  return sleep_until(now() + duration);
}

struct RealClock::Driver {
  explicit Driver(asio::io_context& context) : timer(context) {}
  asio::steady_timer timer;
  Time armed = Time::max();
  bool due_calls_posted = false;
};

RealClock::RealClock(asio::io_context& context)
    : Clock(context), driver_(std::make_shared<Driver>(context)) {}
RealClock::~RealClock() = default;

Time RealClock::now() const {
  return std::chrono::steady_clock::now();
}
WallTime RealClock::wall_now() const {
  return std::chrono::system_clock::now();
}

// An armed timer that is early enough stays: a wake-up for a cancelled alarm costs less than arming again.
// What is due already needs none: to set one takes a virtual machine as long as a whole command.
void RealClock::earliest_moved(Time earliest) {
  if (driver_->due_calls_posted || earliest >= driver_->armed) {
    return;
  }
  std::weak_ptr<Driver> weak = driver_;
  if (earliest <= now()) {
    driver_->due_calls_posted = true;
    asio::post(context(), [this, weak] {
      if (!weak.expired()) {
        driver_->due_calls_posted = false;
        fire();
      }
    });
    return;
  }
  driver_->armed = earliest;
  driver_->timer.expires_at(earliest);
  driver_->timer.async_wait([this, weak](boost::system::error_code error) {
    if (!error && !weak.expired()) {
      driver_->armed = Time::max();
      fire();
    }
  });
}

void RealClock::fire() {
  // Only what is due now: an alarm set by a call of this round waits for the next turn of the loop.
  Time due = now();
  auto keep_alive = driver_;
  try {
    while (auto call = queue().take_due(due)) {
      call->make();
      if (keep_alive.use_count() == 1) {
        return;  // The call destroyed this clock.
      }
    }
  } catch (...) {
    if (keep_alive.use_count() > 1) {
      arm_for_earliest();
    }
    throw;
  }
  arm_for_earliest();
}

void RealClock::arm_for_earliest() {
  if (!queue().empty()) {
    earliest_moved(queue().earliest());
  }
}

ManualClock::ManualClock(asio::io_context& context, WallTime wall) : Clock(context), wall_(wall) {}

void ManualClock::earliest_moved(Time earliest) {
  if (earliest <= now_ && !std::exchange(due_calls_posted_, true)) {
    asio::post(context(), [this, alive = std::weak_ptr<bool>(alive_)] {
      if (!alive.expired()) {
        due_calls_posted_ = false;
        make_due_calls();
      }
    });
  }
}

// One round: a call that is asked for by a call of this round waits for the next turn of the loop.
void ManualClock::make_due_calls() {
  auto post_the_rest = [this] {
    if (!queue().empty()) {
      earliest_moved(queue().earliest());
    }
  };
  std::uint64_t last = queue().last_id();
  try {
    while (auto call = queue().take_due(now_, last)) {
      call->make();
    }
  } catch (...) {
    post_the_rest();
    throw;
  }
  post_the_rest();
}

void ManualClock::move_to(Time time) {
  wall_ += std::chrono::duration_cast<WallTime::duration>(time - now_);
  now_ = time;
}

// Keeps the loop from ending for lack of work while advance() runs it. What a handler posts, Asio counts as
// work when the handler ends; what advance(), called by that handler, has run by then is off the count
// already. So the loop is lent one for each handler that is run, until the calling handler has ended.
class ManualClock::LentWork {
 public:
  explicit LentWork(asio::io_context& context) : executor_(context.get_executor()) { lend(); }
  LentWork(const LentWork&) = delete;
  LentWork& operator=(const LentWork&) = delete;
  ~LentWork() {
    auto take_back = [executor = executor_, lent = lent_] {
      for (std::size_t i = 0; i < lent; ++i) {
        executor.on_work_finished();
      }
    };
    if (within_handler_) {
      asio::post(executor_, take_back);
    } else {
      take_back();
    }
  }

  void before_handler() {
    if (within_handler_) {
      lend();
    }
  }

 private:
  void lend() {
    executor_.on_work_started();
    ++lent_;
  }

  asio::io_context::executor_type executor_;
  bool within_handler_ = executor_.running_in_this_thread();
  std::size_t lent_ = 0;
};

bool ManualClock::advance(Duration duration) {
  LentWork work(context());  // Now only a stop() stops the loop.
  context().restart();
  Time end = now_ + duration;
  bool always_dry = run_dry_before(std::chrono::steady_clock::now() + longest_busy, work);
  always_dry = make_due_calls_in_turn(always_dry ? longest_busy : Duration::zero(), work) && always_dry;
  auto next = queue().earliest_after(now_);
  while (!context().stopped() && next && *next <= end) {
    move_to(*next);
    always_dry = make_due_calls_in_turn(always_dry ? longest_busy : Duration::zero(), work) && always_dry;
    next = queue().earliest_after(now_);
  }
  if (!context().stopped()) {
    move_to(std::max(now_, end));  // A call may have moved it further.
  }
  return always_dry;
}

// Runs the loop dry behind each call. Once that has taken longer than the limit, only the calls are made that
// are there by then.
bool ManualClock::make_due_calls_in_turn(Duration limit, LentWork& work) {
  auto deadline = std::chrono::steady_clock::now() + limit;
  std::optional<std::uint64_t> last;
  while (!context().stopped()) {
    auto call = queue().take_due(now_, last.value_or(UINT64_MAX));
    if (!call) {
      break;
    }
    call->make();
    if (!run_dry_before(deadline, work) && !last) {
      last = queue().last_id();
    }
  }
  return !last;
}

bool ManualClock::run_dry_before(std::chrono::steady_clock::time_point deadline, LentWork& work) {
  std::size_t handlers = 0;
  for (work.before_handler(); context().poll_one() > 0; work.before_handler()) {
    if (++handlers % fair_share == 0 && std::chrono::steady_clock::now() >= deadline) {
      return false;
    }
  }
  return true;
}

}  // namespace attache::base
