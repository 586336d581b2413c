#include "sms/timestamp.hpp"

#include <array>
#include <chrono>

namespace attache::sms {

namespace {

constexpr std::size_t length = 7;
constexpr unsigned west = 0x08;  // In the first semi-octet of the zone.
constexpr std::chrono::minutes quarter(15);
constexpr int century = 2000;

char swapped(int number) {
  return static_cast<char>(static_cast<unsigned>(number % 10) << 4U | static_cast<unsigned>(number / 10));
}

int number_of(unsigned char octet) {
  return static_cast<int>((octet & 0x0FU) * 10 + (octet >> 4U));
}

}  // namespace

Timestamp make_timestamp(base::WallTime utc, int quarters) {
  using namespace std::chrono;
  auto local = floor<seconds>(utc) + quarters * quarter;
  auto midnight = floor<days>(local);
  year_month_day date(midnight);
  hh_mm_ss time(local - midnight);
  return {static_cast<int>(date.year()) % 100,
          static_cast<int>(static_cast<unsigned>(date.month())),
          static_cast<int>(static_cast<unsigned>(date.day())),
          static_cast<int>(time.hours().count()),
          static_cast<int>(time.minutes().count()),
          static_cast<int>(time.seconds().count()),
          quarters};
}

std::optional<base::WallTime> to_wall_time(const Timestamp& timestamp) {
  using namespace std::chrono;
  year_month_day date(year(century + timestamp.year), month(static_cast<unsigned>(timestamp.month)),
                      day(static_cast<unsigned>(timestamp.day)));
  if (!date.ok() || timestamp.year > 99 || timestamp.hour > 23 || timestamp.minute > 59 ||
      timestamp.second > 59) {
    return std::nullopt;
  }
  return sys_days(date) + hours(timestamp.hour) + minutes(timestamp.minute) + seconds(timestamp.second) -
         timestamp.quarters * quarter;
}

std::string encode_timestamp(const Timestamp& timestamp) {
  std::string octets;
  for (int number :
       {timestamp.year, timestamp.month, timestamp.day, timestamp.hour, timestamp.minute, timestamp.second}) {
    octets.push_back(swapped(number));
  }
  int zone = timestamp.quarters < 0 ? -timestamp.quarters : timestamp.quarters;
  unsigned sign = timestamp.quarters < 0 ? west : 0;
  octets.push_back(static_cast<char>(static_cast<unsigned char>(swapped(zone)) | sign));
  return octets;
}

std::optional<Timestamp> decode_timestamp(Octets& octets) {
  auto taken = octets.take(length);
  if (!taken) {
    return std::nullopt;
  }
  std::array<int, length - 1> numbers{};
  for (std::size_t i = 0; i < numbers.size(); ++i) {
    numbers[i] = number_of(static_cast<unsigned char>((*taken)[i]));
  }
  auto zone = static_cast<unsigned char>(taken->back());
  int quarters = number_of(static_cast<unsigned char>(zone & ~west));
  return Timestamp{numbers[0],
                   numbers[1],
                   numbers[2],
                   numbers[3],
                   numbers[4],
                   numbers[5],
                   (zone & west) != 0 ? -quarters : quarters};
}

}  // namespace attache::sms
