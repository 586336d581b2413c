#pragma once

#include <boost/asio/io_context.hpp>
#include <chrono>
#include <functional>

#include "base/clock.hpp"
#include "base/fault.hpp"

namespace attache::base {

/// The loop of a thread: an io_context that survives what its handlers throw, and that can be ended while all
/// that suspended coroutines use is still there. One thread only.
class Loop : public boost::asio::io_context {
 public:
  Loop() : io_context(1) {}

  /// Runs until there is nothing left to do or stop() is called. What a handler throws goes to `on_fault`,
  /// and the loop goes on with the next handler. `on_fault` must not throw; it may call stop().
  void run(const std::function<void(const Fault&)>& on_fault);

  /// Runs what is ready after a stop(), so that closed operations end and last bytes go out: until nothing is
  /// ready, but not longer than `limit` of real time, for a peer may keep it busy for ever.
  void drain(std::chrono::steady_clock::duration limit, const std::function<void(const Fault&)>& on_fault);

  /// Destroys all handlers that wait for their turn or for the system, and the coroutines behind them,
  /// without running them. The loop cannot be run again.
  void end() { shutdown(); }
};

/// Ends a loop and what waits for its clock when it goes: declared after everything that coroutines on the
/// loop use.
class LoopEnd {
 public:
  /// Both must outlive it.
  LoopEnd(Loop& loop, Clock& clock) : loop_(loop), clock_(clock) {}
  LoopEnd(const LoopEnd&) = delete;
  LoopEnd& operator=(const LoopEnd&) = delete;
  ~LoopEnd() {
    clock_.drop_calls();
    loop_.end();
  }

 private:
  Loop& loop_;
  Clock& clock_;
};

}  // namespace attache::base
