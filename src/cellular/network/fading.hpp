#pragma once

#include <cstdint>

#include "base/clock.hpp"

namespace attache::cellular {

/// A number in [0, 1) that depends on nothing but its arguments: randomness that needs no memory and gives
/// the same for the same seed, whenever and however often it is asked.
double uniform(std::uint64_t seed, std::uint64_t stream, std::uint64_t index);

/// Slow fading: a smooth random course of mean 0 and standard deviation 1, new values every `period`.
/// `elapsed` must not be negative.
double fading(std::uint64_t seed, std::uint64_t stream, base::Duration elapsed, base::Duration period);

/// Whether coverage is there in a course of gaps: one gap in each `every`, somewhere in it, between half and
/// one and a half times `length` long (never more than nine tenths of `every`).
class GapCourse {
 public:
  GapCourse(std::uint64_t seed, base::Duration every, base::Duration length)
      : seed_(seed), every_(every), length_(length) {}

  /// There are gaps; without them covered() is always true.
  [[nodiscard]] bool any() const {
    return every_ > base::Duration::zero() && length_ > base::Duration::zero();
  }
  /// `elapsed` since the beginning of the course, not negative.
  [[nodiscard]] bool covered(base::Duration elapsed) const;
  /// How long after `elapsed` the answer of covered() changes next; the maximum if never.
  [[nodiscard]] base::Duration until_change(base::Duration elapsed) const;

 private:
  struct Gap {
    base::Duration begin;
    base::Duration end;
  };
  [[nodiscard]] Gap gap(std::uint64_t index) const;

  std::uint64_t seed_;
  base::Duration every_;
  base::Duration length_;
};

}  // namespace attache::cellular
