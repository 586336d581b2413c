#include <gtest/gtest.h>

#include "simulated_modem.hpp"

namespace attache::cellular {
namespace {

SimulationOptions dual_stack() {
  SimulationOptions options;
  options.network.ipv6 = boost::asio::ip::make_address_v6("2001:db8::1");
  return options;
}

TEST(PdnContext, IsDefinedReadAndUndefined) {
  SimulatedModem modem;
  EXPECT_EQ(modem.send("AT+CGDCONT=0,\"ipv6\",\"a.example\""), ok);
  EXPECT_EQ(modem.send("AT+CGDCONT=3,\"Non-IP\",\"b\""), ok);
  EXPECT_EQ(modem.send("AT+CGDCONT?"),
            "+CGDCONT: 0,\"IPV6\",\"a.example\",\"\",0,0\r\n+CGDCONT: 3,\"Non-IP\",\"b\",\"\",0,0\r\nOK\r\n");
  EXPECT_EQ(modem.send("AT+CGDCONT=3"), ok);
  EXPECT_EQ(modem.send("AT+CGDCONT=0"), ok);
  EXPECT_EQ(modem.send("AT+CGDCONT?"), info("+CGDCONT: 0,\"\",\"\",\"\",0,0"));
  EXPECT_EQ(modem.send("AT+CGDCONT=11,\"IP\""), error);
  EXPECT_EQ(modem.send("AT+CGDCONT=1,\"PPP\""), error);
  EXPECT_EQ(modem.send("AT+CGDCONT=?"), error);
}

TEST(PdnContext, ShowsWhatTheNetworkGave) {
  SimulatedModem modem;
  modem.send("AT+CFUN=1");
  EXPECT_EQ(modem.send("AT+CGDCONT?"), info("+CGDCONT: 0,\"IP\",\"internet\",\"10.160.33.41\",0,0"));
  EXPECT_EQ(modem.send("AT+CGPADDR"), info("+CGPADDR: 0,\"10.160.33.41\""));
  modem.send("AT+CFUN=4");
  EXPECT_EQ(modem.send("AT+CGDCONT?"), info("+CGDCONT: 0,\"IP\",\"internet\",\"\",0,0"));
  EXPECT_EQ(modem.send("AT+CGPADDR"), error);
}

TEST(PdnContext, PrintsIpv6ExpandedInUpperCase) {
  SimulatedModem modem(dual_stack());
  modem.send("AT+CGEREP=1");
  modem.send("AT+CFUN=1");
  EXPECT_EQ(modem.take_urcs(), "+CGEV: EXCE STATUS 0\n+CGEV: ME PDN ACT 0\n+CGEV: IPV6 0\n");
  EXPECT_EQ(modem.send("AT+CGPADDR=0"),
            info("+CGPADDR: 0,\"10.160.33.41\",\"2001:0DB8:0000:0000:0000:0000:0000:0001\""));
}

TEST(PdnContext, OfIpv6TellsWhenItsAddressIsResolved) {
  SimulatedModem modem(dual_stack());
  modem.send("AT+CFUN=1");
  modem.send("AT+CGEREP=1");
  modem.send("AT+CGDCONT=2,\"IPV6\",\"iot\"");
  EXPECT_EQ(modem.send("AT+CGACT=1,2"), ok);
  EXPECT_EQ(modem.take_urcs(), "+CGEV: ME PDN ACT 2\n+CGEV: IPV6 2\n");
}

TEST(PdnContext, TellsOfItsAddressBesideAnotherThatComesMeanwhile) {
  SimulationOptions options = dual_stack();
  options.timing.speed = 1;
  SimulatedModem modem(options);
  modem.send("AT%XPDNCFG=1");
  modem.send("AT+CFUN=1");
  modem.clock.advance(std::chrono::minutes(5));
  modem.send("AT+CGEREP=1");
  modem.send("AT+CGDCONT=2,\"IPV6\",\"iot\"");
  modem.take_urcs();
  modem.send("AT+CGACT=1,2");
  for (int steps = 50; steps > 0 && modem.urcs.empty(); --steps) {
    modem.clock.advance(std::chrono::milliseconds(50));
  }
  EXPECT_EQ(modem.take_urcs(), "+CGEV: ME PDN ACT 2\n");
  static_cast<void>(modem.modem->network().deactivate_pdn(0, 39));
  modem.clock.advance(std::chrono::seconds(1));
  EXPECT_EQ(modem.take_urcs(), "+CGEV: NW PDN DEACT 0\n+CGEV: ME PDN ACT 0\n+CGEV: IPV6 2\n+CGEV: IPV6 0\n");
}

TEST(PdnContext, WithoutIpHasNoAddress) {
  SimulatedModem modem;
  modem.send("AT+CFUN=1");
  modem.send("AT+CGDCONT=1,\"Non-IP\",\"iot\"");
  EXPECT_EQ(modem.send("AT+CGACT=1,1"), ok);
  EXPECT_EQ(modem.send("AT+CGPADDR=1"), info("+CGPADDR: 1"));
  EXPECT_EQ(modem.send("AT+CGDCONT?"), info("+CGDCONT: 0,\"IP\",\"internet\",\"10.160.33.41\",0,0\r\n"
                                            "+CGDCONT: 1,\"Non-IP\",\"iot\",\"\",0,0"));
}

TEST(PdnContext, CannotBeChangedWhileItIsActive) {
  SimulatedModem modem;
  modem.send("AT+CMEE=1");
  modem.send("AT+CGDCONT=0,\"IP\",\"first\"");
  modem.send("AT+CGDCONT=2,\"IP\",\"second\"");
  modem.send("AT+CFUN=1");
  modem.send("AT+CGACT=1,2");
  std::string contexts = info(
      "+CGDCONT: 0,\"IP\",\"first\",\"10.160.33.41\",0,0\r\n"
      "+CGDCONT: 2,\"IP\",\"second\",\"10.160.33.43\",0,0");
  ASSERT_EQ(modem.send("AT+CGDCONT?"), contexts);
  for (const char* cid : {"0", "2"}) {
    for (const char* definition : {",\"IPV4V6\",\"other\"", ",\"IP\",\"first\"", ",\"IPV6\"", ""}) {
      EXPECT_EQ(modem.send(fmt::format("AT+CGDCONT={}{}", cid, definition)), "+CME ERROR: 3\r\n");
      EXPECT_EQ(modem.reason->why, fmt::format("the context {} is active, nothing was changed", cid));
    }
  }
  EXPECT_EQ(modem.reason->advice, "Deactivate it with AT+CGACT=0,2 first, or with AT+CFUN=4.");
  modem.send("AT+CGDCONT=0");
  EXPECT_EQ(modem.reason->advice, "Give AT+CFUN=4 (or 0) first, then AT+CGDCONT, then AT+CFUN=1.");
  EXPECT_EQ(modem.send("AT+CGDCONT?"), contexts);
  modem.send("AT+CFUN=4");
  modem.send("AT+CFUN=1");
  EXPECT_EQ(modem.modem->connection(0)->apn, "first");
}

TEST(PdnContext, HeldOutOfCoverageCannotBeChanged) {
  SimulatedModem modem;
  modem.send("AT+CFUN=1");
  static_cast<void>(modem.modem->network().set_coverage(false));
  modem.clock.settle();
  EXPECT_EQ(modem.send("AT+CGDCONT=0,\"IP\",\"other\""), error);
  EXPECT_EQ(modem.modem->connection(0)->apn, "internet");
}

TEST(PdnContext, CanBeChangedOnceItIsInactive) {
  SimulatedModem modem;
  modem.send("AT+CGDCONT=0,\"IP\",\"other\"");
  modem.send("AT+CFUN=1");
  modem.send("AT+CGDCONT=2,\"IP\",\"second\"");
  modem.send("AT+CGACT=1,2");
  modem.send("AT+CGACT=0,2");
  EXPECT_EQ(modem.send("AT+CGDCONT=2,\"IP\",\"third\""), ok);
  EXPECT_EQ(modem.send("AT+CGDCONT=2"), ok);
  modem.send("AT+CFUN=4");
  EXPECT_EQ(modem.send("AT+CGDCONT=0"), ok);
  modem.send("AT+CFUN=1");
  EXPECT_EQ(modem.modem->connection(0)->apn, "internet") << "the network's own";
}

TEST(PdnContext, OfANetworkIsNotAskedForInAnother) {
  SimulationOptions options;
  options.network.policy.apns = {"home.example"};
  OperatorOptions abroad;
  abroad.plmn = "20801";
  abroad.policy.apns = {"abroad.example"};
  options.operators = {abroad};
  CellOptions home;
  CellOptions away;
  away.plmn = "20801";
  away.id = "0112F302";
  options.cells = {home, away};
  SimulatedModem modem(options);
  modem.send("AT+CFUN=1");
  ASSERT_EQ(modem.modem->connection(0)->apn, "home.example");
  modem.send("AT+CFUN=4");
  static_cast<void>(modem.modem->network().set_cell_on_air("0112F301", false));
  modem.send("AT+CFUN=1");
  ASSERT_TRUE(modem.modem->connection(0)) << modem.modem->why_down();
  EXPECT_EQ(modem.modem->connection(0)->apn, "abroad.example");
}

TEST(PdnContext, OfATypeTheNetworkLacksFailsTheAttach) {
  SimulatedModem modem;
  modem.send("AT+CNEC=24");
  modem.send("AT+CGDCONT=0,\"IPV6\",\"a\"");
  modem.send("AT+CFUN=1");
  EXPECT_EQ(modem.take_urcs(), "+CNEC_ESM: 50,0\n+CNEC_EMM: 19\n");
  EXPECT_FALSE(modem.modem->connection(0));
}

TEST(PdnContext, SecondOneComesUpWithAnAddressOfItsOwn) {
  SimulatedModem modem;
  std::vector<std::pair<int, bool>> changes;
  auto subscription = modem.modem->subscribe([&](int cid, bool up) { changes.emplace_back(cid, up); });
  modem.send("AT+CGEREP=1");
  modem.send("AT+CMEE=1");
  EXPECT_EQ(modem.send("AT+CGACT=1,1"), "+CME ERROR: 3\r\n");
  modem.send("AT+CFUN=1");
  EXPECT_EQ(modem.send("AT+CGACT=1,1"), "+CME ERROR: 3\r\n");
  EXPECT_EQ(modem.send("AT%XNEWCID?"), info("%XNEWCID: 1"));
  EXPECT_EQ(modem.send("AT%XNEWCID?"), info("%XNEWCID: 2"));
  modem.send("AT+CGDCONT=1,\"IP\",\"iot.example\"");
  modem.take_urcs();
  EXPECT_EQ(modem.send("AT+CGACT=1,1"), ok);
  EXPECT_EQ(modem.take_urcs(), "+CGEV: ME PDN ACT 1\n");
  ASSERT_TRUE(modem.modem->connection(1));
  EXPECT_EQ(modem.modem->connection(1)->ipv4->to_string(), "10.160.33.42");
  EXPECT_EQ(modem.send("AT%XGETPDNID=1"), info("%XGETPDNID: 1"));
  EXPECT_EQ(modem.send("AT%XGETPDNID=2"), "+CME ERROR: 3\r\n");
  EXPECT_EQ(modem.send("AT+CGDCONT=1"), "+CME ERROR: 3\r\n");
  EXPECT_EQ(modem.send("AT+CGACT=0,0"), "+CME ERROR: 3\r\n");
  EXPECT_EQ(modem.send("AT+CGACT=0,1"), ok);
  EXPECT_EQ(modem.take_urcs(), "+CGEV: ME PDN DEACT 1\n");
  modem.send("AT+CFUN=4");
  EXPECT_EQ(changes, (std::vector<std::pair<int, bool>>{{0, true}, {1, true}, {1, false}, {0, false}}));
}

TEST(PdnContext, SubscriptionEndsWithItsHandle) {
  SimulatedModem modem;
  int calls = 0;
  auto subscription = modem.modem->subscribe([&](int, bool) { ++calls; });
  subscription.reset();
  modem.send("AT+CFUN=1");
  EXPECT_EQ(calls, 0);
}

TEST(Attachment, IsDroppedAndTakenUpByCommand) {
  SimulatedModem modem;
  EXPECT_EQ(modem.send("AT+CGATT=1"), error);
  modem.send("AT+CEREG=1");
  modem.send("AT+CFUN=1");
  modem.take_urcs();
  EXPECT_EQ(modem.send("AT+CGATT?"), info("+CGATT: 1"));
  EXPECT_EQ(modem.send("AT+CGATT=0"), ok);
  EXPECT_EQ(modem.take_urcs(), "+CEREG: 0\n");
  EXPECT_EQ(modem.modem->why_down(), "detached by AT+CGATT=0");
  EXPECT_EQ(modem.send("AT+CGATT=1"), ok);
  EXPECT_EQ(modem.take_urcs(), "+CEREG: 2\n+CEREG: 1\n");
}

TEST(PdnCommands, HaveTheirFixedForms) {
  SimulatedModem modem;
  EXPECT_EQ(modem.send("AT+CGPIAF?"), info("+CGPIAF: 1,1,1,0"));
  EXPECT_EQ(modem.send("AT+CGPIAF=?"), info("+CGPIAF: (1),(1),(1),(0)"));
  EXPECT_EQ(modem.send("AT+CGAUTH=0,1,\"user\",\"secret\""), ok);
  EXPECT_EQ(modem.send("AT+CGAUTH=0,1"), error);
  EXPECT_EQ(modem.send("AT+CGAUTH=0"), ok);
  EXPECT_EQ(modem.send("AT+CGAUTH?"), error);
  modem.send("AT+CFUN=1");
  EXPECT_EQ(modem.send("AT+CGCONTRDP=0"),
            info("+CGCONTRDP: 0,,\"internet\",\"\",\"\",\"193.181.246.58\",\"193.181.246.57\",,,,,1500"));
  EXPECT_EQ(modem.send("AT+CGCONTRDP=1"), ok);
}

}  // namespace
}  // namespace attache::cellular
