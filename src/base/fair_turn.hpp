#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <cstddef>

namespace attache::base {

/// Keeps a peer that always has more from taking the loop for itself. An operation that succeeds at once
/// never reaches the loop, so whoever makes such operations in turn counts here what they bring and, once a
/// budget is spent, lets everybody else have a turn before the next one. One thread only.
class FairTurn {
 public:
  /// For one turn: 64 of the smallest things, or the bytes of one TLS record.
  static constexpr std::size_t budget = 16UL * 1024;
  /// What each thing costs beyond its bytes: a piece of a stream, a datagram, a record, a message. Handling
  /// it takes some 10 µs, however small it is.
  static constexpr std::size_t price = 256;

  /// `context` must outlive it.
  explicit FairTurn(boost::asio::io_context& context) : context_(context) {}

  /// One thing has come, with so many bytes that have not been counted elsewhere.
  void spend(std::size_t bytes) { spent_ += price + bytes; }
  /// The budget is spent: co_await next() before the next operation.
  [[nodiscard]] bool is_over() const { return spent_ >= budget; }

  /// Suspends until all that was ready before has had its turn; the budget is whole again.
  boost::asio::awaitable<void> next();

 private:
  boost::asio::io_context& context_;
  std::size_t spent_ = 0;
};

}  // namespace attache::base
