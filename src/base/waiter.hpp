#pragma once

#include <boost/asio/associated_cancellation_slot.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/system/error_code.hpp>
#include <memory>
#include <utility>

namespace attache::base {

namespace asio = boost::asio;

/// A suspended coroutine. Destroying it unresumed destroys the coroutine.
class Waiter {
 public:
  virtual ~Waiter() = default;
  /// Continues the coroutine from the loop. The first call counts, later ones do nothing.
  virtual void resume(boost::system::error_code error = {}) = 0;
};

namespace detail {

template <class Handler>
class HandlerWaiter final : public Waiter {
 public:
  explicit HandlerWaiter(Handler handler) : handler_(std::make_unique<Handler>(std::move(handler))) {}

  void resume(boost::system::error_code error) override {
    if (!handler_) {
      return;
    }
    auto executor = asio::get_associated_executor(*handler_);
    asio::get_associated_cancellation_slot(*handler_).clear();
    asio::post(executor, [handler = std::move(handler_), error]() mutable { (*handler)(error); });
  }

 private:
  std::unique_ptr<Handler> handler_;
};

}  // namespace detail

/// Suspends the calling coroutine and hands it to `keep` as a shared Waiter; it goes on when somebody calls
/// resume(), and throws boost::system::system_error if that names an error or the coroutine is cancelled.
template <class Keep>
asio::awaitable<void> suspend(Keep keep) {
  co_await asio::async_initiate<const asio::use_awaitable_t<>&, void(boost::system::error_code)>(
      [](auto handler, Keep keeper) {
        auto slot = asio::get_associated_cancellation_slot(handler);
        auto waiter = std::make_shared<detail::HandlerWaiter<decltype(handler)>>(std::move(handler));
        if (slot.is_connected()) {
          slot.assign([weak = std::weak_ptr<Waiter>(waiter)](asio::cancellation_type) {
            if (auto cancelled = weak.lock()) {
              cancelled->resume(asio::error::operation_aborted);
            }
          });
        }
        keeper(std::shared_ptr<Waiter>(std::move(waiter)));
      },
      asio::use_awaitable, std::move(keep));
}

}  // namespace attache::base
