#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <memory>
#include <optional>
#include <utility>

#include "base/clock.hpp"
#include "base/spawn.hpp"
#include "net/memory_bearer.hpp"
#include "services/descriptor_table.hpp"

namespace attache::services {

/// What a service runs in: a loop, a clock that the test moves, a network in memory.
struct ServiceRun {
  boost::asio::io_context context;
  base::ManualClock clock{context};
  net::MemoryBearer bearer{clock};
  DescriptorTable descriptors{8};

  base::Spawner spawner() {
    return base::Spawner([this](boost::asio::awaitable<void> task, const boost::source_location& place) {
      base::spawn(context, nullptr, std::move(task), place);
    });
  }

  /// The result of an operation once nothing is left to do; nothing while it is suspended.
  template <class T>
  std::shared_ptr<std::optional<T>> begin(boost::asio::awaitable<T> operation) {
    auto result = std::make_shared<std::optional<T>>();
    spawner()(store(std::move(operation), result));
    clock.settle();
    return result;
  }

 private:
  template <class T>
  static boost::asio::awaitable<void> store(boost::asio::awaitable<T> operation,
                                            std::shared_ptr<std::optional<T>> result) {
    T value = co_await std::move(operation);
    result->emplace(std::move(value));
  }
};

}  // namespace attache::services
