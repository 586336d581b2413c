#include <gtest/gtest.h>

#include "simulated_modem.hpp"

namespace attache::cellular {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

SimulationOptions of_policy(NetworkPolicy policy) {
  SimulationOptions options;
  options.network.policy = std::move(policy);
  return options;
}

TEST(ProtocolOptions, ComeWithEachConnectionAndWhenTheNetworkSendsThem) {
  NetworkPolicy policy;
  policy.pco = "65280,A1B1C1D1";
  SimulatedModem modem(of_policy(policy));
  EXPECT_FALSE(modem.modem->network().send_pco(65280, "A1"));
  modem.send("AT%XPCO=1");
  modem.send("AT+CFUN=1");
  EXPECT_EQ(modem.take_urcs(), "%XPCO: 65280,\"A1B1C1D1\"\n");
  modem.send("AT+CGDCONT=1,\"IP\",\"iot\"");
  modem.send("AT+CGACT=1,1");
  EXPECT_EQ(modem.take_urcs(), "%XPCO: 65280,\"A1B1C1D1\"\n");
  EXPECT_EQ(*modem.modem->network().send_pco(65535, "00ff"),
            "the network sent 2 bytes of protocol configuration options 65535");
  modem.clock.settle();
  EXPECT_EQ(modem.take_urcs(), "%XPCO: 65535,\"00FF\"\n");
  modem.send("AT%XPCO=0");
  EXPECT_TRUE(modem.modem->network().send_pco(65535, "00"));
  modem.clock.settle();
  EXPECT_EQ(modem.take_urcs(), "");
}

TEST(ProtocolOptions, OutsideTheOperatorsRangeOrMalformedAreRefused) {
  SimulatedModem modem;
  modem.send("AT+CFUN=1");
  EXPECT_FALSE(modem.modem->network().send_pco(65279, "00"));
  EXPECT_FALSE(modem.modem->network().send_pco(65536, "00"));
  EXPECT_FALSE(modem.modem->network().send_pco(65280, ""));
  EXPECT_FALSE(modem.modem->network().send_pco(65280, "0"));
  EXPECT_FALSE(modem.modem->network().send_pco(65280, "xy"));
  EXPECT_FALSE(modem.modem->network().send_pco(65280, std::string(504, '0')));
}

TEST(ExceptionData, IsToldAtTheActivationAndWhenTheNetworkChangesIt) {
  SimulatedModem modem;
  modem.send("AT+CGEREP=1");
  EXPECT_FALSE(modem.modem->network().set_exception_data(true));
  modem.send("AT+CFUN=1");
  EXPECT_EQ(modem.take_urcs(), "+CGEV: EXCE STATUS 0\n+CGEV: ME PDN ACT 0,0\n");
  EXPECT_EQ(*modem.modem->network().set_exception_data(true), "26201 allows exception reports");
  EXPECT_TRUE(modem.modem->network().set_exception_data(true));
  modem.clock.settle();
  EXPECT_EQ(modem.take_urcs(), "+CGEV: EXCE STATUS 1\n");
  modem.send("AT+CFUN=4");
  modem.take_urcs();
  modem.send("AT+CFUN=1");
  EXPECT_EQ(modem.take_urcs(), "+CGEV: EXCE STATUS 0\n+CGEV: ME PDN ACT 0,0\n+CGEV: EXCE STATUS 1\n");
}

TEST(ExceptionData, IsNotToldBefore13) {
  SimulationOptions options;
  options.firmware = "mfw_nrf9160_1.2.7";
  SimulatedModem modem(options);
  modem.send("AT+CGEREP=1");
  modem.send("AT+CFUN=1");
  EXPECT_EQ(modem.take_urcs(), "+CGEV: ME PDN ACT 0,0\n");
}

TEST(RateControl, IsToldWithTheConnectionAtItsLimitAndAtTheEndOfThePeriod) {
  NetworkPolicy policy;
  policy.uplink_limit = 2;
  SimulatedModem modem(of_policy(policy));
  modem.send("AT+CGEREP=1");
  modem.send("AT+CFUN=1");
  EXPECT_EQ(modem.take_urcs(),
            "+CGEV: EXCE STATUS 0\n+CGEV: ME PDN ACT 0,0\n+CGEV: APNRATECTRL CFG 0,0,2,2\n");
  EXPECT_EQ(modem.modem->link().send(0, 10).verdict, modem::RadioLink::Verdict::passes);
  modem.clock.advance(minutes(10));
  EXPECT_EQ(modem.modem->link().send(0, 10).verdict, modem::RadioLink::Verdict::passes);
  modem.clock.settle();
  EXPECT_EQ(modem.take_urcs(), "+CGEV: APNRATECTRL STAT 0,1,3000\n");
  EXPECT_EQ(modem.modem->link().send(0, 10).verdict, modem::RadioLink::Verdict::rate_limited);
  modem.clock.advance(minutes(50));
  EXPECT_EQ(modem.take_urcs(), "+CGEV: APNRATECTRL STAT 0,0\n");
  EXPECT_EQ(modem.modem->link().send(0, 10).verdict, modem::RadioLink::Verdict::passes);
}

TEST(RateControl, IsChangedByTheNetwork) {
  SimulatedModem modem;
  EXPECT_FALSE(modem.modem->network().set_rate_limit(1, minutes(1)));
  modem.send("AT+CGEREP=1");
  modem.send("AT+CFUN=1");
  modem.take_urcs();
  EXPECT_EQ(*modem.modem->network().set_rate_limit(1, hours(24)),
            "26201 lets 1 uplink messages pass in 86400 s");
  modem.clock.settle();
  EXPECT_EQ(modem.take_urcs(), "+CGEV: APNRATECTRL CFG 0,0,3,1\n");
  static_cast<void>(modem.modem->link().send(0, 10));
  EXPECT_EQ(modem.modem->link().send(0, 10).verdict, modem::RadioLink::Verdict::rate_limited);
  EXPECT_EQ(*modem.modem->network().set_rate_limit(0, hours(24)), "26201 limits uplink messages no longer");
  EXPECT_EQ(modem.modem->link().send(0, 10).verdict, modem::RadioLink::Verdict::passes);
  EXPECT_FALSE(modem.modem->network().set_rate_limit(-1, hours(1)));
  EXPECT_FALSE(modem.modem->network().set_rate_limit(1, seconds(0)));
  EXPECT_FALSE(modem.modem->network().set_rate_limit(1, hours(200)));
}

TEST(CellularProfile, FollowsTheTechnologyInUse) {
  SimulationOptions options;
  options.firmware = "mfw_nrf91x1_2.0.2";
  CellOptions wide;
  CellOptions narrow;
  narrow.id = "0112F302";
  narrow.technology = AccessTechnology::nb_iot;
  options.cells = {wide, narrow};
  SimulatedModem modem(options);
  modem.send("AT%XSYSTEMMODE=1,1,0,0");
  EXPECT_EQ(modem.send("AT%CELLULARPRFL=1"), ok);
  EXPECT_EQ(modem.send("AT%CELLULARPRFL=2,0,2,0"), ok);
  EXPECT_EQ(modem.send("AT%CELLULARPRFL=2,1,1,0"), ok);
  EXPECT_EQ(modem.send("AT%CELLULARPRFL=2,1,0,0"), error);
  modem.send("AT+CFUN=1");
  EXPECT_EQ(modem.take_urcs(), "%CELLULARPRFL: 1\n");
  static_cast<void>(modem.modem->network().set_cell_on_air("0112F301", false));
  modem.clock.advance(hours(3));
  EXPECT_EQ(modem.take_urcs(), "%CELLULARPRFL: 0\n");
  modem.send("AT+CFUN=4");
  EXPECT_EQ(modem.send("AT%CELLULARPRFL=2,0"), ok);
  modem.send("AT+CFUN=1");
  modem.clock.advance(minutes(2));
  EXPECT_EQ(modem.take_urcs(), "") << "no profile is for NB-IoT any more";
}

}  // namespace
}  // namespace attache::cellular
