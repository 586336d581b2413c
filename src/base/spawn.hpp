#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/assert/source_location.hpp>
#include <exception>
#include <functional>
#include <memory>
#include <utility>

namespace attache::base {

/// Runs a coroutine from the next turn of the loop on, when the caller is done, and keeps `owner` alive until
/// it ends. Cancellation and closed ports end it silently; any other exception is a fault of the program and
/// is passed on to the loop's run() as a Fault with the place of this call.
void spawn(boost::asio::io_context& context, std::shared_ptr<void> owner, boost::asio::awaitable<void> task,
           boost::source_location place = BOOST_CURRENT_LOCATION);

/// The same at once: the coroutine runs up to its first suspension before this returns. In the loop only.
void begin(boost::asio::io_context& context, std::shared_ptr<void> owner, boost::asio::awaitable<void> task,
           boost::source_location place = BOOST_CURRENT_LOCATION);

/// How such a task ends: for one that was started in another way, as the completion of its coroutine.
void end_task(std::exception_ptr error, const boost::source_location& place = BOOST_CURRENT_LOCATION);

/// How a service starts the coroutines that go on beside its caller: whoever owns it decides what keeps them
/// alive. Each runs from the next turn of the loop on.
class Spawner {
 public:
  using Run = std::function<void(boost::asio::awaitable<void> task, const boost::source_location& place)>;

  explicit Spawner(Run run) : run_(std::move(run)) {}
  /// `place`: where a fault of the task is said to come from.
  void operator()(boost::asio::awaitable<void> task,
                  const boost::source_location& place = BOOST_CURRENT_LOCATION) const {
    run_(std::move(task), place);
  }

 private:
  Run run_;
};

}  // namespace attache::base
