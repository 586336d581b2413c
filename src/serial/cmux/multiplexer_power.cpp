#include <utility>

#include "serial/cmux/dropped.hpp"
#include "serial/cmux/multiplexer.hpp"

// Power saving: a line that is off (DTR), and one that sleeps until somebody sends flags (PSC).

namespace attache::serial::cmux {

namespace {

using namespace std::chrono_literals;

constexpr auto between_flags = 100ms;  // While the host is being woken …
constexpr auto wake_patience = 10s;    // … T3.

}  // namespace

bool Multiplexer::calls_host() const {
  bool waits = sender_.ready() > 0 || !held_.empty() || has_data();
  return waits && (is_asleep_ || !is_line_up_);
}

void Multiplexer::set_line_up(bool up, base::Time now) {
  if (std::exchange(is_line_up_, up) == up) {
    return;
  }
  reader_.clear();
  unfinished_until_.reset();
  if (up && next_flag_) {
    called_since_ = now;
    next_flag_ = now;
  }
}

void Multiplexer::fall_asleep() {
  log(base::LogLevel::info, "asleep (PSC): the next flag of either side ends it");
  is_asleep_ = true;
  answers_flags_ = false;
}

// Both have sent flags, or the host goes on without them.
void Multiplexer::wake(bool by_host, base::Time now) {
  log(base::LogLevel::info, by_host ? "woken up by the host" : "the host is awake");
  is_asleep_ = false;
  next_flag_.reset();
  answers_flags_ = by_host;
  if (by_host) {
    sender_.send_flag(now);
  }
  for (const ControlMessage& message : std::exchange(held_, {})) {
    send_message(message, now);
  }
}

void Multiplexer::call_host(base::Time now) {
  if (!next_flag_) {
    log(base::LogLevel::info, "waking up the host: flags until it sends one");
    called_since_ = now;
    next_flag_ = now;
  }
}

// A flag every 100 ms until the host sends one.
void Multiplexer::call_host_again(base::Time now) {
  if (!next_flag_ || *next_flag_ > now || !is_line_up_) {
    return;
  }
  sender_.send_flag(now);
  next_flag_ = now + between_flags;
  if (now - called_since_ >= wake_patience) {
    next_flag_.reset();
    journal_.report(log_name,
                    base::make_reason(base::Cause::host_driver_mismatch, "the host does not wake up",
                                      "it has answered no flag for 10 s after PSC",
                                      "answer flags (F9) with flags, and drive DTR when RI comes"));
  }
}

}  // namespace attache::serial::cmux
