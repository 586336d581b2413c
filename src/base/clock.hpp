#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/assert/source_location.hpp>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>

namespace attache::base {

namespace asio = boost::asio;

using Duration = std::chrono::steady_clock::duration;
using Time = std::chrono::steady_clock::time_point;  ///< A point on a Clock; only differences mean anything.
using WallTime = std::chrono::system_clock::time_point;

class AlarmQueue;

/// A pending call of a Clock. Destroying or cancelling it takes the call back; it may outlive its clock.
class Alarm {
 public:
  Alarm() = default;
  Alarm(Alarm&& other) noexcept;
  Alarm& operator=(Alarm&& other) noexcept;
  Alarm(const Alarm&) = delete;
  Alarm& operator=(const Alarm&) = delete;
  ~Alarm();

  /// Takes the call back. Does nothing if it was made already.
  void cancel();
  /// True until the call is made or taken back.
  [[nodiscard]] bool pending() const;

 private:
  friend class Clock;
  Alarm(std::weak_ptr<AlarmQueue> queue, std::uint64_t id) : queue_(std::move(queue)), id_(id) {}

  std::weak_ptr<AlarmQueue> queue_;
  std::uint64_t id_ = 0;
};

/// The one source of time. Every timer of ours waits on a Clock; there is no other sleep in the program.
/// A clock belongs to one io_context and is used from its thread only.
class Clock {
 public:
  Clock(const Clock&) = delete;
  Clock& operator=(const Clock&) = delete;
  virtual ~Clock();

  /// Never goes back. All that is due by then need not have been called yet.
  [[nodiscard]] virtual Time now() const = 0;
  /// The date, for people and certificates: it may jump, so nothing waits by it.
  [[nodiscard]] virtual WallTime wall_now() const = 0;

  /// Calls `call` once at `time`, from the loop, never from within this function. Calls at the same time
  /// are made in the order they were asked for. What a call throws reaches the loop as a Fault with the place
  /// where it was asked for; the other calls are made all the same.
  [[nodiscard]] Alarm call_at(Time time, std::function<void()> call,
                              const boost::source_location& place = BOOST_CURRENT_LOCATION);
  /// The same `delay` from now; zero or less = in a next turn of the loop.
  [[nodiscard]] Alarm call_after(Duration delay, std::function<void()> call,
                                 const boost::source_location& place = BOOST_CURRENT_LOCATION);

  /// Drops all pending calls, and with them the coroutines that wait for one: while what they use is there.
  void drop_calls();

  /// Suspends the calling coroutine. Throws boost::system::system_error(operation_aborted) when cancelled.
  asio::awaitable<void> sleep_until(Time time);
  /// The same; the time counts from this call, not from when it is awaited.
  asio::awaitable<void> sleep_for(Duration duration);

  /// The loop from which calls are made; it outlives the clock.
  [[nodiscard]] asio::io_context& context() { return context_; }

 protected:
  explicit Clock(asio::io_context& context);

  /// The earliest alarm is now earlier than it was.
  virtual void earliest_moved(Time earliest) = 0;

  /// For the clocks themselves: they take out what is due.
  [[nodiscard]] AlarmQueue& queue() { return *queue_; }

 private:
  asio::io_context& context_;
  std::shared_ptr<AlarmQueue> queue_;
};

/// The machine's clock. One system timer serves all alarms, however many devices share the clock.
class RealClock final : public Clock {
 public:
  /// `context` must outlive it, as for every clock.
  explicit RealClock(asio::io_context& context);
  ~RealClock() override;

  [[nodiscard]] Time now() const override;
  [[nodiscard]] WallTime wall_now() const override;

 private:
  void earliest_moved(Time earliest) override;
  void fire();
  void arm_for_earliest();

  struct Driver;
  std::shared_ptr<Driver> driver_;
};

/// A clock that stands still until it is told to go on: for tests and replays. Starts at Time{}. Calls that
/// are due at once are made by the loop even while time stands still.
class ManualClock final : public Clock {
 public:
  /// `wall`: the date at Time{}; it moves with the time.
  explicit ManualClock(asio::io_context& context, WallTime wall = WallTime{});

  [[nodiscard]] Time now() const override { return now_; }
  [[nodiscard]] WallTime wall_now() const override { return wall_; }

  /// Runs the loop dry, then moves time to each alarm due within `duration` in turn, makes the call and
  /// runs the loop dry again; ends with now() = old now() + duration, or early if somebody stops the loop.
  /// A peer that always has more, or a call that asks for itself again at once, would keep the loop from
  /// running dry for ever: time moves on after longest_busy of real time, and at the times after that one as
  /// soon as each has had fair_share handlers and calls. Returns whether the loop ran dry at every time. May
  /// be called by a handler of the loop.
  bool advance(Duration duration);
  static constexpr Duration longest_busy = std::chrono::seconds(1);
  static constexpr std::size_t fair_share = 256;
  /// Runs the loop until nothing is ready, including alarms due now. Time does not move.
  void settle() { advance(Duration::zero()); }
  void set_wall(WallTime wall) { wall_ = wall; }

 private:
  void earliest_moved(Time earliest) override;
  class LentWork;

  void make_due_calls();
  bool make_due_calls_in_turn(Duration limit, LentWork& work);
  bool run_dry_before(std::chrono::steady_clock::time_point deadline, LentWork& work);
  void move_to(Time time);

  std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
  bool due_calls_posted_ = false;
  Time now_{};
  WallTime wall_;
};

}  // namespace attache::base
