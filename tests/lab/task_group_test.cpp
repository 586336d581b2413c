#include "lab/task_group.hpp"

#include <gtest/gtest.h>

#include <boost/asio/io_context.hpp>

namespace attache::lab {
namespace {

using std::chrono::seconds;

asio::awaitable<void> sleep_long(base::Clock& clock, bool& cancelled) {
  try {
    co_await clock.sleep_for(std::chrono::hours(1000));
  } catch (const boost::system::system_error&) {
    cancelled = true;
  }
}

asio::awaitable<void> watched(base::Clock& clock, std::shared_ptr<Task> task, seconds touch_after,
                              base::Time& ended) {
  IdleWatch watch(clock, seconds(10), std::move(task));
  try {
    co_await clock.sleep_for(touch_after);
    watch.touch();
    co_await clock.sleep_for(std::chrono::hours(1000));
  } catch (const boost::system::system_error&) {
    ended = clock.now();
  }
}

asio::awaitable<void> finishing(base::Clock& clock, std::shared_ptr<Task> task, base::Time& ended) {
  IdleWatch watch(clock, seconds(10), std::move(task));
  watch.finish_within(seconds(2));
  try {
    co_await clock.sleep_for(seconds(1));
    watch.touch();
    co_await clock.sleep_for(std::chrono::hours(1000));
  } catch (const boost::system::system_error&) {
    ended = clock.now();
  }
}

class TaskGroupTest : public testing::Test {
 protected:
  asio::io_context context_;
  base::ManualClock clock_{context_};
  std::shared_ptr<TaskGroup> group_ = std::make_shared<TaskGroup>(context_.get_executor());
};

TEST_F(TaskGroupTest, CancelsAllThatRun) {
  std::array<bool, 2> cancelled{};
  for (auto& one : cancelled) {
    group_->spawn(std::make_shared<Task>(), sleep_long(clock_, one));
  }
  clock_.settle();
  group_->cancel_all();
  clock_.settle();
  EXPECT_TRUE(cancelled[0]);
  EXPECT_TRUE(cancelled[1]);
}

TEST_F(TaskGroupTest, RunsNothingAfterItWasCancelled) {
  bool cancelled = false;
  group_->cancel_all();
  group_->spawn(std::make_shared<Task>(), sleep_long(clock_, cancelled));
  clock_.settle();
  EXPECT_FALSE(cancelled);
}

TEST_F(TaskGroupTest, EndsATaskThatIsIdleForTooLong) {
  base::Time ended{};
  auto task = std::make_shared<Task>();
  group_->spawn(task, watched(clock_, task, seconds(100), ended));
  clock_.advance(seconds(9));
  EXPECT_EQ(ended, base::Time{});
  clock_.advance(seconds(1));
  EXPECT_EQ(ended, base::Time{seconds(10)});
}

TEST_F(TaskGroupTest, CountsIdleTimeFromTheLastSignOfLife) {
  base::Time ended{};
  auto task = std::make_shared<Task>();
  group_->spawn(task, watched(clock_, task, seconds(6), ended));
  clock_.advance(seconds(60));
  EXPECT_EQ(ended, base::Time{seconds(16)});
}

TEST_F(TaskGroupTest, LetsNoSignOfLifeMoveTheEndOfAFarewell) {
  base::Time ended{};
  auto task = std::make_shared<Task>();
  group_->spawn(task, finishing(clock_, task, ended));
  clock_.advance(seconds(60));
  EXPECT_EQ(ended, base::Time{seconds(2)});
}

}  // namespace
}  // namespace attache::lab
