#include "base/loop.hpp"

namespace attache::base {

namespace {

// True if `step` ran to its end; else what it threw has been told.
bool runs(const std::function<void()>& step, const std::function<void(const Fault&)>& on_fault) {
  try {
    try {
      step();
      return true;
    } catch (...) {
      throw_fault(BOOST_CURRENT_LOCATION);  // Neither a task nor an alarm: the loop itself is the place.
    }
  } catch (const Fault& fault) {
    on_fault(fault);
  }
  return false;
}

}  // namespace

void Loop::run(const std::function<void(const Fault&)>& on_fault) {
  while (!runs([this] { io_context::run(); }, on_fault)) {
  }
}

void Loop::drain(std::chrono::steady_clock::duration limit,
                 const std::function<void(const Fault&)>& on_fault) {
  auto end = std::chrono::steady_clock::now() + limit;
  restart();
  bool busy = true;
  while (busy && std::chrono::steady_clock::now() < end) {
    runs([&] { busy = poll_one() > 0; }, on_fault);
  }
}

}  // namespace attache::base
