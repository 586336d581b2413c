#include "base/clock.hpp"

#include <gtest/gtest.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <vector>

#include "base/event.hpp"

namespace attache::base {
namespace {

using namespace std::chrono_literals;

TEST(ManualClock, MakesCallsInOrderOfTimeThenOfAsking) {
  asio::io_context context;
  ManualClock clock(context);
  std::vector<int> calls;
  auto late = clock.call_after(2s, [&] { calls.push_back(3); });
  auto first = clock.call_after(1s, [&] { calls.push_back(1); });
  auto second = clock.call_after(1s, [&] { calls.push_back(2); });
  clock.advance(1s);
  EXPECT_EQ(calls, (std::vector{1, 2}));
  clock.advance(1s);
  EXPECT_EQ(calls, (std::vector{1, 2, 3}));
}

TEST(ManualClock, MovesWallTimeWithIt) {
  asio::io_context context;
  ManualClock clock(context, WallTime(100s));
  clock.advance(5s);
  EXPECT_EQ(clock.wall_now(), WallTime(105s));
}

TEST(Alarm, IsTakenBackByItsDestruction) {
  asio::io_context context;
  ManualClock clock(context);
  bool called = false;
  {
    auto alarm = clock.call_after(1s, [&] { called = true; });
    EXPECT_TRUE(alarm.pending());
  }
  clock.advance(2s);
  EXPECT_FALSE(called);
}

TEST(Alarm, MayOutliveItsClock) {
  asio::io_context context;
  Alarm alarm;
  {
    ManualClock clock(context);
    alarm = clock.call_after(1s, [] {});
  }
  EXPECT_FALSE(alarm.pending());
}

TEST(Clock, SleepSuspendsACoroutine) {
  asio::io_context context;
  ManualClock clock(context);
  bool woke = false;
  asio::co_spawn(
      context,
      [&]() -> asio::awaitable<void> {
        co_await clock.sleep_for(10ms);
        woke = true;
      },
      asio::detached);
  clock.advance(9ms);
  EXPECT_FALSE(woke);
  clock.advance(1ms);
  EXPECT_TRUE(woke);
}

TEST(RealClock, CallsFromTheLoopInOrder) {
  asio::io_context context;
  RealClock clock(context);
  std::vector<int> calls;
  auto second = clock.call_after(2ms, [&] { calls.push_back(2); });
  auto first = clock.call_after(0ms, [&] { calls.push_back(1); });
  EXPECT_TRUE(calls.empty());
  context.run();
  EXPECT_EQ(calls, (std::vector{1, 2}));
}

TEST(Event, LetsAllThatWaitGoOn) {
  asio::io_context context;
  ManualClock clock(context);
  Event event;
  int woken = 0;
  for (int i = 0; i < 3; ++i) {
    asio::co_spawn(
        context,
        [&]() -> asio::awaitable<void> {
          co_await event.wait();
          ++woken;
        },
        asio::detached);
  }
  clock.settle();
  EXPECT_EQ(woken, 0);
  event.set();
  clock.settle();
  EXPECT_EQ(woken, 3);
}

}  // namespace
}  // namespace attache::base
