#pragma once

#include <gtest/gtest.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <exception>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/clock.hpp"

namespace attache::services {

/// A loop with a clock in the test's hand, and the operations that run on it.
class LoopTest : public testing::Test {
 protected:
  /// Begins an operation and lets it run as far as it comes; its result is there once it has ended.
  template <class T>
  std::shared_ptr<std::optional<T>> start(boost::asio::awaitable<T> work) {
    auto result = std::make_shared<std::optional<T>>();
    boost::asio::co_spawn(context, std::move(work), [result](const std::exception_ptr& error, T value) {
      EXPECT_FALSE(error);
      result->emplace(std::move(value));
    });
    clock.settle();
    return result;
  }
  void start(boost::asio::awaitable<void> work) {
    boost::asio::co_spawn(context, std::move(work),
                          [](const std::exception_ptr& error) { EXPECT_FALSE(error); });
    clock.settle();
  }
  /// Runs an operation that does not have to wait.
  template <class T>
  T run(boost::asio::awaitable<T> work) {
    auto result = start(std::move(work));
    EXPECT_TRUE(*result) << "the operation waits";
    return *result ? std::move(**result) : T{};
  }

  /// What a listener was told since the last call, a line each.
  std::vector<std::string> take_told() {
    clock.settle();
    return std::exchange(told, {});
  }

  boost::asio::io_context context;
  base::ManualClock clock{context};
  std::vector<std::string> told;
};

}  // namespace attache::services
