#include <fmt/format.h>
#include <gtest/gtest.h>

#include "simulated_modem.hpp"

namespace attache::cellular {
namespace {

using std::chrono::seconds;

TEST(Identity, FollowsTheFirmware) {
  SimulatedModem modem(with_firmware("mfw_nrf91x1_2.0.0-77.beta"));
  EXPECT_EQ(modem.send("AT+CGMI"), info("Nordic Semiconductor ASA"));
  EXPECT_EQ(modem.send("AT+CGMM"), info("nRF9151-LACA"));
  EXPECT_EQ(modem.send("AT+CGMR"), info("mfw_nrf91x1_2.0.0-77.beta"));
  EXPECT_EQ(modem.send("AT%SHORTSWVER"), info("%SHORTSWVER: nrf91x1_2.0.0-77.beta"));
  EXPECT_EQ(modem.send("AT%HWVERSION"), info("%HWVERSION: nRF9151 LACA A1A"));
  EXPECT_EQ(modem.send("AT+CGMI?"), error);
  EXPECT_EQ(modem.send("AT+CGMI=1"), error);
}

TEST(Identity, PrintsTheImeiInItsForms) {
  SimulatedModem modem;
  EXPECT_EQ(modem.send("AT+CGSN"), info("352656100367872"));
  EXPECT_EQ(modem.send("AT+CGSN=0"), info("+CGSN: \"352656100367872\""));
  EXPECT_EQ(modem.send("AT+CGSN=1"), info("+CGSN: \"352656100367872\""));
  EXPECT_EQ(modem.send("AT+CGSN=2"), info("+CGSN: \"3526561003678701\""));
  EXPECT_EQ(modem.send("AT+CGSN=3"), info("+CGSN: \"01\""));
  EXPECT_EQ(modem.send("AT+CGSN=4"), error);
}

TEST(Identity, DeviceUuidExistsFrom13On) {
  SimulatedModem old(with_firmware("mfw_nrf9160_1.2.7"));
  EXPECT_EQ(old.send("AT%DEVICEUUID"), error);
  SimulatedModem modem;
  EXPECT_EQ(modem.send("AT%DEVICEUUID").size(), std::string("%DEVICEUUID: \r\nOK\r\n").size() + 36);
}

TEST(Coexistence, TakesUpToFourRanges) {
  SimulatedModem modem;
  EXPECT_EQ(modem.send("AT%XCOEX0=2,1,1565,1586,0,800,900"), ok);
  EXPECT_EQ(modem.send("AT%XCOEX0?"), info("%XCOEX0: 2,1,1565,1586,0,800,900"));
  EXPECT_EQ(modem.send("AT%XCOEX0=2,1,1565,1586"), error);
  EXPECT_EQ(modem.send("AT%XCOEX0=5"), error);
  EXPECT_EQ(modem.send("AT%XCOEX0"), ok);
  EXPECT_EQ(modem.send("AT%XCOEX0?"), info("%XCOEX0: "));
}

TEST(Sensors, HaveLevelsInTheirRanges) {
  SimulatedModem modem;
  EXPECT_EQ(modem.send("AT%XVBATLOWLVL=3099"), error);
  EXPECT_EQ(modem.send("AT%XTEMPHIGHLVL=86"), error);
  EXPECT_EQ(modem.send("AT%XTEMPHIGHLVL=60"), ok);
  EXPECT_EQ(modem.send("AT%XTEMPHIGHLVL?"), info("%XTEMPHIGHLVL: 60"));
  EXPECT_EQ(modem.send("AT%XTEMP?"), info("%XTEMP: 27"));
  SimulatedModem old(with_firmware("mfw_nrf9160_1.2.7"));
  EXPECT_EQ(old.send("AT%XTEMP?"), info("27"));
}

TEST(Signal, IsKnownOnceCamped) {
  SimulatedModem modem;
  EXPECT_EQ(modem.send("AT+CESQ"), error);
  EXPECT_EQ(modem.send("AT+CSQ"), info("+CSQ: 99,99"));
  EXPECT_EQ(modem.send("AT%CESQ=1"), ok);
  modem.send("AT+CFUN=1");
  EXPECT_EQ(modem.take_urcs(), "%CESQ: 51,2,22,3\n");
  EXPECT_EQ(modem.send("AT+CESQ"), info("+CESQ: 99,99,255,255,22,51"));
}

TEST(Monitor, PrintsTheWholeStateWhenRegistered) {
  SimulatedModem modem;
  EXPECT_EQ(modem.send("AT%XMONITOR"), info("%XMONITOR: 4"));
  modem.send("AT+CFUN=1");
  EXPECT_EQ(
      modem.send("AT%XMONITOR"),
      info("%XMONITOR: 1,\"Attache\",\"Attache\",\"26201\",\"0A1B\",7,20,\"0112F301\",105,6300,51,30,\"\","
           "\"11100000\",\"11100000\",\"01001001\""));
}

TEST(Clock, IsUnknownUntilItIsSetOrReceived) {
  SimulatedModem modem;
  EXPECT_EQ(modem.send("AT+CCLK?"), error);
  EXPECT_FALSE(modem.modem->time());
  modem.send("AT+CFUN=1");
  EXPECT_EQ(modem.send("AT+CCLK?"), info("+CCLK: \"21/06/01,00:00:00+00\""));
  EXPECT_EQ(modem.modem->time(), modem.clock.wall_now());
}

TEST(Clock, RunsOnAndKeepsItsZone) {
  SimulatedModem modem;
  EXPECT_EQ(modem.send("AT+CCLK=\"18/12/06,22:10:00+08\""), ok);
  modem.clock.advance(seconds(6600));
  EXPECT_EQ(modem.send("AT+CCLK?"), info("+CCLK: \"18/12/07,00:00:00+08\""));
  EXPECT_EQ(modem.send("AT+CCLK=\"18/12/06,22:10:00-08\""), ok);
  EXPECT_EQ(modem.send("AT+CCLK?"), info("+CCLK: \"18/12/06,22:10:00-08\""));
  modem.send("AT+CFUN=4");
  EXPECT_TRUE(modem.modem->time());
  for (const char* time : {"18/13/06,22:10:00+08", "18/02/30,22:10:00+08", "18/12/06 22:10:00+08",
                           "18/12/06,24:10:00+08", "18/12/06,22:10:00+49", "18/12/06,22:10:00", ""}) {
    EXPECT_EQ(modem.send(fmt::format("AT+CCLK=\"{}\"", time)), error) << time;
  }
}

TEST(Clock, IgnoresTheNetworkWhenToldSo) {
  SimulatedModem modem;
  modem.send("AT%XTIME=1");
  modem.send("AT%XNETTIME=0");
  modem.send("AT+CFUN=1");
  EXPECT_EQ(modem.take_urcs(), "%XTIME: \"00\",\"12601000000000\",\"00\"\n");
  EXPECT_FALSE(modem.modem->time());
}

TEST(Events, SubscriptionsAreCheckedAndRead) {
  SimulatedModem modem;
  EXPECT_EQ(modem.send("AT+CNEC=9"), error);
  EXPECT_EQ(modem.send("AT+CIND=1,,1"), ok);
  EXPECT_EQ(modem.send("AT+CIND?"), info("+CIND: 1,0,1"));
  EXPECT_EQ(modem.send("AT%MDMEV=2"), error);
  EXPECT_EQ(modem.send("AT%MDMEV=1"), ok);
  SimulatedModem later(with_firmware("mfw_nrf91x1_2.0.0"));
  EXPECT_EQ(later.send("AT%MDMEV=2"), ok);
  EXPECT_EQ(later.send("AT%XDEEPSEARCH=1"), error);
}

TEST(Events, IndicatorsFollowTheService) {
  SimulationOptions options;
  options.network.roaming = true;
  SimulatedModem modem(options);
  modem.send("AT+CIND=1,1,0");
  modem.send("AT+CFUN=1");
  EXPECT_EQ(modem.take_urcs(), "+CIND: \"service\",1\n+CIND: \"roam\",1\n");
  modem.send("AT+CFUN=4");
  EXPECT_EQ(modem.take_urcs(), "+CIND: \"service\",0\n+CIND: \"roam\",0\n");
}

TEST(Sms, ClientIsRegisteredOnce) {
  SimulatedModem modem;
  modem.send("AT+CMEE=1");
  EXPECT_EQ(modem.send("AT+CNMI=3,2,0,1"), ok);
  EXPECT_EQ(modem.send("AT+CNMI=3,2,0,1"), "+CMS ERROR: 514\r\n");
  EXPECT_EQ(modem.send("AT+CNMI=3,2,0,0"), "+CME ERROR: 50\r\n");
  EXPECT_EQ(modem.send("AT+CPMS=\"SM\""), "+CME ERROR: 50\r\n");
  modem.send("AT+CFUN=1");
  EXPECT_EQ(modem.send("AT+CNMA=1"), "+CMS ERROR: 340\r\n");
  modem.send("AT+CNMI=0,0,0,0");
  EXPECT_EQ(modem.send("AT+CNMA"), "+CMS ERROR: 514\r\n");
  EXPECT_EQ(modem.send("AT+CMGL"), error);
}

}  // namespace
}  // namespace attache::cellular
