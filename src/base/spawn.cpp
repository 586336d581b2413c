#include "base/spawn.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/post.hpp>
#include <boost/system/system_error.hpp>
#include <exception>
#include <utility>

namespace attache::base {

namespace {

void end(std::exception_ptr error) {
  if (!error) {
    return;
  }
  try {
    std::rethrow_exception(error);
  } catch (const boost::system::system_error& failure) {
    if (failure.code() != boost::asio::error::operation_aborted) {
      throw;
    }
  }
}

}  // namespace

void spawn(boost::asio::io_context& context, std::shared_ptr<void> owner, boost::asio::awaitable<void> task) {
  boost::asio::post(context, [&context, owner = std::move(owner), task = std::move(task)]() mutable {
    boost::asio::co_spawn(context, std::move(task),
                          [owner = std::move(owner)](std::exception_ptr error) { end(error); });
  });
}

}  // namespace attache::base
