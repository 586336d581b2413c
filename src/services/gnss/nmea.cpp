#include "services/gnss/nmea.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cmath>

namespace attache::services {

namespace {

constexpr double knots = 3600.0 / 1852.0;  // In a metre a second.
constexpr std::size_t gsa_slots = 12;
constexpr std::size_t gsv_slots = 4;

std::string time_of(const GnssFrame& frame) {
  if (!frame.time_known) {
    return "000000.00";
  }
  using namespace std::chrono;
  auto hundredths = duration_cast<duration<std::int64_t, std::centi>>(frame.utc.time_since_epoch()).count();
  auto of_day = ((hundredths % 8'640'000) + 8'640'000) % 8'640'000;
  return fmt::format("{:02}{:02}{:02}.{:02}", of_day / 360'000, of_day / 6'000 % 60, of_day / 100 % 60,
                     of_day % 100);
}

std::string date_of(const GnssFrame& frame) {
  if (!frame.time_known) {
    return "060180";  // The beginning of GPS time.
  }
  std::chrono::year_month_day date(std::chrono::floor<std::chrono::days>(frame.utc));
  return fmt::format("{:02}{:02}{:02}", static_cast<unsigned>(date.day()),
                     static_cast<unsigned>(date.month()), static_cast<int>(date.year()) % 100);
}

// Degrees and minutes; rounded as a whole, so that minutes never reach 60.
std::string angle(double degrees, int digits, char positive, char negative) {
  constexpr std::int64_t per_degree = 60 * 100'000;
  auto units = std::llround(std::abs(degrees) * static_cast<double>(per_degree));
  auto minutes = units % per_degree;
  return fmt::format("{:0{}}{:02}.{:05},{}", units / per_degree, digits, minutes / 100'000, minutes % 100'000,
                     degrees < 0 ? negative : positive);
}

std::string place_of(const GnssFrame& frame) {
  if (!frame.valid) {
    return ",,,";
  }
  return fmt::format("{},{}", angle(frame.motion.position.latitude, 2, 'N', 'S'),
                     angle(frame.motion.position.longitude, 3, 'E', 'W'));
}

std::string gga(const GnssFrame& frame) {
  auto used = std::count_if(frame.satellites.begin(), frame.satellites.end(),
                            [](const TrackedSatellite& tracked) { return tracked.used; });
  std::string satellites = frame.valid ? fmt::format("{:02}", used) : "";
  std::string altitude = frame.valid ? fmt::format("{:.2f}", frame.motion.position.altitude) : "";
  return fmt::format("GPGGA,{},{},{:d},{},{:.2f},{},M,0,,", time_of(frame), place_of(frame), frame.valid,
                     satellites, frame.dilution.horizontal, altitude);
}

std::string gll(const GnssFrame& frame) {
  return fmt::format("GPGLL,{},{},{},A", place_of(frame), time_of(frame), frame.valid ? 'A' : 'V');
}

std::string gsa(const GnssFrame& frame) {
  std::string numbers;
  std::size_t count = 0;
  for (const TrackedSatellite& tracked : frame.satellites) {
    if (frame.valid && tracked.used && count < gsa_slots) {
      numbers += fmt::format(",{:02}", tracked.satellite.number);
      ++count;
    }
  }
  numbers.append(gsa_slots - count, ',');
  return fmt::format("GPGSA,A,{}{},{:.2f},{:.2f},{:.2f},1", frame.valid ? 3 : 1, numbers,
                     frame.dilution.position, frame.dilution.horizontal, frame.dilution.vertical);
}

// Always four places a sentence, the last ones empty.
void add_gsv(const GnssFrame& frame, std::vector<std::string>& sentences) {
  std::size_t total = frame.satellites.size();
  std::size_t messages = std::max<std::size_t>((total + gsv_slots - 1) / gsv_slots, 1);
  for (std::size_t message = 0; message < messages; ++message) {
    std::string places;
    for (std::size_t i = message * gsv_slots; i < (message + 1) * gsv_slots; ++i) {
      if (i >= total) {
        places += ",,,,";
        continue;
      }
      const TrackedSatellite& tracked = frame.satellites[i];
      places += fmt::format(",{},{:02},{:03},{:02}", tracked.satellite.number,
                            static_cast<int>(tracked.satellite.elevation),
                            static_cast<int>(tracked.satellite.azimuth), tracked.carrier_to_noise);
    }
    sentences.push_back(nmea_framed(fmt::format("GPGSV,{},{},{}{},1", messages, message + 1, total, places)));
  }
}

std::string rmc(const GnssFrame& frame) {
  std::string motion =
      frame.valid ? fmt::format("{:.2f},{:.2f}", frame.motion.speed * knots, frame.motion.heading) : ",";
  return fmt::format("GPRMC,{},{},{},{},{},,,{},V", time_of(frame), frame.valid ? 'A' : 'V', place_of(frame),
                     motion, date_of(frame), frame.valid ? 'A' : 'N');
}

}  // namespace

std::string nmea_framed(std::string_view text) {
  unsigned sum = 0;
  for (char c : text) {
    sum ^= static_cast<unsigned char>(c);
  }
  return fmt::format("${}*{:02X}\r\n", text, sum);
}

std::vector<std::string> nmea_sentences(const GnssFrame& frame, std::uint16_t mask) {
  auto wanted = [mask](NmeaSentence sentence) { return (mask & static_cast<unsigned>(sentence)) != 0; };
  std::vector<std::string> sentences;
  if (wanted(NmeaSentence::gga)) {
    sentences.push_back(nmea_framed(gga(frame)));
  }
  if (wanted(NmeaSentence::gll)) {
    sentences.push_back(nmea_framed(gll(frame)));
  }
  if (wanted(NmeaSentence::gsa)) {
    sentences.push_back(nmea_framed(gsa(frame)));
  }
  if (wanted(NmeaSentence::gsv)) {
    add_gsv(frame, sentences);
  }
  if (wanted(NmeaSentence::rmc)) {
    sentences.push_back(nmea_framed(rmc(frame)));
  }
  return sentences;
}

}  // namespace attache::services
