#include "base/event.hpp"

namespace attache::base {

void Event::set() {
  raised_ = true;
  notify();
}

void Event::notify() {
  for (auto& waiter : std::exchange(waiters_, {})) {
    waiter->resume();
  }
}

asio::awaitable<void> Event::wait() {
  if (!raised_) {
    co_await suspend([this](std::shared_ptr<Waiter> waiter) { waiters_.push_back(std::move(waiter)); });
  }
}

}  // namespace attache::base
