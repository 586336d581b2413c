#include "base/clock.hpp"

#include <gtest/gtest.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/post.hpp>
#include <functional>
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

// As a steering command does.
TEST(ManualClock, LeavesItsLoopRunningWhenAHandlerMovesIt) {
  asio::io_context context(1);
  ManualClock clock(context);
  int calls = 0;
  Alarm next;
  std::function<void()> again = [&] {
    ++calls;
    asio::post(context, [&] { next = clock.call_after(1s, again); });
  };
  next = clock.call_after(1s, again);
  bool went_on = false;
  asio::steady_timer later(context, 10ms);
  later.async_wait([&](boost::system::error_code) { went_on = true; });
  asio::post(context, [&] { EXPECT_TRUE(clock.advance(100s)); });
  context.run();
  EXPECT_EQ(calls, 100);
  EXPECT_TRUE(went_on);
}

// As a peer does that always has more.
TEST(ManualClock, GoesOnThoughTheLoopNeverRunsDry) {
  asio::io_context context;
  ManualClock clock(context);
  std::function<void()> flood = [&] { asio::post(context, flood); };
  flood();
  std::vector<Time> calls;
  auto first = clock.call_after(1s, [&] { calls.push_back(clock.now()); });
  auto second = clock.call_after(1s, [&] { calls.push_back(clock.now()); });
  auto late = clock.call_after(3s, [&] { calls.push_back(clock.now()); });
  EXPECT_FALSE(clock.advance(4s));
  EXPECT_EQ(calls, (std::vector{Time{} + 1s, Time{} + 1s, Time{} + 3s}));
  EXPECT_EQ(clock.now(), Time{} + 4s);
}

TEST(ManualClock, GivesEachTimeItsShareOfAFlood) {
  asio::io_context context;
  ManualClock clock(context);
  std::size_t handlers = 0;
  std::function<void()> flood = [&] {
    ++handlers;
    asio::post(context, flood);
  };
  flood();
  std::vector<std::size_t> shares;
  std::vector<Alarm> alarms;
  for (Duration delay : {1s, 2s, 3s}) {
    alarms.push_back(clock.call_after(delay, [&] { shares.push_back(std::exchange(handlers, 0)); }));
  }
  EXPECT_FALSE(clock.advance(3s));
  ASSERT_EQ(shares.size(), 3U);
  EXPECT_EQ(shares[1], ManualClock::fair_share);
  EXPECT_EQ(shares[2], ManualClock::fair_share);
}

TEST(ManualClock, GoesOnThoughACallAsksForItselfAgainAtOnce) {
  asio::io_context context;
  ManualClock clock(context);
  Alarm restless;
  std::function<void()> again = [&] { restless = clock.call_after(0s, again); };
  again();
  bool called = false;
  auto late = clock.call_after(1s, [&] { called = true; });
  EXPECT_FALSE(clock.advance(2s));
  EXPECT_TRUE(called);
  EXPECT_EQ(clock.now(), Time{} + 2s);
}

TEST(ManualClock, LetsOthersHaveTheirTurnBetweenCallsThatAreDueAtOnce) {
  asio::io_context context;
  ManualClock clock(context);
  Alarm restless;
  int calls = 0;
  std::function<void()> again = [&] {
    ++calls;
    restless = clock.call_after(0s, again);
  };
  restless = clock.call_after(0s, again);
  for (int turn = 1; turn <= 3; ++turn) {
    EXPECT_EQ(context.poll_one(), 1U);
    EXPECT_EQ(calls, turn);
  }
}

TEST(ManualClock, EndsWhereTheLoopIsStopped) {
  asio::io_context context;
  ManualClock clock(context);
  auto stop = clock.call_after(1s, [&] { context.stop(); });
  bool called = false;
  auto late = clock.call_after(2s, [&] { called = true; });
  clock.advance(10s);
  EXPECT_FALSE(called);
  EXPECT_EQ(clock.now(), Time{} + 1s);
  EXPECT_TRUE(context.stopped());
}

TEST(ManualClock, TellsThatAllWasDone) {
  asio::io_context context;
  ManualClock clock(context);
  auto alarm = clock.call_after(1s, [] {});
  EXPECT_TRUE(clock.advance(2s));
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
  Time now = clock.now();
  auto second = clock.call_at(now + 2ms, [&] { calls.push_back(2); });
  auto first = clock.call_at(now, [&] { calls.push_back(1); });
  EXPECT_TRUE(calls.empty());
  context.run();
  EXPECT_EQ(calls, (std::vector{1, 2}));
}

TEST(RealClock, GoesOnToTheNextCallWhenTheOneThatWasDueIsTakenBack) {
  asio::io_context context;
  RealClock clock(context);
  std::vector<int> calls;
  auto due = clock.call_after(0ms, [&] { calls.push_back(1); });
  auto later = clock.call_after(1ms, [&] { calls.push_back(2); });
  due.cancel();
  context.run();
  EXPECT_EQ(calls, (std::vector{2}));
}

TEST(RealClock, LeavesOthersTheirTurnWhenACallAsksForItselfAgainAtOnce) {
  asio::io_context context;
  RealClock clock(context);
  constexpr int rounds = 100;
  int done = 0;
  Alarm again;
  std::function<void()> call = [&] {
    if (++done < rounds) {
      again = clock.call_after(0ms, call);
    }
  };
  again = clock.call_after(0ms, call);
  int done_by_then = rounds;
  asio::post(context, [&] { done_by_then = done; });
  context.run();
  EXPECT_LT(done_by_then, rounds);
  EXPECT_EQ(done, rounds);
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
