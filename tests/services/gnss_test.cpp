#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/asio/io_context.hpp>
#include <cmath>

#include "services/gnss/gnss_receiver.hpp"
#include "services/gnss/nmea.hpp"
#include "services/gnss/sky.hpp"
#include "services/gnss/trajectory.hpp"

namespace attache::services {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::HasSubstr;

constexpr std::uint16_t all = 31;

TEST(Nmea, WithoutAFixIsThatOfTheDevice) {
  EXPECT_THAT(
      nmea_sentences({}, all),
      ElementsAre("$GPGGA,000000.00,,,,,0,,99.99,,M,0,,*37\r\n", "$GPGLL,,,,,000000.00,V,A*45\r\n",
                  "$GPGSA,A,1,,,,,,,,,,,,,99.99,99.99,99.99,1*2D\r\n",
                  "$GPGSV,1,1,0,,,,,,,,,,,,,,,,,1*54\r\n", "$GPRMC,000000.00,V,,,,,,,060180,,,N,V*08\r\n"));
}

TEST(Nmea, WithAFixIsThatOfTheDevice) {
  GnssFrame frame;
  frame.valid = frame.time_known = true;
  frame.utc = std::chrono::sys_days(std::chrono::year(2020) / 1 / 30) + 9h + 42min + 38s + 250ms;
  frame.motion.position = {63.4215458, 10.437814, 163.747833};
  frame.motion.speed = 0.023171;
  frame.dilution = {2.60, 1.49, 2.12};
  for (auto [number, elevation, azimuth, noise] : std::vector<std::array<int, 4>>{{7, 60, 93, 44},
                                                                                  {9, 14, 106, 39},
                                                                                  {21, 17, 339, 41},
                                                                                  {16, 7, 16, 22},
                                                                                  {27, 15, 41, 20},
                                                                                  {8, 7, 71, 24},
                                                                                  {30, 62, 176, 29},
                                                                                  {5, 57, 239, 34}}) {
    frame.satellites.push_back(
        {{number, static_cast<double>(elevation), static_cast<double>(azimuth)}, noise, true});
  }
  auto sentences = nmea_sentences(frame, all);
  ASSERT_EQ(sentences.size(), 6U);
  EXPECT_EQ(sentences[0], "$GPGGA,094238.25,6325.29275,N,01026.26884,E,1,08,1.49,163.75,M,0,,*2E\r\n");
  EXPECT_EQ(sentences[1], "$GPGLL,6325.29275,N,01026.26884,E,094238.25,A,A*66\r\n");
  EXPECT_EQ(sentences[2], nmea_framed("GPGSA,A,3,07,09,21,16,27,08,30,05,,,,,2.60,1.49,2.12,1"));
  EXPECT_EQ(sentences[3], "$GPGSV,2,1,8,7,60,093,44,9,14,106,39,21,17,339,41,16,07,016,22,1*5B\r\n");
  EXPECT_EQ(sentences[4], "$GPGSV,2,2,8,27,15,041,20,8,07,071,24,30,62,176,29,5,57,239,34,1*51\r\n");
  EXPECT_EQ(sentences[5], "$GPRMC,094238.25,A,6325.29275,N,01026.26884,E,0.05,0.00,300120,,,A,V*2E\r\n");
}

TEST(Nmea, RoundsWithoutSixtyMinutesAndKnowsAllQuarters) {
  GnssFrame frame;
  frame.valid = true;
  frame.motion.position = {-9.99999999999, -0.5, -3};
  EXPECT_THAT(nmea_sentences(frame, 2).at(0), testing::StartsWith("$GPGLL,1000.00000,S,00030.00000,W,"));
  EXPECT_THAT(nmea_sentences(frame, 0), testing::IsEmpty());
}

TEST(Sky, HasEnoughSatellitesWithGoodGeometryEverywhere) {
  for (double latitude : {-90.0, -60.0, 0.0, 35.0, 63.0, 90.0}) {
    for (int hour = 0; hour < 24; ++hour) {
      base::WallTime time{std::chrono::hours(hour) + 400000h};
      auto satellites = satellites_above({latitude, 20, 0}, time);
      EXPECT_GE(satellites.size(), 5U) << latitude << " " << hour;
      EXPECT_LE(satellites.size(), 16U);
      EXPECT_LT(dilution_of(satellites).horizontal, 8) << latitude << " " << hour;
    }
  }
  EXPECT_EQ(dilution_of({}).position, Dilution::unknown);
  EXPECT_EQ(dilution_of(std::vector<Satellite>(4, Satellite{1, 45, 90})).position, Dilution::unknown);
}

TEST(TrajectoryOfADevice, RestsOrCircles) {
  Trajectory way;
  EXPECT_EQ(way.at(1h).position.latitude, way.centre.latitude);
  EXPECT_EQ(way.at(1h).speed, 0);
  way.radius = 100;
  way.speed = 10;
  Motion start = way.at(0s);
  EXPECT_GT(start.position.latitude, way.centre.latitude);
  EXPECT_NEAR(start.heading, 90, 1e-9);
  Motion later = way.at(std::chrono::duration_cast<base::Duration>(
      std::chrono::duration<double>(2 * 3.14159265358979 * 100 / 10 / 4)));
  EXPECT_NEAR(later.position.latitude, way.centre.latitude, 1e-7);
  EXPECT_GT(later.position.longitude, way.centre.longitude);
  EXPECT_NEAR(later.heading, 180, 1e-3);
}

std::string gpx(std::string_view points) {
  return fmt::format("<?xml version=\"1.0\"?><gpx version=\"1.1\"><trk><trkseg>{}</trkseg></trk></gpx>",
                     points);
}

TEST(Gpx, TrackIsFollowedInTime) {
  auto track =
      read_gpx(gpx(R"(<trkpt lat="50" lon="10"><ele>100</ele><time>2021-05-24T11:00:00Z</time></trkpt>
      <trkpt lat="50.001" lon="10"><ele>110</ele><time>2021-05-24T11:00:10.0Z</time></trkpt>
      <trkpt lat="50.001" lon="10.001"><ele>110</ele><time>2021-05-24T11:00:20Z</time></trkpt>)"));
  ASSERT_TRUE(track) << base::to_block(track.error());
  Trajectory way;
  way.track = std::make_shared<const Track>(*track);
  Motion motion = way.at(5s);
  EXPECT_NEAR(motion.position.latitude, 50.0005, 1e-7);
  EXPECT_NEAR(motion.position.altitude, 105, 1e-9);
  EXPECT_NEAR(motion.speed, 11.12, 0.01);
  EXPECT_NEAR(motion.heading, 0, 1e-6);
  EXPECT_NEAR(way.at(15s).heading, 90, 1e-3);
  EXPECT_EQ(way.at(1h).speed, 0);
  EXPECT_EQ(way.at(1h).position.longitude, 10.001);
  way.repeat = true;
  EXPECT_NEAR(way.at(25s).position.latitude, 50.0005, 1e-7);
  way.time_scale = 10;
  EXPECT_NEAR(way.at(500ms).position.latitude, 50.0005, 1e-7);
  EXPECT_NEAR(way.at(500ms).speed, 111.2, 0.1);
}

TEST(Gpx, TakesRoutesAndPointsWithoutTime) {
  auto route = read_gpx(R"(<gpx><rte><rtept lat="0" lon="0"/><rtept lat="0" lon="0.001"/></rte></gpx>)");
  ASSERT_TRUE(route);
  EXPECT_NEAR(std::chrono::duration<double>(route->back().offset).count(), 80.06, 0.1);
  EXPECT_EQ(read_gpx(R"(<gpx><wpt lat="1" lon="2"/></gpx>)")->size(), 1U);
}

TEST(Gpx, SaysWhatIsWrong) {
  auto why = [](std::string_view text) { return read_gpx(text).error().why; };
  EXPECT_THAT(why("<gpx"), HasSubstr("at byte"));
  EXPECT_EQ(why("<kml/>"), "it has no element `gpx`");
  EXPECT_EQ(why("<gpx/>"), "it has no points");
  EXPECT_EQ(why(gpx("<trkpt lat=\"91\" lon=\"0\"/>")), "point 1 has no `lat` and `lon` in degrees");
  EXPECT_EQ(why(gpx("<trkpt lat=\"1\"/>")), "point 1 has no `lat` and `lon` in degrees");
  EXPECT_EQ(why(gpx("<trkpt lat=\"1\" lon=\"1\"><time>2021-05-24T11:00:10Z</time></trkpt>"
                    "<trkpt lat=\"1\" lon=\"1\"><time>2021-05-24T11:00:09Z</time></trkpt>")),
            "point 2 is earlier than the one before");
  EXPECT_EQ(why(gpx("<trkpt lat=\"1\" lon=\"1\"><ele>1e308</ele></trkpt>")),
            "point 1 is higher or deeper than 50 km");
  EXPECT_EQ(why(gpx("<trkpt lat=\"1\" lon=\"1\"><ele>nan</ele></trkpt>")),
            "point 1 is higher or deeper than 50 km");
  auto missing = read_gpx_file("/nowhere/track.gpx");
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.error().where, "/nowhere/track.gpx");
}

// What comes later could not be reckoned with in nanoseconds.
TEST(Gpx, TakesTenYearsAtMost) {
  std::string far_apart;
  for (int i = 0; i < 50; ++i) {
    far_apart += i % 2 == 0 ? R"(<trkpt lat="90" lon="0"/>)" : R"(<trkpt lat="-90" lon="0"/>)";
  }
  EXPECT_EQ(read_gpx(gpx(far_apart)).error().why, "point 23 comes more than ten years after the first");
  EXPECT_EQ(read_gpx(gpx("<trkpt lat=\"1\" lon=\"1\"><time>1970-01-01T00:00:00Z</time></trkpt>"
                         "<trkpt lat=\"1\" lon=\"1\"><time>2199-12-31T23:59:59Z</time></trkpt>"))
                .error()
                .why,
            "point 2 comes more than ten years after the first");
}

class FakePower final : public modem::PowerState {
 public:
  [[nodiscard]] int functional_mode() const override { return 31; }
  [[nodiscard]] bool lte_active() const override { return false; }
  [[nodiscard]] bool gnss_active() const override { return gnss; }
  [[nodiscard]] bool radio_idle() const override { return idle; }

