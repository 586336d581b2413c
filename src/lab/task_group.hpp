#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <memory>
#include <unordered_set>

#include "base/clock.hpp"

namespace attache::lab {

namespace asio = boost::asio;

/// A coroutine of the lab that can be told to end: what it waits for throws operation_aborted.
class Task {
 public:
  /// From the loop, but never from within the task.
  void cancel() { signal_.emit(asio::cancellation_type::terminal); }

 private:
  friend class TaskGroup;
  asio::cancellation_signal signal_;
};

/// The coroutines of one lab. One thread only.
class TaskGroup : public std::enable_shared_from_this<TaskGroup> {
 public:
  explicit TaskGroup(asio::any_io_executor executor) : executor_(std::move(executor)) {}

  /// Runs `work`; `task` is its handle. Exceptions that leave it end only it.
  void spawn(std::shared_ptr<Task> task, asio::awaitable<void> work);
  /// Cancels every task, as soon as the loop runs, and those that are spawned from now on.
  void cancel_all();

 private:
  asio::any_io_executor executor_;
  std::unordered_set<std::shared_ptr<Task>> tasks_;
  bool cancelled_ = false;
};

/// Cancels its task when that shows no sign of life for `limit`. Lives in the task's coroutine.
class IdleWatch {
 public:
  /// The limit counts from now on. The clock must outlive it; the task is held.
  IdleWatch(base::Clock& clock, base::Duration limit, std::shared_ptr<Task> task);
  IdleWatch(const IdleWatch&) = delete;
  IdleWatch& operator=(const IdleWatch&) = delete;

  /// A sign of life.
  void touch() { deadline_ = clock_.now() + limit_; }
  /// The next sign of life may take `extra` longer than the limit.
  void allow(base::Duration extra) { deadline_ = clock_.now() + limit_ + extra; }
  /// From now on the limit is `limit`, and signs of life no longer move it.
  void finish_within(base::Duration limit);

 private:
  void arm();

  base::Clock& clock_;
  base::Duration limit_;
  std::shared_ptr<Task> task_;
  base::Time deadline_;
  base::Alarm alarm_;
};

}  // namespace attache::lab
