#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "base/clock.hpp"
#include "net/failure.hpp"
#include "net/link.hpp"
#include "net/pieces_in_flight.hpp"
#include "net/socket_across_link.hpp"

namespace attache::net {

/// What one write or read of the inner stream carries across the link.
struct Piece {
  std::string bytes;  ///< None: the orderly end.
  bool lost = false;  ///< Never gets there: the stream ends when it would.
};

/// One direction of a stream whose pieces are on their way: made when the link first shapes.
using PieceLane = PiecesInFlight<Piece>;

/// What the stream shares with its two carriers.
struct StreamAcrossLink final : SocketAcrossLink {
  StreamAcrossLink(std::shared_ptr<Link> crossed, std::unique_ptr<Stream> stream, std::uint64_t flow)
      : SocketAcrossLink(std::move(crossed)), inner(std::move(stream)), flow_number(flow) {}

  void link_cut(const Failure& failure) override { fail(failure); }

  /// What an operation fails with from now on; nothing while the stream is whole.
  [[nodiscard]] std::optional<Failure> failure() const { return closed ? aborted() : broken; }
  /// Breaks it for good with the first failure, closes the inner stream and wakes all that is suspended.
  void fail(Failure failure) {
    if (!broken) {
      tell_broken(failure);
      broken = std::move(failure);
      inner->close();
      changed.notify();
    }
  }

  // What follows is told to those who hear the traffic.
  [[nodiscard]] Flow flow() {
    if (flow_number == 0) {
      flow_number = link().taps()->next_number();
    }
    return {flow_number, inner->local(), inner->remote()};
  }
  void tell_segment(Direction direction, std::string_view bytes, const traffic::Crossing& crossing) {
    link().taps()->tell(traffic::Segment{flow(), direction, bytes, crossing});
  }
  // Without a link that shapes it passes at once.
  void tell_passed(Direction direction, std::string_view bytes) {
    if (is_heard()) {
      tell_segment(direction, bytes, crossed_at_once());
    }
  }
  void tell_shaped(Direction direction, std::string_view bytes, const Link::Passage& passage) {
    if (is_heard()) {
      tell_segment(direction, bytes, crossing(passage));
    }
  }
  void tell_closed() {
    if (!std::exchange(told_end, true) && is_heard()) {
      link().taps()->tell(traffic::Closed{flow()});
    }
  }
  void tell_broken(const Failure& failure) {
    bool goes_on = failure.code == Errno::try_again || closed;
    if (!goes_on && !std::exchange(told_end, true) && is_heard()) {
      link().taps()->tell(traffic::Broken{flow(), failure});
    }
  }

  /// What goes with the last piece of the write that begins.
  [[nodiscard]] modem::ReleaseAssistance take_announced() {
    return std::exchange(announced, modem::ReleaseAssistance::none);
  }

  // A carrier has no time-out: the operation of the device has it.
  void hand_timeouts_on() {
    inner->set_timeouts(down ? base::Duration{} : receive_timeout, up ? base::Duration{} : send_timeout);
  }

  std::unique_ptr<Stream> inner;
  std::unique_ptr<PieceLane> up;
  std::unique_ptr<PieceLane> down;
  /// Bytes of the inner stream that still have to pass: whoever wanted to read them may have given up since.
  struct Held {
    std::string bytes;
    Link::Clearance clearance;
  };
  std::optional<Held> held;
  modem::ReleaseAssistance announced = modem::ReleaseAssistance::none;
  std::uint64_t flow_number;
  bool told_end = false;
};

using SharedStream = std::shared_ptr<StreamAcrossLink>;

}  // namespace attache::net
