#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <vector>

#include "net/bearer.hpp"

namespace attache::net {

/// The descriptors of a library that polls, on the loop: one epoll descriptor holds all of them, and the loop
/// waits for that one. What is wanted of each is said anew each time (begin, want, end).
class WatchedDescriptors {
 public:
  /// As of epoll: EPOLLIN …
  using Events = std::uint32_t;

  /// `executor`: the loop's, from which wait() calls.
  explicit WatchedDescriptors(const asio::any_io_executor& executor) : waiter_(executor) {}

  /// Why there is none.
  std::optional<Failure> open();
  /// Ends a wait without a call. The descriptors of the library stay open: they are its own.
  void close();

  /// Begins to say anew what is wanted, and what was ready is forgotten; until end() the old wait goes on.
  void begin();
  /// The number by which ready() knows it until the next begin().
  int want(int descriptor, Events events);
  /// What want() has not named since begin() is watched no longer.
  void end();
  /// The descriptor is closed: it is in nobody's interest any more.
  void forget(int descriptor);

  /// Calls once when something is ready. `alive` guards the call.
  void wait(std::weak_ptr<void> alive, std::function<void()> call);
  /// Takes notice of what is ready.
  void look();
  /// What look() has found of it, EPOLLERR and EPOLLHUP included; 0 for a number that is none.
  [[nodiscard]] Events ready(int number) const;
  /// Forgets what was ready.
  void clear_ready();

 private:
  struct Watched {
    int descriptor = -1;
    Events wanted = 0;
    Events ready = 0;
  };
  struct Registered {
    Events events = 0;
    std::uint64_t round = 0;
  };

  void watch(const Watched& each);

  asio::posix::stream_descriptor waiter_;
  bool waits_ = false;
  std::vector<Watched> watched_;
  std::map<int, Registered> registered_;
  std::uint64_t round_ = 0;
};

}  // namespace attache::net
