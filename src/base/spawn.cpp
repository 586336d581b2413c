#include "base/spawn.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/post.hpp>
#include <boost/system/system_error.hpp>
#include <exception>
#include <utility>

#include "base/fault.hpp"

namespace attache::base {

void end_task(std::exception_ptr error, const boost::source_location& place) {
  if (!error) {
    return;
  }
  try {
    std::rethrow_exception(error);
  } catch (const boost::system::system_error& failure) {
    if (failure.code() != boost::asio::error::operation_aborted) {
      throw_fault(place);
    }
  } catch (...) {
    throw_fault(place);
  }
}

void spawn(boost::asio::io_context& context, std::shared_ptr<void> owner, boost::asio::awaitable<void> task,
           boost::source_location place) {
  boost::asio::post(context, [&context, owner = std::move(owner), task = std::move(task), place]() mutable {
    begin(context, std::move(owner), std::move(task), place);
  });
}

void begin(boost::asio::io_context& context, std::shared_ptr<void> owner, boost::asio::awaitable<void> task,
           boost::source_location place) {
  boost::asio::co_spawn(
      context, std::move(task),
      [owner = std::move(owner), place](std::exception_ptr error) { end_task(error, place); });
}

}  // namespace attache::base
