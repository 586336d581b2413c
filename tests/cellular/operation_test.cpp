#include <gtest/gtest.h>

#include "simulated_modem.hpp"

namespace attache::cellular {
namespace {

using std::chrono::minutes;
using std::chrono::seconds;

TEST(Production, IsDoneForGood) {
  SimulatedModem modem;
  modem.send("AT+CMEE=1");
  EXPECT_EQ(modem.send("AT%XPRODDONE=1"), ok);
  EXPECT_EQ(modem.send("AT%XEMPR=0,0,1"), ok) << "1 leaves the tests of production allowed";
  EXPECT_EQ(modem.send("AT%XRFTEST=0,1,20,8060,-50,0"), "+CME ERROR: 4\r\n");
  EXPECT_EQ(modem.send("AT%XPRODDONE"), ok);
  for (int life = 0; life < 2; ++life) {
    EXPECT_EQ(modem.send("AT%XEMPR=0,0,2"), "+CME ERROR: 3\r\n");
    EXPECT_EQ(modem.send("AT%XEMPR"), "+CME ERROR: 3\r\n");
    EXPECT_EQ(modem.send("AT%XRFTEST=0,1,20,8060,-50,0"), "+CME ERROR: 3\r\n");
    EXPECT_EQ(modem.send("AT%XFACTORYRESET=0"), ok);
    modem.modem->restart();  // Without AT+CFUN=0 before it.
    modem.send("AT+CMEE=1");
  }
}

TEST(Production, IsNotDoneWhenItCannotBeKept) {
  SimulatedModem modem;
  modem.settings.fails = true;
  EXPECT_EQ(modem.send("AT%XPRODDONE"), error);
  modem.settings.fails = false;
  EXPECT_EQ(modem.send("AT%XEMPR=0,0,2"), ok);
}

TEST(OperatorProfile, BeginsAtOne) {
  SimulatedModem old(with_firmware("mfw_nrf9160_1.2.7"));
  EXPECT_EQ(old.send("AT%XOPCONF=0"), error);
  EXPECT_EQ(old.send("AT%XOPCONF=9"), ok);
  EXPECT_EQ(old.send("AT%XOPCONF=10"), error);
  SimulatedModem current;
  EXPECT_EQ(current.send("AT%XOPCONF=21"), ok);
}

TEST(Feature, IsWrittenReadAndListed) {
  SimulatedModem modem(with_firmware("mfw_nrf91x1_2.0.2"));
  EXPECT_EQ(modem.send("AT%FEACONF=2"), info("%FEACONF: 0,0,3,1,7,0"));
  EXPECT_EQ(modem.send("AT%FEACONF=0,7,1"), ok);
  EXPECT_EQ(modem.send("AT%FEACONF=1,7"), info("%FEACONF: 7,1"));
  EXPECT_EQ(modem.send("AT%FEACONF=2"), info("%FEACONF: 0,0,3,1,7,1"));
  EXPECT_EQ(modem.send("AT%FEACONF=1"), error);
  EXPECT_EQ(modem.send("AT%FEACONF=0,7"), error);
  EXPECT_EQ(modem.send("AT%FEACONF=0,5,1"), error);
}

TEST(Feature, OfProprietaryPsmSleepsWhereTheNetworkGrantsNone) {
  SimulationOptions options = with_firmware("mfw_nrf91x1_2.0.2");
  options.network.psm = "refused";
  SimulatedModem modem(options);
  modem.send("AT%FEACONF=0,0,1");
  modem.send("AT%XMODEMSLEEP=1,0,0");
  modem.send("AT+CEREG=5");
  modem.send("AT+CPSMS=1,\"\",\"\",\"00111000\",\"00100001\"");
  modem.send("AT+CFUN=1");
  modem.clock.advance(seconds(10));
  modem.take_urcs();
  modem.clock.advance(minutes(1));
  EXPECT_EQ(modem.take_urcs(), "%XMODEMSLEEP: 7,3180000\n") << "T3412 of the network is 54 minutes";
  EXPECT_EQ(modem.modem->link().receive(0, 10).verdict, modem::RadioLink::Verdict::asleep);
  EXPECT_EQ(modem.send("AT+CEREG?"), info("+CEREG: 5,1,\"0A1B\",\"0112F301\",7,,,\"11100000\",\"11100000\""));
  EXPECT_EQ(modem.modem->link().send(0, 10).verdict, modem::RadioLink::Verdict::passes);
  modem.clock.settle();
  EXPECT_EQ(modem.take_urcs(), "%XMODEMSLEEP: 7,0\n");
}

TEST(Feature, OfTheSignalCheckAttachesAgainOnlyWithAGoodSignal) {
  SimulationOptions options = with_firmware("mfw_nrf91x1_2.0.2");
  options.network.rsrp_dbm = -120;
  SimulatedModem modem(options);
  modem.send("AT%FEACONF=0,7,1");
  modem.send("AT+CNEC=8");
  static_cast<void>(modem.modem->network().reject_next_attach(17));
  modem.send("AT+CFUN=1");
  EXPECT_EQ(modem.take_urcs(), "+CNEC_EMM: 17\n");
  modem.clock.advance(minutes(5));
  EXPECT_FALSE(modem.modem->connection(0));
  static_cast<void>(modem.modem->network().set_signal("", -90, {}));
  modem.clock.advance(seconds(10));
  EXPECT_TRUE(modem.modem->connection(0));
}

TEST(SystemMode, NeedsABandThatIsNotLocked) {
  SimulatedModem modem(with_firmware("mfw_nrf91x1_2.0.2"));
  modem.send("AT+CMEE=1");
  EXPECT_EQ(modem.send("AT%XBANDLOCK=2,\"100000000000000000\""), ok) << "band 18 is of LTE-M alone";
  EXPECT_EQ(modem.send("AT%XSYSTEMMODE=0,1,0,0"), "+CME ERROR: 522\r\n");
  EXPECT_EQ(modem.send("AT%XSYSTEMMODE=1,1,0,0"), ok);
  modem.send("AT%MDMEV=2");
  modem.send("AT+CFUN=1");
  EXPECT_EQ(modem.take_urcs().substr(0, 39), "%MDMEV: INVALID BAND CONFIGURATION 0 2\n");
}

TEST(FlightMode, IsToldOnce) {
  SimulatedModem modem;
  modem.send("AT%XMODEMSLEEP=1,0,0");
  EXPECT_EQ(modem.take_urcs(), "%XMODEMSLEEP: 4\n");
  modem.send("AT+CFUN=1");
  modem.send("AT+CFUN=44");
  EXPECT_EQ(modem.take_urcs(), "%XMODEMSLEEP: 4,0\n%XMODEMSLEEP: 4\n");
  modem.send("AT+CFUN=44");
  modem.send("AT+CFUN=4");
  EXPECT_EQ(modem.take_urcs(), "");
  modem.send("AT%XMODEMSLEEP=1,0,0");
  EXPECT_EQ(modem.take_urcs(), "%XMODEMSLEEP: 4\n") << "a new subscription";
  modem.send("AT%XSYSTEMMODE=0,0,1,0");
  modem.send("AT+CFUN=1");
  EXPECT_EQ(modem.take_urcs(), "%XMODEMSLEEP: 4,0\n") << "GNSS alone wakes the modem too";
}

}  // namespace
}  // namespace attache::cellular
