#pragma once

#include <boost/asio/awaitable.hpp>
#include <memory>
#include <vector>

#include "base/waiter.hpp"

namespace attache::base {

/// A flag that coroutines can wait for. One thread only. Destroying it destroys those that still wait.
class Event {
 public:
  /// Raises the flag; all that wait go on from the loop.
  void set();
  /// Lowers the flag.
  void reset() { raised_ = false; }
  /// Lets all that wait go on without raising the flag.
  void notify();
  /// The flag is up: notify() does not raise it.
  [[nodiscard]] bool is_set() const { return raised_; }

  /// Returns at once if the flag is up, else after the next set() or notify().
  /// Throws boost::system::system_error(operation_aborted) when cancelled.
  asio::awaitable<void> wait();

 private:
  bool raised_ = false;
  std::vector<std::shared_ptr<Waiter>> waiters_;
};

}  // namespace attache::base
