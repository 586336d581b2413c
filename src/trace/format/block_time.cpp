#include "trace/format/block_time.hpp"

#include <algorithm>

namespace attache::trace {

namespace {

constexpr std::uint64_t billion = 1'000'000'000;
constexpr std::int64_t most_seconds = 9'223'372'035;  // That nanoseconds in 63 bits can count.

std::uint64_t power_of_ten(unsigned exponent) {
  std::uint64_t power = 1;
  for (unsigned i = 0; i < exponent; ++i) {
    power *= 10;
  }
  return power;
}

struct SplitTime {
  std::uint64_t seconds = 0;
  std::uint64_t nanoseconds = 0;
};

SplitTime split_decimal(std::uint64_t units, unsigned exponent) {
  constexpr unsigned most_digits = 19;  // Of 64 bits.
  if (exponent > most_digits + 9) {
    return {};
  }
  if (exponent > 9) {
    std::uint64_t nanoseconds = units / power_of_ten(exponent - 9);
    return {nanoseconds / billion, nanoseconds % billion};
  }
  std::uint64_t a_second = power_of_ten(exponent);
  return {units / a_second, units % a_second * power_of_ten(9 - exponent)};
}

SplitTime split_binary(std::uint64_t units, unsigned exponent) {
  constexpr unsigned exact = 34;  // Bits of a fraction that times a billion stays within 64 bits.
  SplitTime split;
  std::uint64_t fraction = units;
  if (exponent < 64) {
    split.seconds = units >> exponent;
    fraction = exponent == 0 ? 0 : units & ((std::uint64_t{1} << exponent) - 1);
  }
  unsigned bits = exponent;
  if (bits > exact) {
    unsigned less = bits - exact;
    fraction = less < 64 ? fraction >> less : 0;
    bits = exact;
  }
  split.nanoseconds = (fraction * billion) >> bits;
  return split;
}

}  // namespace

base::WallTime wall_time(std::uint64_t units, std::uint8_t resolution, std::int64_t offset) {
  bool is_binary = (resolution & 0x80U) != 0;
  unsigned exponent = resolution & 0x7fU;
  SplitTime split = is_binary ? split_binary(units, exponent) : split_decimal(units, exponent);
  auto seconds = static_cast<std::int64_t>(std::min<std::uint64_t>(split.seconds, most_seconds));
  std::int64_t sum = std::clamp(seconds + std::clamp(offset, -2 * most_seconds, 2 * most_seconds),
                                -most_seconds, most_seconds);
  return base::WallTime(std::chrono::duration_cast<base::WallTime::duration>(
      std::chrono::seconds(sum) + std::chrono::nanoseconds(split.nanoseconds)));
}

}  // namespace attache::trace
