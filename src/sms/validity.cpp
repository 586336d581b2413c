#include "sms/validity.hpp"

#include <algorithm>

namespace attache::sms {

namespace {

using std::chrono::hours;
using std::chrono::minutes;

constexpr minutes whole_day = hours(24);
constexpr minutes week = 7 * whole_day;

// The shortest coded period that is not shorter (9.2.3.12.1).
std::uint8_t relative_octet(minutes period) {
  auto steps = [](minutes time, minutes step) { return (time.count() + step.count() - 1) / step.count(); };
  long long value = 0;
  if (period <= hours(12)) {
    value = std::max<long long>(steps(period, minutes(5)) - 1, 0);
  } else if (period <= whole_day) {
    value = 143 + steps(period - hours(12), minutes(30));
  } else if (period <= 30 * whole_day) {
    value = 166 + steps(period, whole_day);
  } else {
    value = std::min<long long>(192 + steps(period, week), 255);
  }
  return static_cast<std::uint8_t>(value);
}

}  // namespace

unsigned validity_format(const Validity& validity) {
  // Bits 4 and 3: none, enhanced, relative, absolute.
  if (std::holds_alternative<std::monostate>(validity)) {
    return 0x00;
  }
  if (std::holds_alternative<std::string>(validity)) {
    return 0x08;
  }
  return std::holds_alternative<minutes>(validity) ? 0x10 : 0x18;
}

minutes relative_period(std::uint8_t value) {
  if (value <= 143) {
    return (value + 1) * minutes(5);
  }
  if (value <= 167) {
    return hours(12) + (value - 143) * minutes(30);
  }
  return value <= 196 ? (value - 166) * whole_day : (value - 192) * week;
}

std::string encode_validity(const Validity& validity) {
  if (const auto* period = std::get_if<minutes>(&validity)) {
    return std::string(1, static_cast<char>(relative_octet(*period)));
  }
  if (const auto* time = std::get_if<Timestamp>(&validity)) {
    return encode_timestamp(*time);
  }
  if (const auto* enhanced = std::get_if<std::string>(&validity)) {
    return *enhanced;
  }
  return {};
}

}  // namespace attache::sms
