#include "cellular/network/fading.hpp"

#include <algorithm>

namespace attache::cellular {

namespace {

// The finaliser of SplitMix64: neighbouring arguments give unrelated numbers.
std::uint64_t mixed(std::uint64_t value) {
  value += 0x9E3779B97F4A7C15U;
  value = (value ^ (value >> 30U)) * 0xBF58476D1CE4E5B9U;
  value = (value ^ (value >> 27U)) * 0x94D049BB133111EBU;
  return value ^ (value >> 31U);
}

// The sum of twelve uniform numbers is near enough to a normal distribution, and bounded.
double normal(std::uint64_t seed, std::uint64_t stream, std::uint64_t index) {
  constexpr std::uint64_t terms = 12;
  double sum = 0;
  for (std::uint64_t term = 0; term < terms; ++term) {
    sum += uniform(seed, stream, index * terms + term);
  }
  return sum - 6.0;
}

constexpr std::uint64_t gap_stream = 0x6761707300000000U;

}  // namespace

double uniform(std::uint64_t seed, std::uint64_t stream, std::uint64_t index) {
  constexpr double scale = 1.0 / 9007199254740992.0;  // 2^53
  return static_cast<double>(mixed(mixed(mixed(seed) ^ stream) ^ index) >> 11U) * scale;
}

double fading(std::uint64_t seed, std::uint64_t stream, base::Duration elapsed, base::Duration period) {
  auto index = static_cast<std::uint64_t>(elapsed / period);
  double part = static_cast<double>((elapsed % period).count()) / static_cast<double>(period.count());
  double smooth = part * part * (3 - 2 * part);
  return normal(seed, stream, index) * (1 - smooth) + normal(seed, stream, index + 1) * smooth;
}

GapCourse::Gap GapCourse::gap(std::uint64_t index) const {
  auto scaled = [](base::Duration duration, double factor) {
    return base::Duration(static_cast<base::Duration::rep>(static_cast<double>(duration.count()) * factor));
  };
  constexpr double most_of_cycle = 0.9;
  base::Duration length =
      std::min(scaled(length_, 0.5 + uniform(seed_, gap_stream, index * 2)), scaled(every_, most_of_cycle));
  base::Duration begin = every_ * static_cast<base::Duration::rep>(index) +
                         scaled(every_ - length, uniform(seed_, gap_stream, index * 2 + 1));
  return {begin, begin + length};
}

bool GapCourse::covered(base::Duration elapsed) const {
  if (!any()) {
    return true;
  }
  Gap present = gap(static_cast<std::uint64_t>(elapsed / every_));
  return elapsed < present.begin || elapsed >= present.end;
}

base::Duration GapCourse::until_change(base::Duration elapsed) const {
  if (!any()) {
    return base::Duration::max();
  }
  auto index = static_cast<std::uint64_t>(elapsed / every_);
  Gap present = gap(index);
  if (elapsed < present.begin) {
    return present.begin - elapsed;
  }
  return (elapsed < present.end ? present.end : gap(index + 1).begin) - elapsed;
}

}  // namespace attache::cellular
