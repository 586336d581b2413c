#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <cstddef>

namespace attache::base {

/// Keeps a peer that always has more from taking the loop for itself. An operation that succeeds at once
/// never reaches the loop, so whoever makes such operations in turn counts their bytes here and, once a
/// budget is spent, lets everybody else have a turn before the next one. Shared by all that belongs to one
/// device. One thread only.
class FairTurn {
 public:
  /// Bytes for one turn: a few thousand of the smallest MQTT messages, or one TLS record.
  static constexpr std::size_t budget = 16UL * 1024;

  explicit FairTurn(boost::asio::io_context& context) : context_(context) {}

  void spend(std::size_t bytes) { spent_ += bytes; }
  /// The budget is spent: co_await next() before the next operation.
  [[nodiscard]] bool is_over() const { return spent_ >= budget; }

  /// Suspends until all that was ready before has had its turn; the budget is whole again.
  boost::asio::awaitable<void> next();

 private:
  boost::asio::io_context& context_;
  std::size_t spent_ = 0;
};

}  // namespace attache::base
