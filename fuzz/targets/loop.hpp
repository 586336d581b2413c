#pragma once

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <exception>
#include <memory>
#include <optional>
#include <utility>

#include "base/clock.hpp"

namespace attache::fuzz {

/// The loop that a client runs on, in virtual time. Whatever its coroutines and callbacks throw comes out of
/// run() and pass(), and ends the program as a finding.
class Loop {
 public:
  [[nodiscard]] base::ManualClock& clock() { return clock_; }

  /// Starts an operation; its result is there once it has ended.
  template <class T>
  std::shared_ptr<std::optional<T>> start(boost::asio::awaitable<T> work) {
    auto result = std::make_shared<std::optional<T>>();
    ++working_;
    boost::asio::co_spawn(context_, std::move(work), [this, result](std::exception_ptr error, T value) {
      --working_;
      pass_on(error);
      *result = std::move(value);
    });
    return result;
  }
  void start(boost::asio::awaitable<void> work) {
    ++working_;
    boost::asio::co_spawn(context_, std::move(work), [this](std::exception_ptr error) {
      --working_;
      pass_on(error);
    });
  }

  /// Does all that can be done before time passes.
  void run() {
    context_.restart();
    context_.poll();
  }
  /// Lets time pass, `longest` in all.
  void pass(base::Duration duration) {
    duration = std::min(duration, longest - passed_);
    passed_ += duration;
    context_.restart();
    clock_.advance(duration);
  }
  static constexpr base::Duration longest = std::chrono::hours(1);

  /// How many of the operations started have not ended.
  [[nodiscard]] int working() const { return working_; }

 private:
  static void pass_on(const std::exception_ptr& error) {
    if (error) {
      std::rethrow_exception(error);
    }
  }

  boost::asio::io_context context_;
  base::ManualClock clock_{context_,
                           std::chrono::system_clock::time_point(std::chrono::hours(24 * 365 * 50))};
  base::Duration passed_{};
  int working_ = 0;
};

}  // namespace attache::fuzz
