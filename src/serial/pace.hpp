#pragma once

#include <cstddef>
#include <cstdint>

#include "base/clock.hpp"

namespace attache::serial {

/// When bytes come out at the far end of a line of `baud` bit/s with ten bits a byte. Owns no clock: the
/// caller says what time it is. One direction of a line.
class Pace {
 public:
  explicit Pace(std::uint32_t baud) : baud_(baud) {}

  /// The line was idle and the first bit of a byte goes onto it now.
  void start(base::Time now);
  /// How many bytes have come through since start() and were not taken yet.
  [[nodiscard]] std::size_t due(base::Time now) const;
  /// Takes `count` bytes that are due.
  void take(std::size_t count) { taken_ += count; }
  /// When `count` further bytes will be due.
  [[nodiscard]] base::Time time_of(std::size_t count) const;
  /// When the next slice of `waiting` (at least 1) bytes is due: half a millisecond of bytes, at least one,
  /// so that wake-ups stay few and no pause of a millisecond appears inside a stream of more than 10 kbit/s.
  [[nodiscard]] base::Time next_slice(std::size_t waiting) const;

  /// Another rate from now on; what is due stays due.
  void set_baud(std::uint32_t baud, base::Time now);
  /// Bits a second, start and stop bit of each byte included.
  [[nodiscard]] std::uint32_t baud() const { return baud_; }

 private:
  std::uint32_t baud_;
  base::Time origin_{};
  std::uint64_t taken_ = 0;  ///< Bytes taken since origin_.
};

}  // namespace attache::serial
