#include "serial/pace.hpp"

#include <algorithm>
#include <chrono>

namespace attache::serial {

namespace {

// Ten bits a byte: `baud` bytes take exactly ten seconds, which keeps the sums below exact and in range.
constexpr std::uint64_t span_ns = 10'000'000'000;
constexpr std::uint32_t slices_per_second = 2000;

std::uint64_t nanoseconds(base::Duration duration) {
  auto count = std::chrono::duration_cast<std::chrono::nanoseconds>(duration).count();
  return count > 0 ? static_cast<std::uint64_t>(count) : 0;
}

// How many bytes end within the time.
std::uint64_t bytes_within(std::uint64_t time_ns, std::uint32_t baud) {
  return time_ns / span_ns * baud + time_ns % span_ns * baud / span_ns;
}

// The time until the end of a byte, rounded up.
std::uint64_t time_of_bytes(std::uint64_t count, std::uint32_t baud) {
  return count / baud * span_ns + (count % baud * span_ns + baud - 1) / baud;
}

}  // namespace

void Pace::start(base::Time now) {
  origin_ = now;
  taken_ = 0;
}

std::size_t Pace::due(base::Time now) const {
  std::uint64_t passed = bytes_within(nanoseconds(now - origin_), baud_);
  return passed - std::min(passed, taken_);
}

base::Time Pace::time_of(std::size_t count) const {
  return origin_ + std::chrono::nanoseconds(time_of_bytes(taken_ + count, baud_));
}

base::Time Pace::next_slice(std::size_t waiting) const {
  std::size_t slice = std::max<std::size_t>(1, baud_ / 10 / slices_per_second);
  return time_of(std::min(waiting, slice));
}

void Pace::set_baud(std::uint32_t baud, base::Time now) {
  std::size_t through = due(now);
  baud_ = baud;
  origin_ = now - std::chrono::nanoseconds(time_of_bytes(through, baud));
  taken_ = 0;
}

}  // namespace attache::serial
