#include <gtest/gtest.h>

#include "dialects/multiplexed_device.hpp"

namespace attache::dialects {
namespace {

using namespace std::chrono_literals;

DialectOptions slm_with_nmea() {
  DialectOptions made = with_cmux("slm-3.1");
  made.termination = at::Termination::cr;
  made.cmux_nmea = true;
  return made;
}

void start_gnss_and_cmux(MultiplexedDevice& device) {
  EXPECT_EQ(device.send("AT%XSYSTEMMODE=1,0,1,0"), ok);
  EXPECT_EQ(device.send("AT+CFUN=31"), ok);
  device.start_slm();
}

TEST(CmuxNmea, HasAChannelForNmeaInABuildForIt) {
  auto build = slm_with_nmea();
  build.services->emplace_back("ppp");
  MultiplexedDevice device(build);
  start_gnss_and_cmux(device);
  device.open(1);
  device.open(3);
  EXPECT_EQ(device.on(1, "AT#XCMUX?"), answer("#XCMUX: 1,3"));
  device.on(1, "AT#XGPS=1,0,1");
  device.pass(2min);
  std::string sentences = device.said(3);
  for (const char* wanted : {"$GPGGA,", "$GPGLL,", "$GPRMC,"}) {
    EXPECT_NE(sentences.find(wanted), std::string::npos) << sentences;
  }
  for (const char* other : {"GSV,", "GSA,", "#X"}) {
    EXPECT_EQ(sentences.find(other), std::string::npos) << sentences;
  }
  EXPECT_EQ(device.on(3, "AT"), "");
}

TEST(CmuxNmea, TellsTheSatellitesByNmeaIfBuiltSo) {
  auto build = slm_with_nmea();
  build.cmux_nmea_satellites = true;
  MultiplexedDevice device(build);
  start_gnss_and_cmux(device);
  device.open(1);
  device.open(2);
  device.on(1, "AT#XGPS=1,0,1");
  device.pass(2min);
  std::string sentences = device.said(2);
  EXPECT_NE(sentences.find("GSA,"), std::string::npos) << sentences;
  EXPECT_NE(sentences.find("GSV,"), std::string::npos) << sentences;
  // A host that is gone from the channel gets nothing of the meantime.
  device.close(2);
  device.pass(10s);
  device.open(2);
  EXPECT_EQ(device.said(2), "");
}

}  // namespace
}  // namespace attache::dialects
