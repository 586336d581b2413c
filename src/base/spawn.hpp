#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/assert/source_location.hpp>
#include <exception>
#include <memory>

namespace attache::base {

/// Runs a coroutine from the next turn of the loop on, when the caller is done, and keeps `owner` alive until
/// it ends. Cancellation and closed ports end it silently; any other exception is a fault of the program and
/// is passed on to the loop's run() as a Fault with the place of this call.
void spawn(boost::asio::io_context& context, std::shared_ptr<void> owner, boost::asio::awaitable<void> task,
           boost::source_location place = BOOST_CURRENT_LOCATION);

/// How such a task ends: for one that was started in another way, as the completion of its coroutine.
void end_task(std::exception_ptr error, const boost::source_location& place = BOOST_CURRENT_LOCATION);

}  // namespace attache::base
