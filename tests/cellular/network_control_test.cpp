#include <fmt/format.h>
#include <gtest/gtest.h>

#include "cellular/network/network_presets.hpp"
#include "simulated_modem.hpp"

namespace attache::cellular {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;

void subscribe_to_network(SimulatedModem& modem) {
  for (const char* line : {"AT+CEREG=5", "AT+CSCON=1", "AT+CGEREP=1", "AT+CNEC=24", "AT%XSIM=1", "AT%MDMEV=1",
                           "AT%XMODEMSLEEP=1,0,10240"}) {
    ASSERT_EQ(modem.send(line), ok) << line;
  }
}

/// A registered, idle modem that reports everything.
void register_idle(SimulatedModem& modem) {
  subscribe_to_network(modem);
  modem.send("AT+CFUN=1");
  modem.clock.advance(seconds(11));
  ASSERT_TRUE(modem.modem->connection(0));
  modem.take_urcs();
}

SimulationOptions two_steered_cells() {
  SimulationOptions options;
  CellOptions first;
  CellOptions second;
  second.id = "0112F302";
  second.tac = "0A1C";
  second.rsrp_dbm = -100;
  options.cells = {first, second};
  return options;
}

TEST(Coverage, LostWhileIdleKeepsTheConnectionsAndComesBackWithATrackingAreaUpdate) {
  SimulatedModem modem;
  register_idle(modem);
  EXPECT_EQ(*modem.modem->network().set_coverage(false), "coverage is off: no cell can be received");
  modem.clock.settle();
  EXPECT_EQ(modem.take_urcs(),
            "+CEREG: 2\n%MDMEV: SEARCH STATUS 1\n%MDMEV: SEARCH STATUS 2\n%XMODEMSLEEP: 3,30000\n");
  EXPECT_TRUE(modem.modem->connection(0));
  EXPECT_EQ(modem.modem->link().send(0, 10).verdict, modem::RadioLink::Verdict::no_coverage);
  static_cast<void>(modem.modem->network().set_coverage(true));
  modem.clock.advance(seconds(30));
  EXPECT_EQ(modem.take_urcs(),
            "%XMODEMSLEEP: 3,0\n%MDMEV: SEARCH STATUS 2\n"
            "+CEREG: 1,\"0A1B\",\"0112F301\",7,,,\"11100000\",\"11100000\"\n+CSCON: 1\n");
  EXPECT_EQ(modem.modem->link().send(0, 10).verdict, modem::RadioLink::Verdict::passes);
}

TEST(Coverage, LostWhileConnectedReleasesTheRadioFirst) {
  SimulatedModem modem;
  register_idle(modem);
  EXPECT_EQ(modem.modem->link().send(0, 10).verdict, modem::RadioLink::Verdict::passes);
  modem.clock.settle();
  EXPECT_EQ(modem.take_urcs(), "+CSCON: 1\n");
  static_cast<void>(modem.modem->network().set_coverage(false));
  modem.clock.settle();
  EXPECT_EQ(modem.take_urcs().substr(0, 45), "+CSCON: 0\n+CEREG: 2,\"0A1B\",\"0112F301\",7\n%MDME");
}

TEST(Coverage, LostForLongEndsTheAttachmentSilently) {
  SimulatedModem modem;
  register_idle(modem);
  static_cast<void>(modem.modem->network().set_coverage(false));
  modem.clock.advance(minutes(50));
  EXPECT_TRUE(modem.modem->connection(0));
  modem.clock.advance(minutes(9));
  EXPECT_FALSE(modem.modem->connection(0));
  std::string urcs = modem.take_urcs();
  EXPECT_EQ(urcs.find("+CGEV"), std::string::npos) << urcs;
  EXPECT_EQ(modem.modem->why_down(), "no coverage: no cell can be received");
}

TEST(Coverage, IsNotMissedInPsmUntilTheModemWakes) {
  SimulatedModem modem;
  modem.send("AT+CPSMS=1,\"\",\"\",\"00000110\",\"00100001\"");
  register_idle(modem);
  modem.clock.advance(minutes(2));
  EXPECT_EQ(modem.take_urcs(), "%XMODEMSLEEP: 1,3540000\n");
  static_cast<void>(modem.modem->network().set_coverage(false));
  modem.clock.advance(minutes(10));
  EXPECT_EQ(modem.take_urcs(), "");
  EXPECT_EQ(modem.modem->link().receive(0, 1).verdict, modem::RadioLink::Verdict::asleep);
  EXPECT_EQ(modem.modem->link().send(0, 1).verdict, modem::RadioLink::Verdict::no_coverage);
  modem.clock.settle();
  EXPECT_EQ(modem.take_urcs().substr(0, 29), "%XMODEMSLEEP: 1,0\n+CEREG: 2\n%");
}

TEST(Cells, AStrongerOneIsTakenAndItsTrackingAreaTold) {
  SimulatedModem modem(two_steered_cells());
  register_idle(modem);
  EXPECT_EQ(modem.modem->network().set_signal("0112F301", -120, {}).value(),
            "cell 0112F301 is heard with RSRP -120 dBm, SNR -25 dB");
  modem.clock.settle();
  EXPECT_EQ(modem.take_urcs(), "+CEREG: 1,\"0A1C\",\"0112F302\",7,,,\"11100000\",\"11100000\"\n+CSCON: 1\n");
  EXPECT_EQ(modem.send("AT%NBRGRSRP"), info("%NBRGRSRP: 65,6300,21"));
}

TEST(Cells, AFadingOneIsLeftAsItsTrendSays) {
  SimulatedModem modem(two_steered_cells());
  register_idle(modem);
  modem.send("AT%CESQ=1");
  EXPECT_EQ(modem.modem->network().set_trend("", -2).value(),
            "the level of cell 0112F301 changes by -2 dB a minute");
  modem.clock.advance(minutes(9));
  EXPECT_NE(modem.take_urcs().find("+CEREG: 1,\"0A1C\",\"0112F302\",7"), std::string::npos);
}

TEST(Cells, AMoveToOneThatIsNotKnownMakesIt) {
  SimulatedModem modem;
  register_idle(modem);
  EXPECT_EQ(modem.modem->network().change_cell("0112f444", "0b01").value(),
            "cell 0112F444 of 26201 (TAC 0B01) is the strongest now");
  modem.clock.settle();
  EXPECT_EQ(modem.take_urcs(), "+CEREG: 1,\"0B01\",\"0112F444\",7,,,\"11100000\",\"11100000\"\n+CSCON: 1\n");
  EXPECT_EQ(modem.modem->network().change_cell("12", "").error().advice,
            "Example: 0112F302 with the TAC 0A1C.");
}

TEST(Cells, OneThatIsNotKnownCannotBeSet) {
  SimulatedModem modem;
  auto outcome = modem.modem->network().set_signal("00000001", -90, {});
  ASSERT_FALSE(outcome);
  EXPECT_EQ(outcome.error().advice, "Cells: 0112F301.");
  EXPECT_FALSE(modem.modem->network().set_signal("", -30, {}));
  EXPECT_FALSE(modem.modem->network().set_signal("", -90, 99));
  EXPECT_FALSE(modem.modem->network().set_trend("", 1000));
  EXPECT_FALSE(modem.modem->network().set_cell_on_air("1", false));
  EXPECT_FALSE(modem.modem->network().set_trend("1", 1));
}

TEST(Cells, AreChosenByTechnologyPreferenceAndBandLock) {
  SimulationOptions options;
  find_network_preset("ltem-nbiot")->apply(options);
  SimulatedModem modem(options);
  modem.send("AT%XSYSTEMMODE=1,1,0,0");
  modem.send("AT+CFUN=1");
  EXPECT_EQ(modem.send("AT+COPS?"), info("+COPS: 0,2,\"26201\",7"));
  modem.send("AT+CFUN=4");
  modem.send("AT%XSYSTEMMODE=1,1,0,2");
  modem.send("AT+CFUN=1");
  EXPECT_EQ(modem.send("AT+COPS?"), info("+COPS: 0,2,\"26201\",9"));
  EXPECT_EQ(modem.send("AT%XCBAND"), info("%XCBAND: 8"));
  modem.send("AT+CFUN=4");
  modem.send("AT%XBANDLOCK=2,\"10000000000000000000\"");
  modem.send("AT+CFUN=1");
  EXPECT_EQ(modem.send("AT+COPS?"), info("+COPS: 0,2,\"26201\",7"));
}

TEST(Roaming, GoesThroughTheNetworksUntilOneAccepts) {
  SimulationOptions options;
  find_network_preset("roaming")->apply(options);
  SimulatedModem modem(options);
  modem.send("AT+CEREG=3");
  modem.send("AT+CFUN=1");
  EXPECT_EQ(modem.take_urcs(),
            "+CEREG: 2,\"01F4\",\"00C81A01\",7\n+CEREG: 2,\"01F4\",\"00C81A01\",7,0,11\n"
            "+CEREG: 2,\"07D1\",\"0051F115\",7\n+CEREG: 5,\"07D1\",\"0051F115\",7\n");
  EXPECT_EQ(modem.send("AT+CRSM=176,28539,0,0,12"), info("+CRSM: 144,0,\"42F080FFFFFFFFFFFFFFFFFF\""));
  modem.clock.advance(seconds(11));
  EXPECT_EQ(modem.send("AT+COPS=?"), info("+COPS: (3,\"\",\"\",\"24008\",7),(2,\"\",\"\",\"24007\",7),"
                                          "(1,\"\",\"\",\"24001\",7)"));
  EXPECT_EQ(modem.send("AT+COPS=1,2,\"24001\""), ok);
  EXPECT_EQ(modem.send("AT+COPS?"), info("+COPS: 1,2,\"24001\",7"));
}

TEST(Roaming, ComesHomeWithinTheHour) {
  SimulationOptions options;
  find_network_preset("ltem-good")->apply(options);
  options.radio.fading_db = 0;
  OperatorOptions& away = options.operators.emplace_back();
  away.plmn = "24007";
  CellOptions cell = options.cells.front();
  cell.plmn = "24007";
  cell.id = "00000007";
  options.cells.push_back(cell);
  SimulatedModem modem(options);
  for (const CellState& state : modem.modem->network().state().cells) {
    static_cast<void>(modem.modem->network().set_cell_on_air(state.id, state.plmn == "24007"));
  }
  modem.send("AT+CEREG=1");
  modem.send("AT+CFUN=1");
  EXPECT_EQ(modem.take_urcs(), "+CEREG: 2\n+CEREG: 5\n");
  static_cast<void>(modem.modem->network().set_cell_on_air("0112F301", true));
  modem.clock.advance(minutes(59));
  EXPECT_EQ(modem.take_urcs(), "");
  modem.clock.advance(minutes(2));
  EXPECT_EQ(modem.take_urcs(), "+CEREG: 2\n+CEREG: 1\n");
}

TEST(Network, RejectsTheNextAttachOnce) {
  SimulatedModem modem;
  EXPECT_EQ(
      *modem.modem->network().reject_next_attach(17),
      "the next attach is rejected with EMM cause 17, network failure; the modem attaches when AT+CFUN=1 "
      "is given");
  modem.send("AT+CNEC=8");
  modem.send("AT+CFUN=1");
  EXPECT_EQ(modem.take_urcs(), "+CNEC_EMM: 17\n");
  EXPECT_EQ(modem.send("AT+CEER"), info("+CEER: \"EMM 17\""));
  modem.clock.advance(seconds(10));
  EXPECT_TRUE(modem.modem->connection(0));
  EXPECT_FALSE(modem.modem->network().reject_next_attach(1));
}

TEST(Network, SaysWhenAnAttachWillBeRejected) {
  SimulatedModem modem;
  register_idle(modem);
  EXPECT_EQ(
      *modem.modem->network().reject_next_attach(17),
      "the next attach is rejected with EMM cause 17, network failure; the modem is registered: AT+CFUN=4 "
      "and AT+CFUN=1 make it attach anew");
  static_cast<void>(modem.modem->network().set_coverage(false));
  modem.clock.advance(minutes(1));
  EXPECT_EQ(
      *modem.modem->network().reject_next_attach(17),
      "the next attach is rejected with EMM cause 17, network failure; the modem attaches as soon as it "
      "finds a network");
}

TEST(Network, SaysWhenTheModemLooksForCellsThatAreBack) {
  SimulatedModem modem;
  static_cast<void>(modem.modem->network().set_coverage(false));
  EXPECT_EQ(*modem.modem->network().set_coverage(true),
            "coverage is on: cells can be received again; the modem looks for them when AT+CFUN=1 is given");
  register_idle(modem);
  EXPECT_EQ(*modem.modem->network().set_coverage(true), "coverage is on: cells can be received again");
  static_cast<void>(modem.modem->network().set_coverage(false));
  modem.clock.advance(minutes(1));
  EXPECT_EQ(
      *modem.modem->network().set_coverage(true),
      "coverage is on: cells can be received again; the modem looks for them at its next periodic search "
      "(AT%PERIODICSEARCHCONF), or at once after AT+CFUN=4 and AT+CFUN=1");
}

TEST(Network, DetachesAndTakesBack) {
  SimulatedModem modem;
  register_idle(modem);
  EXPECT_EQ(*modem.modem->network().detach(std::nullopt),
            "the network detached the modem; it may attach again");
  modem.clock.settle();
  EXPECT_EQ(modem.take_urcs(),
            "+CGEV: NW DETACH\n+CEREG: 2,\"0A1B\",\"0112F301\",7\n+CSCON: 1\n+CGEV: ME PDN ACT 0,0\n"
            "+CNEC_ESM: 50,0\n%MDMEV: SEARCH STATUS 2\n"
            "+CEREG: 1,\"0A1B\",\"0112F301\",7,,,\"11100000\",\"11100000\"\n");
  EXPECT_EQ(*modem.modem->network().detach(8),
            "the network detached the modem with EMM cause 8, EPS services and non-EPS services not allowed");
  modem.clock.advance(hours(1));
  EXPECT_EQ(modem.take_urcs(),
            "+CGEV: NW DETACH\n+CSCON: 0\n+CEREG: 3,\"0A1B\",\"0112F301\",7,0,8\n+CNEC_EMM: 8\n");
  EXPECT_FALSE(modem.modem->network().detach(std::nullopt));
}

TEST(Network, EndsAConnectionAndWithTheLastTheAttachment) {
  SimulatedModem modem;
  register_idle(modem);
  modem.send("AT+CGDCONT=1,\"IP\",\"iot\"");
  modem.send("AT+CGACT=1,1");
  modem.take_urcs();
  EXPECT_EQ(*modem.modem->network().deactivate_pdn(0, 36),
            "the network ended PDN 0 with ESM cause 36, regular deactivation");
  modem.clock.settle();
  EXPECT_EQ(modem.take_urcs(), "+CGEV: NW PDN DEACT 0\n+CNEC_ESM: 36,0\n");
  EXPECT_FALSE(modem.modem->connection(0));
  EXPECT_TRUE(modem.modem->connection(1));
  static_cast<void>(modem.modem->network().deactivate_pdn(1, 36));
  modem.clock.settle();
  EXPECT_EQ(modem.take_urcs().substr(0, 57), "+CGEV: NW PDN DEACT 1\n+CNEC_ESM: 36,1\n+CGEV: NW DETACH\n+C");
  EXPECT_TRUE(modem.modem->connection(0));
  EXPECT_FALSE(modem.modem->network().deactivate_pdn(1, 36));
}

TEST(Network, GivesAnAlwaysOnConnectionBack) {
  SimulatedModem modem;
  modem.send("AT%XPDNCFG=1");
  register_idle(modem);
  static_cast<void>(modem.modem->network().deactivate_pdn(0, 39));
  modem.clock.settle();
  EXPECT_EQ(modem.take_urcs(),
            "+CSCON: 1\n+CGEV: NW PDN DEACT 0\n+CNEC_ESM: 39,0\n+CGEV: ME PDN ACT 0,0\n+CNEC_ESM: 50,0\n");
}

TEST(Network, ChecksApnAndPassword) {
  SimulationOptions options;
  options.network.policy.apns = {"iot.attache", "vpn.attache"};
  options.network.policy.user = "me";
  options.network.policy.password = "secret";
  SimulatedModem modem(options);
  modem.send("AT+CNEC=24");
  modem.send("AT+CGDCONT=0,\"IP\",\"wrong\"");
  modem.send("AT+CFUN=1");
  EXPECT_EQ(modem.take_urcs(), "+CNEC_ESM: 27,0\n+CNEC_EMM: 19\n");
  modem.send("AT+CFUN=4");
  modem.send("AT+CGDCONT=0,\"IP\",\"IOT.attache\"");
  modem.send("AT+CFUN=1");
  EXPECT_EQ(modem.take_urcs(), "+CNEC_ESM: 29,0\n+CNEC_EMM: 19\n");
  modem.send("AT+CFUN=4");
  modem.send("AT+CGAUTH=0,1,\"me\",\"secret\"");
  modem.send("AT+CFUN=1");
  EXPECT_EQ(modem.take_urcs(), "");
  EXPECT_EQ(modem.modem->connection(0)->apn, "IOT.attache");
  modem.send("AT%XAPNSTATUS=0,\"vpn.attache\"");
  EXPECT_EQ(modem.send("AT%XAPNSTATUS?"), info("%XAPNSTATUS: \"vpn.attache\""));
  modem.send("AT+CGDCONT=1,\"IP\",\"vpn.attache\"");
  modem.send("AT+CGAUTH=1,2,\"me\",\"secret\"");
  EXPECT_EQ(modem.send("AT+CGACT=1,1"), error);
  EXPECT_EQ(modem.take_urcs(), "+CNEC_ESM: 8,1\n");
  modem.send("AT%XAPNSTATUS=1,\"vpn.attache\"");
  EXPECT_EQ(modem.send("AT+CGACT=1,1"), ok);
}

TEST(Network, RefusesTheNextConnection) {
  SimulatedModem modem;
  modem.send("AT+CNEC=16");
  EXPECT_TRUE(modem.modem->network().refuse_next_pdn(33));
  EXPECT_FALSE(modem.modem->network().refuse_next_pdn(2));
  modem.send("AT+CFUN=1");
  EXPECT_EQ(modem.take_urcs(), "+CNEC_ESM: 33,0\n");
  modem.clock.advance(seconds(10));
  EXPECT_TRUE(modem.modem->connection(0));
}

TEST(Network, WithoutVoiceAcceptsWithCause18) {
  SimulationOptions options;
  options.network.policy.circuit_switched = false;
  SimulatedModem modem(options);
  modem.send("AT+CEREG=5");
  modem.send("AT+CFUN=1");
  EXPECT_EQ(modem.send("AT+CEREG?"),
            info("+CEREG: 5,1,\"0A1B\",\"0112F301\",7,0,18,\"11100000\",\"11100000\""));
}

TEST(Network, LimitsTheUplinkOfAnApn) {
  SimulationOptions options;
  options.network.policy.uplink_limit = 2;
  SimulatedModem modem(options);
  register_idle(modem);
  EXPECT_EQ(modem.send("AT%APNRATECTRL=0"), info("%APNRATECTRL: 0,2,3600,2,2"));
  EXPECT_EQ(modem.modem->link().send(0, 1).verdict, modem::RadioLink::Verdict::passes);
  EXPECT_EQ(modem.modem->link().send(0, 1).verdict, modem::RadioLink::Verdict::passes);
  EXPECT_EQ(modem.modem->link().send(0, 1).verdict, modem::RadioLink::Verdict::rate_limited);
  EXPECT_EQ(modem.send("AT%APNRATECTRL=0"), info("%APNRATECTRL: 0,1,3600,2,0"));
  modem.clock.advance(hours(1));
  EXPECT_EQ(modem.modem->link().send(0, 1).verdict, modem::RadioLink::Verdict::passes);
}

TEST(Network, SendsADate) {
  SimulatedModem modem;
  modem.send("AT%XTIME=1");
  modem.send("AT%XOPNAME=1");
  modem.send("AT+CFUN=1");
  modem.take_urcs();
  auto date = std::chrono::sys_days(std::chrono::year(2025) / 11 / 18) + hours(13) + minutes(1) + seconds(11);
  EXPECT_EQ(*modem.modem->network().set_date(date, 4, 1), "the network sent the new date");
  modem.clock.settle();
  EXPECT_EQ(modem.take_urcs(),
            "%XOPNAME: \"41747461636865\",\"41747461636865\",\"26201\"\n"
            "%XTIME: \"40\",\"52118131101140\",\"01\"\n");
  EXPECT_EQ(modem.send("AT+CCLK?"), info("+CCLK: \"25/11/18,14:01:11+04\""));
  EXPECT_EQ(modem.send("AT%CCLK?"), info("%CCLK: \"25/11/18,14:01:11+04\",1"));
  EXPECT_FALSE(modem.modem->network().set_date(date, 99, 0));
}

TEST(SimHolder, LosesAndFindsItsCard) {
  SimulatedModem modem;
  register_idle(modem);
  EXPECT_EQ(*modem.modem->network().remove_sim(), "the SIM was pulled out of its holder");
  modem.clock.settle();
  EXPECT_EQ(modem.take_urcs(), "%XSIM: 0,9\n+CEREG: 90\n+CGEV: ME PDN DEACT 0\n");
  EXPECT_EQ(modem.send("AT+CIMI"), error);
  EXPECT_FALSE(modem.modem->network().remove_sim());
  EXPECT_EQ(*modem.modem->network().insert_sim(), "the SIM is in its holder; AT+CFUN=4 and 1 start it");
  EXPECT_FALSE(modem.modem->network().insert_sim());
  modem.clock.advance(minutes(1));
  EXPECT_EQ(modem.take_urcs(), "");
  modem.send("AT+CFUN=4");
  modem.send("AT+CFUN=1");
  modem.clock.settle();
  EXPECT_TRUE(modem.modem->connection(0));
}

TEST(SimHolder, IsStartedAloneBeforeFirmware134) {
  SimulationOptions options;
  options.firmware = "mfw_nrf9160_1.3.3";
  SimulatedModem modem(options);
  register_idle(modem);
  static_cast<void>(modem.modem->network().remove_sim());
  EXPECT_EQ(*modem.modem->network().insert_sim(),
            "the SIM is in its holder; AT+CFUN=4 and 1, or 40 and 41, start it");
  EXPECT_EQ(modem.send("AT+CFUN=40"), ok);
  EXPECT_EQ(modem.send("AT+CFUN=41"), ok);
  EXPECT_TRUE(modem.modem->connection(0));
}

TEST(Firmware, AnswersOnlyErrorAfterACrashUntilItIsRestarted) {
  SimulatedModem modem;
  register_idle(modem);
  EXPECT_EQ(*modem.modem->network().crash_modem(0x13), "the modem firmware crashed with reason 0x13");
  EXPECT_EQ(modem.send("AT"), error);
  EXPECT_TRUE(modem.modem->crashed());
  EXPECT_FALSE(modem.modem->connection(0));
  EXPECT_EQ(modem.modem->why_down(), "the modem firmware has crashed");
  EXPECT_FALSE(modem.modem->network().crash_modem(1));
  modem.modem->restart();
  EXPECT_EQ(modem.send("AT+CFUN?"), info("+CFUN: 0"));
}

TEST(Firmware, RefusesToAttachAfterTooManyUngracefulResets) {
  SimulationOptions options;
  options.radio.reset_loop_limit = 3;
  SimulatedModem modem(options);
  for (int reset = 0; reset < 3; ++reset) {
    modem.send("AT+CFUN=1");
    EXPECT_TRUE(modem.modem->connection(0)) << reset;
    modem.modem->restart();
  }
  modem.send("AT%MDMEV=1");
  modem.send("AT+CFUN=1");
  EXPECT_EQ(modem.take_urcs(), "%MDMEV: RESET LOOP\n");
  modem.clock.advance(minutes(29));
  EXPECT_FALSE(modem.modem->connection(0));
  modem.clock.advance(minutes(1));
  EXPECT_TRUE(modem.modem->connection(0));
  modem.send("AT+CFUN=0");
  modem.modem->restart();
  modem.send("AT+CFUN=1");
  EXPECT_TRUE(modem.modem->connection(0));
}

TEST(Firmware, SavesByItselfEveryTwoDays) {
  SimulatedModem modem;
  modem.send("AT+CPSMS=1,\"\",\"\",\"00111000\",\"00000001\"");
  modem.modem->restart();
  EXPECT_EQ(modem.send("AT+CPSMS?"), info("+CPSMS: 0,,,\"00000110\",\"00100001\""));
  modem.send("AT+CPSMS=1,\"\",\"\",\"00111000\",\"00000001\"");
  modem.clock.advance(hours(48));
  modem.modem->restart();
  EXPECT_EQ(modem.send("AT+CPSMS?"), info("+CPSMS: 1,,,\"00111000\",\"00000001\""));
}

TEST(Supply, IsReportedAndSwitchesTheModemOff) {
  SimulatedModem modem;
  modem.send("AT%XVBATLVL=1");
  modem.send("AT%XVBATLOWLVL=3400");
  register_idle(modem);
  modem.send("AT%XPOFWARN=1,31");
  EXPECT_EQ(*modem.modem->network().set_battery(3390), "the supply is 3390 mV");
  modem.clock.settle();
  EXPECT_EQ(modem.take_urcs(), "%XVBATLOWLVL: 3390\n");
  EXPECT_EQ(modem.send("AT%XVBAT"), info("%XVBAT: 3388"));
  static_cast<void>(modem.modem->network().set_battery(3100));
  modem.clock.settle();
  EXPECT_EQ(modem.take_urcs(),
            "+CGEV: ME BATTERY LOW\n%MDMEV: ME BATTERY LOW\n+CGEV: ME PDN DEACT 0\n+CEREG: 0\n"
            "+CGEV: ME DETACH\n+CSCON: 0\n%XSIM: 0\n%XMODEMSLEEP: 4\n");
  EXPECT_EQ(modem.send("AT+CFUN?"), info("+CFUN: 4"));
  modem.send("AT+CMEE=1");
  EXPECT_EQ(modem.send("AT+CFUN=0"), "+CME ERROR: 528\r\n");
  EXPECT_EQ(modem.send("AT%CMNG=0,1,4,\"x\""), "+CME ERROR: 528\r\n");
  static_cast<void>(modem.modem->network().set_battery(3600));
  modem.send("AT%XPOFWARN=0");
  EXPECT_EQ(modem.send("AT+CFUN=0"), "+CME ERROR: 528\r\n") << "until the warning is enabled again";
  EXPECT_EQ(modem.send("AT%XUSIMLCK=3,\"PC\""), "+CME ERROR: 528\r\n");
  EXPECT_EQ(modem.send("AT%XPRODDONE"), "+CME ERROR: 528\r\n");
  modem.send("AT%XPOFWARN=1,31");
  EXPECT_EQ(modem.send("AT+CFUN=0"), ok);
  EXPECT_FALSE(modem.modem->network().set_battery(10));
}

TEST(Temperature, IsReportedAndSwitchesTheModemOff) {
  SimulatedModem modem;
  modem.send("AT%XTEMP=1");
  register_idle(modem);
  for (int degrees : {54, 55, 70, 40}) {
    static_cast<void>(modem.modem->network().set_temperature(degrees));
  }
  modem.clock.settle();
  EXPECT_EQ(modem.take_urcs(), "%XTEMP: 2,55\n%XTEMP: 1,40\n");
  static_cast<void>(modem.modem->network().set_temperature(90));
  modem.clock.settle();
  EXPECT_EQ(modem.take_urcs().substr(0, 60),
            "%XTEMP: 3,90\n+CGEV: ME OVERHEATED\n%MDMEV: ME OVERHEATED\n+CGE");
  EXPECT_TRUE(modem.journal.contains("Once supply and temperature are well, AT+CFUN=1 starts it again."));
  EXPECT_FALSE(modem.modem->network().set_temperature(200));
}

TEST(Traffic, WakesTheModemFromPsmAndIsCounted) {
  SimulatedModem modem;
  modem.send("AT+CPSMS=1,\"\",\"\",\"00000110\",\"00100001\"");
  register_idle(modem);
  modem.send("AT%XCONNSTAT=1");
  modem.clock.advance(minutes(2));
  modem.take_urcs();
  EXPECT_EQ(modem.modem->link().receive(0, 5000).verdict, modem::RadioLink::Verdict::asleep);
  EXPECT_EQ(modem.modem->link().send(0, 3000).verdict, modem::RadioLink::Verdict::passes);
  modem.clock.settle();
  EXPECT_EQ(modem.take_urcs(), "%XMODEMSLEEP: 1,0\n+CSCON: 1\n");
  EXPECT_EQ(modem.modem->link().receive(0, 5000).verdict, modem::RadioLink::Verdict::passes);
  EXPECT_EQ(modem.send("AT%XCONNSTAT?"), info("%XCONNSTAT: 0,0,2,4,5000,4000"));
  modem.clock.advance(seconds(9));
  EXPECT_EQ(modem.modem->link().send(0, 1).verdict, modem::RadioLink::Verdict::passes);
  modem.clock.advance(seconds(9));
  EXPECT_EQ(modem.take_urcs(), "");
  modem.clock.advance(seconds(1));
  EXPECT_EQ(modem.take_urcs(), "+CSCON: 0\n");
}

TEST(Traffic, ThatIsTheLastReleasesTheRadioEarly) {
  for (bool release_14 : {true, false}) {
    SimulatedModem modem;
    modem.send("AT%RAI=1");
    modem.send(release_14 ? "AT%REL14FEAT=0,1,0,0,0" : "AT%REL14FEAT=1,0,1,1,1");
    register_idle(modem);
    EXPECT_EQ(modem.modem->link().send(0, 1, modem::ReleaseAssistance::last).verdict,
              modem::RadioLink::Verdict::passes);
    modem.clock.settle();
    EXPECT_EQ(modem.take_urcs(), release_14 ? "+CSCON: 1\n+CSCON: 0\n" : "+CSCON: 1\n")
        << "on LTE-M it is a feature of release 14";
  }
}

TEST(Traffic, ThatWaitsForOneResponseReleasesTheRadioAfterIt) {
  SimulatedModem modem;
  modem.send("AT%RAI=1");
  modem.send("AT%REL14FEAT=0,1,0,0,0");
  register_idle(modem);
  EXPECT_EQ(modem.modem->link().send(0, 1, modem::ReleaseAssistance::one_response).verdict,
            modem::RadioLink::Verdict::passes);
  modem.clock.settle();
  EXPECT_EQ(modem.take_urcs(), "+CSCON: 1\n");
  EXPECT_EQ(modem.modem->link().receive(0, 1).verdict, modem::RadioLink::Verdict::passes);
  modem.clock.settle();
  EXPECT_EQ(modem.take_urcs(), "+CSCON: 0\n");
}

TEST(Traffic, TakesTheTimeOfTheRadioAtRealTiming) {
  SimulationOptions options;
  find_network_preset("nbiot-deep")->apply(options);
  options.radio.fading_db = 0;
  options.timing.speed = 1;
  SimulatedModem modem(options);
  modem.send("AT%XSYSTEMMODE=0,1,0,0");
  modem.answer_of("AT+CFUN=1");
  modem.clock.advance(minutes(5));
  ASSERT_TRUE(modem.modem->connection(0));
  EXPECT_EQ(modem.modem->link().quality().uplink_rate, 1000U);
  EXPECT_EQ(modem.modem->link().quality().delay, seconds(4));
  base::Duration wait = modem.modem->link().send(0, 1).wait;
  EXPECT_GE(wait, milliseconds(500));
  EXPECT_LE(wait, milliseconds(3000));
  modem.clock.advance(milliseconds(200));
  EXPECT_EQ(modem.modem->link().send(0, 1).wait, wait - milliseconds(200)) << "the connection is on its way";
  modem.clock.advance(wait);
  EXPECT_EQ(modem.modem->link().send(0, 1).wait, milliseconds(0));
}

TEST(Traffic, WaitsForThePagingWindowOfEdrx) {
  SimulatedModem modem;
  modem.send("AT+CEDRXS=1,4,\"0101\"");
  modem.send("AT+CFUN=1");
  modem.clock.advance(seconds(10) + seconds(10));
  EXPECT_EQ(modem.modem->link().receive(0, 1).wait, milliseconds(79360) - seconds(10));
}

TEST(Traffic, TellsSubscribersWhenItMayPassAgain) {
  SimulatedModem modem;
  register_idle(modem);
  int changes = 0;
  auto subscription = modem.modem->link().subscribe_link([&changes] { ++changes; });
  static_cast<void>(modem.modem->network().set_coverage(false));
  modem.clock.settle();
  EXPECT_GT(changes, 0);
  changes = 0;
  static_cast<void>(modem.modem->network().set_coverage(true));
  modem.clock.advance(seconds(30));
  EXPECT_GT(changes, 0);
}

TEST(Presets, GiveWhatTheirNamesSay) {
  EXPECT_EQ(find_network_preset("nonsense"), nullptr);
  struct Expected {
    const char* name;
    const char* system_mode;
    const char* registration;
  };
  for (const Expected& expected : {Expected{"ltem-good", "1,0,0,0", "+CEREG: 0,1"},
                                   Expected{"ltem-weak", "1,0,0,0", "+CEREG: 0,1"},
                                   Expected{"nbiot-good", "0,1,0,0", "+CEREG: 0,1"},
                                   Expected{"nbiot-weak", "0,1,0,0", "+CEREG: 0,1"},
                                   Expected{"nbiot-deep", "0,1,0,0", "+CEREG: 0,1"},
                                   Expected{"ltem-nbiot", "1,1,0,0", "+CEREG: 0,1"},
                                   Expected{"roaming", "1,0,0,0", "+CEREG: 0,5"},
                                   Expected{"no-coverage", "1,0,0,0", "+CEREG: 0,2"},
                                   Expected{"no-sim", "1,0,0,0", "+CEREG: 0,90"},
                                   Expected{"pin-locked", "1,0,0,0", "+CEREG: 0,4"},
                                   Expected{"rejected-3", "1,0,0,0", "+CEREG: 0,3"},
                                   Expected{"rejected-8", "1,0,0,0", "+CEREG: 0,3"},
                                   Expected{"rejected-11", "1,0,0,0", "+CEREG: 0,3"},
                                   Expected{"rejected-at-home", "1,0,0,0", "+CEREG: 0,5"},
                                   Expected{"ipv6-only", "1,0,0,0", "+CEREG: 0,1"},
                                   Expected{"no-power-saving", "1,0,0,0", "+CEREG: 0,1"},
                                   Expected{"reset-loop", "1,0,0,0", "+CEREG: 0,1"},
                                   Expected{"rejected-15", "1,0,0,0", "+CEREG: 0,3"},
                                   Expected{"congested", "1,0,0,0", "+CEREG: 0,2"},
                                   Expected{"wrong-apn", "1,0,0,0", "+CEREG: 0,2"},
                                   Expected{"rate-limited", "0,1,0,0", "+CEREG: 0,1"},
                                   Expected{"flaky-train", "1,0,0,0", "+CEREG: 0,1"}}) {
    const NetworkPreset* preset = find_network_preset(expected.name);
    ASSERT_NE(preset, nullptr) << expected.name;
    SimulationOptions options;
    preset->apply(options);
    SimulatedModem modem(options);
    modem.send(fmt::format("AT%XSYSTEMMODE={}", expected.system_mode));
    modem.send("AT+CGDCONT=0,\"IPV4V6\",\"internet\"");
    modem.send("AT+CFUN=1");
    EXPECT_EQ(modem.send("AT+CEREG?"), info(expected.registration)) << expected.name;
  }
  EXPECT_EQ(network_presets().size(), 22U);
}

}  // namespace
}  // namespace attache::cellular
