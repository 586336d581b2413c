#pragma once

#include <algorithm>
#include <boost/asio/awaitable.hpp>
#include <optional>

#include "base/clock.hpp"
#include "base/event.hpp"

namespace attache::net {

/// Waits for the event, or until `deadline` (nothing = for ever); what happened the caller sees by itself.
/// The event must live until then: hold what owns it.
inline asio::awaitable<void> wait_until(base::Event& event, base::Clock& clock,
                                        std::optional<base::Time> deadline) {
  base::Alarm alarm;
  if (deadline) {
    alarm = clock.call_at(*deadline, [&event] { event.notify(); });
  }
  co_await event.wait();
}

/// The point at which an operation begun now times out; nothing if the time-out is zero (wait for ever).
inline std::optional<base::Time> deadline_after(const base::Clock& clock, base::Duration timeout) {
  return timeout > base::Duration::zero() ? std::optional(clock.now() + timeout) : std::nullopt;
}

/// The earlier of two points, of which either may be missing.
inline std::optional<base::Time> earlier_of(std::optional<base::Time> one, std::optional<base::Time> other) {
  return one && other ? std::min(*one, *other) : (one ? one : other);
}

}  // namespace attache::net
