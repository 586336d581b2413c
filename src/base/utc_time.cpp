#include "base/utc_time.hpp"

#include <fmt/chrono.h>

#include <cstdio>

namespace attache::base {

namespace {

// "", "Z" or "+hh:mm": how far local time is ahead of UTC.
std::optional<std::chrono::minutes> zone_of(const std::string& text) {
  if (text.empty() || text == "Z") {
    return std::chrono::minutes(0);
  }
  char sign = 0;
  int hours = 0;
  int minutes = 0;
  int used = 0;
  bool complete = std::sscanf(text.c_str(), "%c%2d:%2d%n", &sign, &hours, &minutes, &used) == 3 &&
                  static_cast<std::size_t>(used) == text.size();
  if (!complete || (sign != '+' && sign != '-') || hours < 0 || hours > 14 || minutes < 0 || minutes > 59) {
    return std::nullopt;
  }
  std::chrono::minutes ahead = std::chrono::hours(hours) + std::chrono::minutes(minutes);
  return sign == '-' ? -ahead : ahead;
}

}  // namespace

std::optional<WallTime> parse_utc(std::string_view text) {
  constexpr std::size_t longest = 40;
  constexpr int first_year = 1970;
  constexpr int last_year = 2199;
  if (text.size() > longest) {
    return std::nullopt;
  }
  std::string digits(text);
  int year = 0;
  unsigned month = 0;
  unsigned day = 0;
  int hour = 0;
  int minute = 0;
  double second = 0;
  int used = 0;
  if (std::sscanf(digits.c_str(), "%4d-%2u-%2uT%2d:%2d:%lf%n", &year, &month, &day, &hour, &minute, &second,
                  &used) != 6) {
    return std::nullopt;
  }
  auto zone = zone_of(digits.substr(static_cast<std::size_t>(used)));
  std::chrono::year_month_day date{std::chrono::year(year), std::chrono::month(month), std::chrono::day(day)};
  bool exists = date.ok() && year >= first_year && year <= last_year && hour >= 0 && hour < 24 &&
                minute >= 0 && minute < 60 && second >= 0 && second < 61;
  if (!exists || !zone) {
    return std::nullopt;
  }
  auto of_day =
      std::chrono::hours(hour) + std::chrono::minutes(minute) + std::chrono::duration<double>(second);
  return WallTime(std::chrono::sys_days(date)) + std::chrono::duration_cast<WallTime::duration>(of_day) -
         *zone;
}

std::string format_utc(WallTime time) {
  return fmt::format("{:%Y-%m-%dT%H:%M:%SZ}", std::chrono::floor<std::chrono::seconds>(time));
}

}  // namespace attache::base
