#include "cellular/modem_clock.hpp"

#include <fmt/format.h>

#include <cstdlib>

#include "base/text.hpp"

namespace attache::cellular {

namespace {

using std::chrono::minutes;
using std::chrono::seconds;

constexpr int quarter_minutes = 15;
constexpr int most_quarters = 48;

struct CivilTime {
  int year = 0;  // Since 2000.
  unsigned month = 0;
  unsigned day = 0;
  int hour = 0;
  int minute = 0;
  int second = 0;
};

CivilTime civil(base::WallTime time) {
  auto whole_seconds = std::chrono::floor<seconds>(time);
  auto day = std::chrono::floor<std::chrono::days>(whole_seconds);
  std::chrono::year_month_day date(day);
  std::chrono::hh_mm_ss clock(whole_seconds - day);
  return {static_cast<int>(date.year()) % 100,       static_cast<unsigned>(date.month()),
          static_cast<unsigned>(date.day()),         static_cast<int>(clock.hours().count()),
          static_cast<int>(clock.minutes().count()), static_cast<int>(clock.seconds().count())};
}

std::optional<int> two_digits(std::string_view text, std::size_t position, int most) {
  auto value = base::parse_number<std::int32_t>(text.substr(position, 2));
  return value && *value >= 0 && *value <= most ? value : std::nullopt;
}

std::string swapped_digits(int value) {
  return fmt::format("{}{}", value % 10, value / 10);
}

}  // namespace

void ModemClock::set(base::WallTime utc, int zone_quarters, int daylight_hours) {
  set_to_ = utc;
  set_at_ = clock_.now();
  zone_quarters_ = zone_quarters;
  daylight_hours_ = daylight_hours;
}

std::optional<base::WallTime> ModemClock::utc() const {
  if (!set_to_) {
    return std::nullopt;
  }
  return *set_to_ + std::chrono::duration_cast<base::WallTime::duration>(clock_.now() - set_at_);
}

std::string ModemClock::local_text() const {
  CivilTime t = civil(utc().value_or(base::WallTime{}) + minutes(zone_quarters_ * quarter_minutes));
  return fmt::format("{:02}/{:02}/{:02},{:02}:{:02}:{:02}{}{:02}", t.year, t.month, t.day, t.hour, t.minute,
                     t.second, zone_quarters_ < 0 ? '-' : '+', std::abs(zone_quarters_));
}

std::optional<LocalTime> parse_local_time(std::string_view text) {
  constexpr std::string_view form = "yy/MM/dd,hh:mm:ss";
  if (text.size() != form.size() + 3 || text[2] != '/' || text[5] != '/' || text[8] != ',' ||
      text[11] != ':' || text[14] != ':') {
    return std::nullopt;
  }
  char sign = text[form.size()];
  auto year = two_digits(text, 0, 99);
  auto month = two_digits(text, 3, 12);
  auto day = two_digits(text, 6, 31);
  auto hour = two_digits(text, 9, 23);
  auto minute = two_digits(text, 12, 59);
  auto second = two_digits(text, 15, 59);
  auto zone = two_digits(text, form.size() + 1, most_quarters);
  if (!year || !month || !day || !hour || !minute || !second || !zone || (sign != '+' && sign != '-')) {
    return std::nullopt;
  }
  std::chrono::year_month_day date{std::chrono::year(2000 + *year),
                                   std::chrono::month(static_cast<unsigned>(*month)),
                                   std::chrono::day(static_cast<unsigned>(*day))};
  if (!date.ok()) {
    return std::nullopt;
  }
  LocalTime time;
  time.zone_quarters = sign == '-' ? -*zone : *zone;
  auto local = std::chrono::sys_days(date) + std::chrono::hours(*hour) + minutes(*minute) + seconds(*second);
  time.utc = local - minutes(time.zone_quarters * quarter_minutes);
  return time;
}

std::string network_zone_field(int zone_quarters) {
  int magnitude = std::abs(zone_quarters);
  int sign = zone_quarters < 0 ? 8 : 0;
  return fmt::format("{:X}{:X}", magnitude % 10, magnitude / 10 + sign);
}

std::string network_time_field(base::WallTime utc, int zone_quarters) {
  CivilTime t = civil(utc);
  return swapped_digits(t.year) + swapped_digits(static_cast<int>(t.month)) +
         swapped_digits(static_cast<int>(t.day)) + swapped_digits(t.hour) + swapped_digits(t.minute) +
         swapped_digits(t.second) + network_zone_field(zone_quarters);
}

}  // namespace attache::cellular
