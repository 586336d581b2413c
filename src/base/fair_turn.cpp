#include "base/fair_turn.hpp"

#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace attache::base {

boost::asio::awaitable<void> FairTurn::next() {
  spent_ = 0;
  co_await boost::asio::post(context_, boost::asio::use_awaitable);
}

}  // namespace attache::base
