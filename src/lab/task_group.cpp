#include "lab/task_group.hpp"

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/post.hpp>
#include <utility>

namespace attache::lab {

void TaskGroup::spawn(std::shared_ptr<Task> task, asio::awaitable<void> work) {
  if (cancelled_) {
    return;
  }
  tasks_.insert(task);
  auto slot = task->signal_.slot();
  asio::co_spawn(
      executor_, std::move(work),
      asio::bind_cancellation_slot(slot, [self = shared_from_this(), task = std::move(task)](
                                             const std::exception_ptr&) { self->tasks_.erase(task); }));
}

void TaskGroup::cancel_all() {
  cancelled_ = true;
  for (const auto& task : tasks_) {
    // From within the loop: outside of it Asio would hand the cancellation on by a plain pointer, which the
    // end of the task leaves dangling.
    asio::post(executor_, [task] { task->cancel(); });
  }
}

IdleWatch::IdleWatch(base::Clock& clock, base::Duration limit, std::shared_ptr<Task> task)
    : clock_(clock), limit_(limit), task_(std::move(task)), deadline_(clock.now() + limit) {
  arm();
}

void IdleWatch::finish_within(base::Duration limit) {
  deadline_ = clock_.now() + limit;
  limit_ = base::Duration::zero();
  arm();
}

/// One alarm a limit, not one a sign of life.
void IdleWatch::arm() {
  alarm_ = clock_.call_at(deadline_, [this] {
    if (clock_.now() >= deadline_) {
      task_->cancel();
    } else {
      arm();
    }
  });
}

}  // namespace attache::lab
