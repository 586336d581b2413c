#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <memory>

namespace attache::base {

/// Runs a coroutine from the next turn of the loop on, when the caller is done, and keeps `owner` alive until
/// it ends. Cancellation and closed ports end it silently; any other exception is a programming error and is
/// passed on to the loop's run().
void spawn(boost::asio::io_context& context, std::shared_ptr<void> owner, boost::asio::awaitable<void> task);

}  // namespace attache::base
