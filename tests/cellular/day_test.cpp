#include <fmt/format.h>
#include <gtest/gtest.h>

#include <ctime>
#include <string>

#include "base/text.hpp"
#include "simulated_modem.hpp"

namespace attache::cellular {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;

struct Day {
  std::string log;  ///< "<ms> <URC>" for each.
  double cpu_seconds = 0;
};

SimulationOptions moving_device(std::uint64_t seed) {
  SimulationOptions options;
  options.seed = seed;
  options.firmware = "mfw_nrf91x1_2.0.2";
  options.radio.fading_db = 4;
  options.radio.gap_every = hours(3);
  options.radio.gap_length = minutes(20);
  CellOptions first;
  first.rsrp_dbm = -98;
  CellOptions second = first;
  second.id = "0112F302";
  second.tac = "0A1C";
  second.rsrp_dbm = -100;
  options.cells = {first, second};
  return options;
}

Day live_a_day(std::uint64_t seed, std::initializer_list<const char*> settings, bool sends,
               double speed = 0) {
  std::clock_t begin = std::clock();
  Day day;
  SimulationOptions options = moving_device(seed);
  options.timing.speed = speed;
  options.radio.fading_db = sends ? 4 : 1;  // A device that never moves updates by its timer alone.
  SimulatedModem modem(options);
  modem.modem->set_notification_handler([&](std::string_view urc) {
    auto now = std::chrono::duration_cast<milliseconds>(modem.clock.now().time_since_epoch()).count();
    day.log += fmt::format("{} {}\n", now, base::trim(urc));
  });
  for (const char* line : {"AT+CEREG=5", "AT+CSCON=1", "AT+CGEREP=1", "AT%XSIM=1", "AT%MDMEV=1", "AT%XTIME=1",
                           "AT%XMODEMSLEEP=1,500,10240", "AT%XT3412=1,5000,60000"}) {
    EXPECT_EQ(modem.send(line), ok) << line;
  }
  for (const char* line : settings) {
    EXPECT_EQ(modem.send(line), ok) << line;
  }
  modem.send("AT+CFUN=1");
  for (int quarter = 0; quarter < 96; ++quarter) {
    modem.clock.advance(minutes(15));
    if (sends) {
      static_cast<void>(modem.modem->link().send(0, 200));
    }
  }
  day.cpu_seconds = static_cast<double>(std::clock() - begin) / CLOCKS_PER_SEC;
  return day;
}

std::size_t count(const std::string& log, std::string_view part) {
  std::size_t found = 0;
  for (std::size_t at = log.find(part); at != std::string::npos; at = log.find(part, at + 1)) {
    ++found;
  }
  return found;
}

TEST(Day, OfAPsmDeviceIsTheSameForTheSameSeed) {
  auto settings = {"AT+CPSMS=1,\"\",\"\",\"00100001\",\"00000101\""};
  Day day = live_a_day(7, settings, true);
  EXPECT_EQ(day.log, live_a_day(7, settings, true).log);
  EXPECT_NE(day.log, live_a_day(8, settings, true).log);
  EXPECT_GT(count(day.log, "%XMODEMSLEEP: 1,"), 20U) << day.log;
  EXPECT_GT(count(day.log, "+CSCON: 1"), 20U) << day.log;
  EXPECT_GT(count(day.log, "+CEREG: 2"), 1U) << "no gap was noticed\n" << day.log;
  std::printf("%zu URCs in %.3f s of CPU time\n", count(day.log, "\n"), day.cpu_seconds);
  EXPECT_LT(day.cpu_seconds, 1.0);
}

TEST(Day, OfAnEdrxDeviceIsTheSameForTheSameSeed) {
  auto settings = {"AT+CEDRXS=2,4,\"0101\""};
  Day day = live_a_day(7, settings, false);
  EXPECT_EQ(day.log, live_a_day(7, settings, false).log);
  EXPECT_NE(day.log, live_a_day(8, settings, false).log);
  EXPECT_GT(count(day.log, "%XMODEMSLEEP: 2,79360"), 500U) << day.log;
  EXPECT_GT(count(day.log, "%XMODEMSLEEP: 2,500"), 500U) << "no warning before the end of a sleep";
  EXPECT_GT(count(day.log, "%XT3412: 5000"), 5U) << day.log;
  EXPECT_GT(count(day.log, "%XMODEMSLEEP: 3"), 3U) << "no gap was noticed\n" << day.log;
  std::printf("%zu URCs in %.3f s of CPU time\n", count(day.log, "\n"), day.cpu_seconds);
  EXPECT_LT(day.cpu_seconds, 1.0);
}

TEST(Day, AtRealTimingIsTheSameForTheSameSeed) {
  auto settings = {"AT+CPSMS=1,\"\",\"\",\"00100001\",\"00000101\"", "AT+CEDRXS=2,4,\"0101\""};
  Day day = live_a_day(7, settings, true, 1);
  EXPECT_EQ(day.log, live_a_day(7, settings, true, 1).log);
  EXPECT_NE(day.log, live_a_day(8, settings, true, 1).log);
  EXPECT_GT(count(day.log, "%XMODEMSLEEP: 1,"), 20U) << day.log;
  EXPECT_GT(count(day.log, "+CEREG: 2"), 1U) << "no gap was noticed\n" << day.log;
  EXPECT_LT(day.cpu_seconds, 1.0);
}

TEST(Day, OfAQuietDeviceDiffersByItsSeedAtRealTimingAlone) {
  auto life = [](std::uint64_t seed) {
    SimulationOptions options;
    options.seed = seed;
    options.timing.speed = 1;
    SimulatedModem modem(options);
    std::string log;
    modem.modem->set_notification_handler([&](std::string_view urc) {
      auto now = std::chrono::duration_cast<milliseconds>(modem.clock.now().time_since_epoch()).count();
      log += fmt::format("{} {}\n", now, base::trim(urc));
    });
    modem.send("AT+CSCON=1");
    modem.answer_of("AT+CFUN=1");
    modem.clock.advance(hours(24));
    return log;
  };
  std::string log = life(1);
  EXPECT_EQ(log, life(1));
  EXPECT_NE(log, life(2)) << "the steps take other times";
  EXPECT_GT(count(log, "+CSCON: 1"), 20U) << "updates every 54 minutes";
}

}  // namespace
}  // namespace attache::cellular