  bool gnss = true;
  bool idle = true;
};

class Receiver : public testing::Test, public GnssReceiver::Listener {
 protected:
  Receiver() { clock.set_wall(base::WallTime(1'621'857'502s)); }

  void make() { receiver = std::make_unique<GnssReceiver>(options, clock, power, *this); }
  void frame(const GnssFrame& frame) override {
    frames.push_back(frame);
    if (frame.valid) {
      fixes.push_back(clock.now().time_since_epoch());
    }
    if (frame.valid && restart_with) {
      receiver->stop();
      receiver->start(*std::exchange(restart_with, std::nullopt));
    }
  }
  void status(GnssReceiver::Status status) override { states.push_back(status); }

  base::Duration first_fix(GnssMode mode = {}) {
    fixes.clear();
    base::Time begin = clock.now();
    EXPECT_TRUE(receiver->start(mode));
    clock.advance(60s);
    return fixes.empty() ? base::Duration::zero() : fixes.front() - begin.time_since_epoch();
  }

  boost::asio::io_context context;
  base::ManualClock clock{context};
  FakePower power;
  GnssOptions options;
  std::unique_ptr<GnssReceiver> receiver;
  std::vector<GnssFrame> frames;
  std::vector<base::Duration> fixes;
  std::vector<GnssReceiver::Status> states;
  std::optional<GnssMode> restart_with;  // At the next fix, from within its frame.
};

using Status = GnssReceiver::Status;

TEST_F(Receiver, TakesLongCold) {
  make();
  auto time = first_fix();
  EXPECT_GE(time, 28s);
  EXPECT_LE(time, 42s);
  EXPECT_EQ(frames.size(), 60U);
  EXPECT_THAT(states, ElementsAre(Status::wants_help));
  EXPECT_GE(frames.back().satellites.size(), 4U);
  EXPECT_TRUE(frames.back().satellites.front().used);
  EXPECT_LT(frames.back().dilution.horizontal, 8);
  receiver->stop();
  EXPECT_LE(first_fix(), 3s) << "hot once it knows the ephemerides";
  receiver->stop();
  clock.advance(5h);
  auto warm = first_fix();
  EXPECT_GE(warm, 22s);
  EXPECT_LE(warm, 34s);
}

TEST_F(Receiver, TakesAFewSecondsWithAssistance) {
  make();
  receiver->assist();
  EXPECT_LE(first_fix(), 3s);
  EXPECT_TRUE(states.empty());
}

TEST_F(Receiver, SearchesAnewWhenTheListenerStartsItAgainWithinAFrame) {
  options.start = GnssStart::hot;
  make();
  restart_with = GnssMode{0s, 0s};
  ASSERT_TRUE(receiver->start({}));
  while (fixes.empty()) {
    clock.advance(1s);
  }
  EXPECT_TRUE(receiver->running()) << "the fix was that of the search before";
  EXPECT_TRUE(states.empty());
  clock.advance(10s);
  EXPECT_EQ(fixes.size(), 2U);
  EXPECT_THAT(states, ElementsAre(Status::fixed));
  EXPECT_FALSE(receiver->running());
}

TEST_F(Receiver, GivesTheSameFramesForTheSameSeed) {
  auto run = [this](std::uint64_t seed) {
    options.seed = seed;
    clock.set_wall(base::WallTime(1'621'857'502s));
    make();
    frames.clear();
    receiver->start({});
    clock.advance(60s);
    receiver.reset();
    std::string text;
    for (const GnssFrame& frame : frames) {
      for (const std::string& sentence : nmea_sentences(frame, all)) {
        text += sentence;
      }
    }
    return text;
  };
  std::string once = run(1);
  EXPECT_EQ(run(1), once);
  EXPECT_NE(run(2), once);
}

TEST_F(Receiver, StaysWithinItsAccuracy) {
  options.accuracy = 5;
  options.start = GnssStart::hot;
  make();
  receiver->start({});
  clock.advance(10min);
  double squares = 0;
  for (const GnssFrame& frame : frames) {
    if (frame.valid) {
      double north = (frame.motion.position.latitude - options.trajectory.centre.latitude) * 111195;
      squares += north * north;
    }
  }
  double sigma = std::sqrt(squares / static_cast<double>(fixes.size())) * std::sqrt(2.0);
  EXPECT_GT(sigma, 2);
  EXPECT_LT(sigma, 10);
}

TEST_F(Receiver, GetsNothingWhileLteHasTheRadio) {
  options.start = GnssStart::hot;
  make();
  power.idle = false;
  EXPECT_EQ(first_fix(), 0s);
  EXPECT_TRUE(frames.back().blocked);
  EXPECT_TRUE(frames.back().satellites.empty());
  power.idle = true;
  clock.advance(5s);
  EXPECT_TRUE(frames.back().valid);
  power.idle = false;
  clock.advance(1s);
  EXPECT_FALSE(frames.back().valid);
  power.idle = true;
  clock.advance(3s);
  EXPECT_TRUE(frames.back().valid);
}

TEST_F(Receiver, HearsNothingWithoutASky) {
  options.sky = false;
  make();
  EXPECT_EQ(first_fix(), 0s);
  EXPECT_TRUE(frames.back().satellites.empty());
}

TEST_F(Receiver, StopsWhenItIsSwitchedOff) {
  make();
  power.gnss = false;
  EXPECT_FALSE(receiver->start({}));
  power.gnss = true;
  EXPECT_TRUE(receiver->start({}));
  EXPECT_FALSE(receiver->start({})) << "it runs";
  power.gnss = false;
  clock.advance(1s);
  EXPECT_FALSE(receiver->running());
  EXPECT_THAT(states, ElementsAre(Status::switched_off));
}

TEST_F(Receiver, EndsASingleFixWithItOrWithTheRetryTime) {
  options.start = GnssStart::hot;
  make();
  first_fix({0s, 10s});
  EXPECT_EQ(fixes.size(), 1U);
  EXPECT_THAT(states, ElementsAre(Status::fixed));
  EXPECT_FALSE(receiver->running());
  power.idle = false;
  states.clear();
  frames.clear();
  first_fix({0s, 10s});
  EXPECT_THAT(states, ElementsAre(Status::gave_up));
  EXPECT_EQ(frames.size(), 10U);
}

TEST_F(Receiver, SleepsBetweenPeriodicFixes) {
  options.start = GnssStart::hot;
  make();
  receiver->start({30s, 5s});
  clock.advance(65s);
  EXPECT_EQ(fixes.size(), 3U);
  EXPECT_THAT(states, ElementsAre(Status::fixed, Status::woken, Status::fixed, Status::woken, Status::fixed));
  power.idle = false;
  states.clear();
  clock.advance(30s);
  EXPECT_THAT(states, ElementsAre(Status::woken, Status::gave_up));
  power.gnss = false;
  states.clear();
  clock.advance(30s);
  EXPECT_THAT(states, ElementsAre(Status::switched_off));
}

}  // namespace
}  // namespace attache::services
