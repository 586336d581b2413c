#pragma once

#include <boost/asio/awaitable.hpp>
#include <memory>
#include <utility>

#include "base/event.hpp"

namespace attache::services {

/// Lets the operations of a session run one after the other. Shared with the one under way, which may be
/// destroyed after the session itself.
struct FtpLock {
  bool taken = false;
  base::Event freed;

  /// Returns when nobody has the turn. Take it at once, with an FtpTurn: another waiter may be resumed next.
  static boost::asio::awaitable<void> wait_until_free(std::shared_ptr<FtpLock> lock) {
    while (lock->taken) {
      co_await lock->freed.wait();
    }
  }
};

/// Holds the lock, which must be free, for as long as it lives.
class FtpTurn {
 public:
  explicit FtpTurn(std::shared_ptr<FtpLock> lock) : lock_(std::move(lock)) { lock_->taken = true; }
  FtpTurn(const FtpTurn&) = delete;
  FtpTurn& operator=(const FtpTurn&) = delete;
  ~FtpTurn() {
    lock_->taken = false;
    lock_->freed.notify();
  }

 private:
  std::shared_ptr<FtpLock> lock_;
};

}  // namespace attache::services
