#include "slm_device.hpp"

namespace attache::dialects {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;
using testing::Not;

const std::string start_refused = "#XGPS: -1\r\n" + error;

void hot(device::DeviceConfig& config) {
  config.gnss.start = services::GnssStart::hot;
  config.gnss.accuracy = 0;
  config.gnss.trajectory.centre = {35.534159, 139.721966, 109.53};
}

/// A device with GNSS on and a receiver that needs two frames, more or less.
class GpsCommands : public testing::Test {
 protected:
  explicit GpsCommands(const std::function<void(device::DeviceConfig&)>& configure = hot,
                       DialectOptions options = {})
      : device(std::move(options), 1, {}, configure) {
    device.clock.set_wall(std::chrono::sys_days(std::chrono::year(2020) / 4 / 30) + 11min + 50s + 870ms);
    device.send("AT%XSYSTEMMODE=1,0,1,0");
    device.send("AT+CFUN=31");
  }

  std::string second() { return device.after(1s); }

  SlmDevice device;
};

TEST_F(GpsCommands, AnswerAsTheReferenceShows) {
  EXPECT_EQ(device.send("AT#XGPS=?"), "#XGPS: (0,1),(bitmask)\r\n" + ok);
  EXPECT_EQ(device.send("AT#XGPS?"), "#XGPS: 0\r\n" + ok);
  EXPECT_EQ(device.send("AT#XGPS=0"), ok);
  EXPECT_EQ(device.send("AT#XGPS=2"), ok);
  EXPECT_EQ(device.send("AT#XGPS=1"), "#XGPS: 1,31\r\n" + ok);
  EXPECT_EQ(device.send("AT#XGPS=1,3"), ok) << "kept, not applied";
  EXPECT_EQ(device.send("AT#XGPS?"), "#XGPS: 1,31\r\n" + ok);
  EXPECT_EQ(device.send("AT#XGPS=0"), "#XGPS: 0\r\n" + ok);
  EXPECT_EQ(device.send("AT#XGPS=1"), "#XGPS: 1,3\r\n" + ok);
  EXPECT_EQ(device.send("AT#XGPS=0,\"x\""), "#XGPS: 0\r\n" + ok);
  EXPECT_EQ(device.take_reasons().size(), 2U) << "of operation 2 and of \"x\"";
}

TEST_F(GpsCommands, AnswerWrongParametersWithError) {
  for (std::string_view line : {"AT#XGPS", "AT#XGPS=", "AT#XGPS=\"1\"", "AT#XGPS=-1", "AT#XGPS=65536",
                                "AT#XGPS=1,\"3\"", "AT#XGPS=1,65536", "AT#XGPS=1,-1", "AT#XGPS=1,,"}) {
    EXPECT_EQ(device.send(line), error) << line;
    EXPECT_EQ(device.take_reasons().size(), 1U) << line;
  }
}

TEST_F(GpsCommands, ShowTheWayToTheFirstFixAndEachFix) {
  device.send("AT#XGPS=1,3");
  std::string said;
  int seconds = 0;
  while (said.find("TTFF") == std::string::npos && seconds < 10) {
    said += second();
    ++seconds;
  }
  EXPECT_THAT(said, HasSubstr("use 0 unhealthy 0\"\r\n"));
  std::size_t fix = said.find("#XGPSP");
  EXPECT_EQ(said.substr(fix, said.find("$GPGGA") - fix),
            fmt::format("#XGPSP: \"long 139.721966 lat 35.534159\"\r\n"
                        "#XGPSP: \"2020-04-30 00:11:{}\"\r\n"
                        "#XGPSP: \"TTFF {}s\"\r\n",
                        50 + seconds, seconds));
  std::string next = second();
  EXPECT_THAT(next, testing::StartsWith(fmt::format("#XGPSP: \"long 139.721966 lat 35.534159\"\r\n"
                                                    "#XGPSP: \"2020-04-30 00:11:{}\"\r\n"
                                                    "$GPGGA,0011{}.87,3532.04954,N,13943.31796,E,1,",
                                                    51 + seconds, 51 + seconds)));
  EXPECT_THAT(next, HasSubstr("\r\n$GPGLL,3532.04954,N,13943.31796,E,"));
  EXPECT_THAT(next, Not(HasSubstr("$GPRMC")));
  device.send("AT#XGPS=0");
  EXPECT_EQ(device.after(10s), "");
}

TEST_F(GpsCommands, KeepTheFirstFixOverStopAndStart) {
  device.send("AT#XGPS=1");
  device.after(10s);
  device.send("AT#XGPS=0");
  device.send("AT#XGPS=1,1");
  std::string said = device.after(10s);
  EXPECT_THAT(said, testing::StartsWith("$GPGGA,"));
  EXPECT_THAT(said, HasSubstr("#XGPSP: \"long"));
  EXPECT_THAT(said, Not(HasSubstr("TTFF")));
  EXPECT_THAT(said, Not(HasSubstr("#XGPSS")));
}

TEST_F(GpsCommands, ForgetTheFirstFixInIdleSleep) {
  device.send("AT#XGPS=1,1");
  device.after(10s);
  device.send("AT#XSLEEP=0");
  device.after(200ms);
  device.device->wake_up();
  EXPECT_EQ(device.after(10s), "Ready\r\n");
  EXPECT_EQ(device.send("AT#XGPS=1"), "#XGPS: 1,31\r\n" + ok);
  EXPECT_THAT(device.after(10s), HasSubstr("TTFF"));
}

TEST_F(GpsCommands, ForgetTheFirstFixInAReset) {
  device.send("AT#XGPS=1");
  device.after(10s);
  device.send("AT#XRESET");
  device.after(2s);
  EXPECT_EQ(device.send("AT#XGPS?"), "#XGPS: 0\r\n" + ok);
  EXPECT_EQ(device.send("AT+CFUN=31"), ok);
  device.send("AT#XGPS=1");
  EXPECT_THAT(device.after(10s), HasSubstr("TTFF"));
}

TEST_F(GpsCommands, NeedGnssInTheModem) {
  device.send("AT+CFUN=4");
  EXPECT_EQ(device.send("AT#XGPS=1"), start_refused);
  auto reasons = device.take_reasons();
  ASSERT_EQ(reasons.size(), 1U);
  EXPECT_EQ(reasons[0].why, "GNSS is off in the modem (CFUN 4)");
  device.send("AT%XSYSTEMMODE=1,0,0,0");
  device.send("AT+CFUN=1");
  EXPECT_EQ(device.send("AT#XGPS=1"), start_refused);
}

TEST_F(GpsCommands, EndWhenTheModemSwitchesGnssOff) {
  device.send("AT#XGPS=1");
  EXPECT_EQ(device.send("AT+CFUN=30"), ok);
  EXPECT_EQ(second(), "#XGPS: -110\r\n");
  EXPECT_EQ(device.send("AT#XGPS?"), "#XGPS: 0\r\n" + ok);
}

TEST_F(GpsCommands, WaitUntilLteLeavesTheRadio) {
  device.send("AT+CFUN=1");
  EXPECT_EQ(device.send("AT#XGPS=1"), "#XGPS: 1,31\r\n" + ok);
  EXPECT_EQ(device.after(9s), "");
  EXPECT_THAT(device.after(10s), HasSubstr("TTFF"));
}

class SilentGps : public GpsCommands {
 protected:
  SilentGps() : GpsCommands([](device::DeviceConfig& config) { config.gnss.sky = false; }) {}
};

TEST_F(SilentGps, SaysNothingUnderACoveredSky) {
  device.send("AT#XGPS=1");
  EXPECT_EQ(device.after(10min), "");
}

DialectOptions with_supl() {
  DialectOptions options;
  options.supl_client = true;
  return options;
}

class AssistedGps : public GpsCommands {
 protected:
  AssistedGps() : GpsCommands([](device::DeviceConfig& config) { config.gnss.accuracy = 0; }, with_supl()) {}
};

TEST_F(AssistedGps, IsFastAfterTheInjection) {
  device.send("AT#XGPS=1,0");
  EXPECT_EQ(second(), "#XGPSS: \"GPS suspended\"\r\n");
  EXPECT_EQ(device.send("AT#XGPS?"), "#XGPS: 1,0\r\n" + ok);
  EXPECT_EQ(device.after(2s), "#XGPSS: \"SUPL injection done\"\r\n#XGPSS: \"GPS resumed\"\r\n");
  std::string said = device.after(3s);
  EXPECT_THAT(said, testing::AnyOf(HasSubstr("TTFF 2s"), HasSubstr("TTFF 3s")));
}

TEST_F(AssistedGps, EndsDuringTheInjection) {
  device.send("AT#XGPS=1,0");
  second();
  EXPECT_EQ(device.send("AT#XGPS=0"), "#XGPS: 0\r\n" + ok);
  EXPECT_EQ(device.after(1min), "");
  device.send("AT#XGPS=1");
  second();
  device.send("AT+CFUN=4");
  EXPECT_EQ(device.after(2s), "#XGPSS: \"SUPL injection done\"\r\n#XGPS: -110\r\n");
}

class OldGps : public GpsCommands {
 protected:
  OldGps()
      : GpsCommands(hot, [] {
          DialectOptions options = slm_1_5();
          options.services = {{"gps"}};
          return options;
        }()) {}
};

TEST_F(OldGps, IsTheSameIn15) {
  EXPECT_EQ(device.send("AT#XGPS=1,1"), "#XGPS: 1,1\r\n" + ok);
  EXPECT_THAT(device.after(5s), HasSubstr("\r\n#XGPSP: \"TTFF "));
}

}  // namespace
}  // namespace attache::dialects
