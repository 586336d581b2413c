#pragma once

#include <cstdint>

namespace attache::base {

/// A small seeded generator (SplitMix64) for what looks random in the simulation: 8 bytes, the same numbers
/// on every machine. Never for cryptography.
class Random {
 public:
  explicit Random(std::uint64_t seed) : state_(seed) {}

  /// Any of the 64-bit numbers, evenly.
  std::uint64_t next() {
    state_ += 0x9E3779B97F4A7C15U;
    std::uint64_t mixed = state_;
    mixed = (mixed ^ mixed >> 30U) * 0xBF58476D1CE4E5B9U;
    mixed = (mixed ^ mixed >> 27U) * 0x94D049BB133111EBU;
    return mixed ^ mixed >> 31U;
  }

  /// From 0 up to, not including, 1.
  double fraction() { return static_cast<double>(next() >> 11U) * 0x1.0p-53; }

 private:
  std::uint64_t state_;
};

}  // namespace attache::base
