#include "base/loop.hpp"

#include <gtest/gtest.h>

#include <boost/asio/post.hpp>
#include <boost/system/system_error.hpp>
#include <cerrno>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

#include "base/clock.hpp"
#include "base/event.hpp"
#include "base/fair_turn.hpp"
#include "base/spawn.hpp"

namespace attache::base {
namespace {

namespace asio = boost::asio;
using namespace std::chrono_literals;

class LoopTest : public testing::Test {
 protected:
  void run() {
    loop.restart();
    loop.run([this](const Fault& fault) { faults.push_back(fault.reason()); });
  }

  Loop loop;
  std::vector<Reason> faults;
};

asio::awaitable<void> throwing() {
  throw std::out_of_range("no such element");
  co_return;
}

TEST_F(LoopTest, GoesOnAfterWhatAHandlerThrew) {
  bool reached = false;
  asio::post(loop, [] { throw std::runtime_error("broken"); });
  asio::post(loop, [&] { reached = true; });
  run();
  EXPECT_TRUE(reached);
  ASSERT_EQ(faults.size(), 1U);
  EXPECT_EQ(faults[0].what, "internal error");
  EXPECT_EQ(faults[0].why, "broken");
}

TEST_F(LoopTest, TellsWhereATaskBeganThatThrew) {
  spawn(loop, nullptr, throwing());
  int line = __LINE__ - 1;
  run();
  ASSERT_EQ(faults.size(), 1U);
  EXPECT_EQ(faults[0].why, "no such element");
  EXPECT_TRUE(faults[0].where.ends_with("loop_test.cpp:" + std::to_string(line))) << faults[0].where;
}

TEST_F(LoopTest, TellsWhatTheSystemHadNoMoreOf) {
  asio::post(loop,
             [] { throw boost::system::system_error(EMFILE, boost::system::system_category(), "open"); });
  run();
  ASSERT_EQ(faults.size(), 1U);
  EXPECT_EQ(faults[0].what, "the program cannot go on");
  EXPECT_EQ(faults[0].advice, "allow this program more open files: `ulimit -n`");
}

TEST_F(LoopTest, TakesWhatIsNoExceptionToo) {
  asio::post(loop, [] { throw 42; });
  run();
  ASSERT_EQ(faults.size(), 1U);
  EXPECT_EQ(faults[0].why, "something that is no exception was thrown");
}

TEST_F(LoopTest, MakesTheOtherCallsOfAClockWhenOneThrows) {
  RealClock clock(loop);
  std::vector<int> made;
  Alarm first = clock.call_after(0s, [&] { made.push_back(1); });
  Alarm broken = clock.call_after(0s, [] { throw std::runtime_error("broken"); });
  int line = __LINE__ - 1;
  Alarm third = clock.call_after(0s, [&] { made.push_back(3); });
  Alarm fourth = clock.call_after(1ms, [&] { made.push_back(4); });
  run();
  EXPECT_EQ(made, (std::vector<int>{1, 3, 4}));
  ASSERT_EQ(faults.size(), 1U);
  EXPECT_TRUE(faults[0].where.ends_with("loop_test.cpp:" + std::to_string(line))) << faults[0].where;
}

TEST_F(LoopTest, MakesTheOtherCallsOfAManualClockWhenOneThrows) {
  ManualClock clock(loop);
  std::vector<int> made;
  Alarm broken = clock.call_after(0s, [] { throw std::runtime_error("broken"); });
  Alarm second = clock.call_after(0s, [&] { made.push_back(2); });
  run();
  EXPECT_EQ(made, (std::vector<int>{2}));
  EXPECT_EQ(faults.size(), 1U);
}

TEST_F(LoopTest, EndsWhatIsSuspendedWhileWhatItUsesIsStillThere) {
  struct Neighbour {
    explicit Neighbour(std::vector<std::string>& events_told) : events(events_told) {}
    ~Neighbour() { events.emplace_back("neighbour gone"); }
    std::vector<std::string>& events;
  };
  struct Suspended {
    explicit Suspended(Neighbour& used) : neighbour(used) {}
    ~Suspended() { neighbour.events.emplace_back("coroutine gone"); }
    Neighbour& neighbour;
  };
  std::vector<std::string> events;
  {
    Loop own;
    ManualClock clock(own);
    Neighbour neighbour(events);
    LoopEnd end(own, clock);
    spawn(own, std::make_shared<Suspended>(neighbour), clock.sleep_for(1h));
    clock.settle();
  }
  EXPECT_EQ(events, (std::vector<std::string>{"coroutine gone", "neighbour gone"}));
}

TEST_F(LoopTest, DrainsNoLongerThanTold) {
  std::function<void()> for_ever = [&] { asio::post(loop, for_ever); };
  for_ever();
  loop.drain(1ms, [](const Fault&) {});
  SUCCEED();  // It came back.
}

TEST_F(LoopTest, DrainsOnAfterAFault) {
  bool reached = false;
  asio::post(loop, [] { throw std::runtime_error("broken"); });
  asio::post(loop, [&] { reached = true; });
  loop.stop();
  loop.drain(10s, [this](const Fault& fault) { faults.push_back(fault.reason()); });
  EXPECT_TRUE(reached);
  EXPECT_EQ(faults.size(), 1U);
}

TEST_F(LoopTest, GivesOthersTheirTurnWhenTheBudgetIsSpent) {
  FairTurn turn(loop);
  std::vector<std::string> order;
  asio::post(loop, [&] { order.emplace_back("before"); });
  spawn(loop, nullptr,
        [](FairTurn& fair, Loop& own, std::vector<std::string>& told) -> asio::awaitable<void> {
          asio::post(own, [&] { told.emplace_back("other"); });
          fair.spend(FairTurn::budget - FairTurn::price - 1);
          told.emplace_back(fair.is_over() ? "over" : "not over");
          fair.spend(0);
          told.emplace_back(fair.is_over() ? "over" : "not over");
          co_await fair.next();
          told.emplace_back(fair.is_over() ? "over" : "not over");
        }(turn, loop, order));
  run();
  EXPECT_EQ(order, (std::vector<std::string>{"before", "not over", "over", "other", "not over"}));
}

TEST_F(LoopTest, CountsWhatComesForMoreThanItsBytes) {
  FairTurn turn(loop);
  std::size_t things = 0;
  for (; !turn.is_over(); ++things) {
    turn.spend(1);
  }
  EXPECT_EQ(things, 64U);
}

}  // namespace
}  // namespace attache::base
