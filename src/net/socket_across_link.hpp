#pragma once

#include <fmt/format.h>

#include <optional>
#include <string_view>

#include "base/clock.hpp"
#include "base/event.hpp"
#include "net/failure.hpp"
#include "net/link.hpp"
#include "net/traffic.hpp"

namespace attache::net {

/// What streams and datagram sockets that cross the link have in common: how they end and time out, and when
/// something passed for those who hear the traffic.
struct SocketAcrossLink : Link::User {
  using User::link;
  using User::User;

  void link_changed() override { changed.notify(); }

  [[nodiscard]] base::Clock& clock() const { return link().clock(); }
  /// Nothing more passes: it was closed here, or broken by the network.
  [[nodiscard]] bool is_over() const { return closed || broken.has_value(); }

  /// ECONNABORTED of what was closed here.
  [[nodiscard]] static Failure aborted() {
    return make_failure(Errno::connection_aborted, "operation failed", "It was closed on this side.");
  }
  /// EAGAIN after a receive or send time-out, which ends nothing.
  [[nodiscard]] static Failure timed_out(base::Duration timeout) {
    return make_failure(Errno::try_again, "operation timed out",
                        fmt::format("Nothing happened for the time-out of {}.", to_string(timeout)));
  }

  /// Ask before making an event: see TrafficTaps.
  [[nodiscard]] bool is_heard() const { return link().taps()->are_heard(); }
  /// Over a link that shapes nothing: at once.
  [[nodiscard]] traffic::Crossing crossed_at_once() const {
    base::Time now = clock().now();
    return {now, {}, now};
  }
  /// Over a link that shapes: sent now, with what the link has settled about its way.
  [[nodiscard]] traffic::Crossing crossing(const Link::Passage& passage) const {
    return {clock().now(), passage.sent_again, passage.arrives, passage.lost};
  }

  base::Event changed;  ///< Something that a suspended operation waits for.
  bool closed = false;
  std::optional<Failure> broken;  ///< By the network: for good.
  base::Duration receive_timeout{};
  base::Duration send_timeout{};
};

}  // namespace attache::net
