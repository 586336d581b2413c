#pragma once

#include <algorithm>
#include <cstddef>
#include <deque>
#include <optional>
#include <utility>

#include "base/clock.hpp"

namespace attache::net {

/// Pieces of one socket on their way through the link, in the order in which they arrive.
template <class Piece>
class PiecesInFlight {
 public:
  /// Arrives no earlier than the piece before it.
  void put(base::Time arrives, std::size_t size, Piece piece) {
    if (!pieces_.empty()) {
      arrives = std::max(arrives, pieces_.back().arrives);
    }
    bytes_ += size;
    pieces_.push_back({arrives, std::move(piece)});
  }

  [[nodiscard]] bool empty() const { return pieces_.empty(); }
  /// Bytes that have set out and have not been taken: what counts against Link::room().
  [[nodiscard]] std::size_t bytes() const { return bytes_; }
  /// The front piece is there; false if there is none.
  [[nodiscard]] bool has_arrived(base::Time now) const {
    return !pieces_.empty() && pieces_.front().arrives <= now;
  }
  /// The piece that arrives next. There must be one.
  [[nodiscard]] Piece& front() { return pieces_.front().piece; }

  /// When to look again: the next arrival or `deadline`, whichever is earlier.
  [[nodiscard]] std::optional<base::Time> next_look(std::optional<base::Time> deadline) const {
    if (pieces_.empty()) {
      return deadline;
    }
    base::Time arrival = pieces_.front().arrives;
    return deadline ? std::min(*deadline, arrival) : arrival;
  }

  /// Some bytes of the front piece have been taken.
  void taken(std::size_t size) { bytes_ -= size; }
  /// The rest of the front piece, `size` bytes, is gone.
  void pop(std::size_t size) {
    bytes_ -= size;
    pieces_.pop_front();
  }

 private:
  struct InFlight {
    base::Time arrives;
    Piece piece;
  };
  std::deque<InFlight> pieces_;
  std::size_t bytes_ = 0;
};

}  // namespace attache::net
