#pragma once

#include <boost/asio/io_context.hpp>
#include <chrono>
#include <functional>

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

  /// Destroys all handlers and coroutines that are still suspended, without running them. The loop cannot be
  /// run again.
  void end() { shutdown(); }
};

/// Ends the loop when it goes: declared after everything that coroutines on the loop use.
class LoopEnd {
 public:
  explicit LoopEnd(Loop& loop) : loop_(loop) {}
  LoopEnd(const LoopEnd&) = delete;
  LoopEnd& operator=(const LoopEnd&) = delete;
  ~LoopEnd() { loop_.end(); }

 private:
  Loop& loop_;
};

}  // namespace attache::base
