#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "simulated_modem.hpp"

namespace attache::cellular {
namespace {

using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;

void subscribe_all(SimulatedModem& modem) {
  for (const char* line : {"AT+CEREG=5", "AT+CSCON=1", "AT+CGEREP=1", "AT+CNEC=24", "AT%XSIM=1", "AT%MDMEV=1",
                           "AT%XTIME=1", "AT%XMODEMSLEEP=1,500,10240"}) {
    ASSERT_EQ(modem.send(line), ok) << line;
  }
}

TEST(Registration, TellsOfARejectOnceTheAttachIsOver) {
  for (int cause : {3, 12, 22}) {
    SimulationOptions options;
    options.network.reject_cause = cause;
    SimulatedModem modem(options);
    std::vector<std::string> reasons;
    auto subscription =
        modem.modem->subscribe_registration([&] { reasons.push_back(modem.modem->why_down()); });
    modem.send("AT+CFUN=1");
    EXPECT_THAT(reasons, testing::Contains(testing::HasSubstr(fmt::format("cause {}", cause))));
    EXPECT_EQ(std::count(reasons.begin(), reasons.end(), "attaching to 26201"), 1) << cause;
  }
}

TEST(Registration, SendsUrcsInTheOrderOfTheDevice) {
  SimulatedModem modem;
  subscribe_all(modem);
  EXPECT_EQ(modem.take_urcs(), "%XMODEMSLEEP: 4\n");
  modem.send("AT+CFUN=1");
  EXPECT_EQ(modem.take_urcs(),
            "%XMODEMSLEEP: 4,0\n"
            "+CGEV: EXCE STATUS 0\n"
            "%XSIM: 1\n"
            "+CEREG: 2,\"0A1B\",\"0112F301\",7\n"
            "+CSCON: 1\n"
            "+CGEV: ME PDN ACT 0,0\n"
            "+CNEC_ESM: 50,0\n"
            "%MDMEV: SEARCH STATUS 2\n"
            "+CEREG: 1,\"0A1B\",\"0112F301\",7,,,\"11100000\",\"11100000\"\n"
            "%XTIME: \"00\",\"12601000000000\",\"00\"\n");
  modem.clock.advance(seconds(10));
  EXPECT_EQ(modem.take_urcs(), "+CSCON: 0\n");
  modem.send("AT+CFUN=4");
  EXPECT_EQ(modem.take_urcs(),
            "+CGEV: ME PDN DEACT 0\n"
            "+CEREG: 0\n"
            "+CGEV: ME DETACH\n"
            "+CSCON: 0\n"
            "%XSIM: 0\n"
            "%XMODEMSLEEP: 4\n");
}

TEST(Registration, AnswersOkBeforeTheFirstUrc) {
  SimulatedModem modem;
  modem.send("AT+CEREG=1");
  modem.said.clear();
  EXPECT_EQ(modem.answer_of("AT+CFUN=1"), ok);
  EXPECT_EQ(modem.said, ok);
  modem.clock.settle();
  EXPECT_EQ(modem.said, ok + "+CEREG: 2\r\n+CEREG: 1\r\n");
}

TEST(Registration, ReadsUnknownBeforeTheFirstActivationAndZeroAfterADeactivation) {
  SimulatedModem modem;
  modem.send("AT+CEREG=5");
  modem.send("AT+CFUN=4");
  EXPECT_EQ(modem.send("AT+CEREG?"), info("+CEREG: 5,4"));
  modem.answer_of("AT+CFUN=1");
  EXPECT_EQ(modem.answer_of("AT+CEREG?"), info("+CEREG: 5,4"));
  modem.clock.settle();
  modem.send("AT+CFUN=4");
  EXPECT_EQ(modem.send("AT+CEREG?"), info("+CEREG: 5,0"));
}

TEST(Registration, CutsTheTailByLevel) {
  SimulatedModem modem;
  modem.send("AT+CFUN=1");
  EXPECT_EQ(modem.send("AT+CEREG?"), info("+CEREG: 0,1"));
  const char* tails[] = {"1", "1,\"0A1B\",\"0112F301\",7", "1,\"0A1B\",\"0112F301\",7",
                         "1,\"0A1B\",\"0112F301\",7,,,\"11100000\",\"11100000\"",
                         "1,\"0A1B\",\"0112F301\",7,,,\"11100000\",\"11100000\""};
  for (int level = 1; level <= 5; ++level) {
    modem.send(fmt::format("AT+CEREG={}", level));
    EXPECT_EQ(modem.send("AT+CEREG?"), info(fmt::format("+CEREG: {},{}", level, tails[level - 1])));
  }
  EXPECT_EQ(modem.send("AT+CEREG=6"), error);
}

TEST(Registration, PrintsTheWholeTailBeforeFirmware13) {
  SimulationOptions options;
  options.firmware = "mfw_nrf9160_1.2.3";
  options.network.coverage = false;
  SimulatedModem modem(options);
  modem.send("AT+CEREG=5");
  EXPECT_EQ(modem.send("AT+CEREG?"),
            info("+CEREG: 5,4,\"FFFE\",\"FFFFFFFF\",7,0,0,\"00000000\",\"00000000\""));
  modem.send("AT+CFUN=1");
  EXPECT_EQ(modem.take_urcs(), "+CEREG: 2,\"FFFE\",\"FFFFFFFF\",7,0,0,\"00000000\",\"00000000\"\n");
}

TEST(Registration, Firmware11PrintsTheCellEvenAtLevelZero) {
  SimulationOptions options;
  options.firmware = "mfw_nrf9160_1.1.0";
  SimulatedModem modem(options);
  modem.send("AT+CFUN=1");
  EXPECT_EQ(modem.send("AT+CEREG?"), info("+CEREG: 0,1,\"0A1B\",\"0112F301\",7"));
}

TEST(Registration, GoesOnAfterARejectedPlmn) {
  SimulationOptions options;
  options.network.reject_cause = 11;
  SimulatedModem modem(options);
  modem.send("AT+CEREG=5");
  modem.send("AT+CSCON=1");
  modem.send("AT+CNEC=8");
  modem.send("AT+CFUN=1");
  EXPECT_EQ(modem.take_urcs(),
            "+CEREG: 2,\"0A1B\",\"0112F301\",7\n"
            "+CSCON: 1\n"
            "+CEREG: 2,\"0A1B\",\"0112F301\",7,0,11\n"
            "+CSCON: 0\n"
            "+CNEC_EMM: 11\n"
            "+CEREG: 2,\"0A1C\",\"0112F302\",7\n"
            "+CSCON: 1\n"
            "+CEREG: 1,\"0A1C\",\"0112F302\",7,,,\"11100000\",\"11100000\"\n");
  EXPECT_EQ(modem.send("AT+COPS?"), info("+COPS: 0,2,\"26202\",7"));
  modem.clock.advance(seconds(10));
  EXPECT_EQ(modem.send("AT+COPS=?"), info("+COPS: (3,\"\",\"\",\"26201\",7),(2,\"\",\"\",\"26202\",7)"));
}

TEST(Registration, IsDeniedForGoodByCause8) {
  SimulationOptions options;
  options.network.reject_cause = 8;
  SimulatedModem modem(options);
  modem.send("AT+CEREG=3");
  modem.send("AT+CFUN=1");
  modem.clock.advance(std::chrono::hours(1));
  EXPECT_EQ(modem.take_urcs(), "+CEREG: 2,\"0A1B\",\"0112F301\",7\n+CEREG: 3,\"0A1B\",\"0112F301\",7,0,8\n");
  EXPECT_EQ(modem.modem->why_down(),
            "registration denied by 26201 (EMM cause 8, EPS services and non-EPS services not allowed)");
}

TEST(Registration, IsDeniedWhenNoOtherNetworkIsAllowed) {
  SimulationOptions options;
  options.network.reject_cause = 15;
  SimulatedModem modem(options);
  modem.send("AT+CEREG=3");
  modem.send("AT+COPS=1,2,\"26201\"");
  modem.send("AT+CFUN=1");
  modem.clock.advance(std::chrono::hours(1));
  EXPECT_EQ(modem.take_urcs(),
            "+CEREG: 2,\"0A1B\",\"0112F301\",7\n"
            "+CEREG: 2,\"0A1B\",\"0112F301\",7,0,15\n"
            "+CEREG: 3,\"0A1B\",\"0112F301\",7,0,15\n");
}

TEST(Registration, ComesToRestForEveryRejectCause) {
  for (int cause = 2; cause <= 42; ++cause) {
    SimulationOptions options;
    options.network.reject_cause = cause;
    SimulatedModem modem(options);
    modem.send("AT+CFUN=1");
    modem.clock.advance(std::chrono::hours(1));
    EXPECT_EQ(modem.modem->connection(0).has_value(), modem.modem->why_down().empty()) << cause;
  }
}

TEST(Registration, RetriesAfterT3411FiveTimesThenAfterT3402) {
  SimulationOptions options;
  options.network.reject_cause = 17;
  SimulatedModem modem(options);
  modem.send("AT+CNEC=8");
  modem.send("AT+CFUN=1");
  EXPECT_EQ(modem.take_urcs(), "+CNEC_EMM: 17\n");
  for (int attempt = 2; attempt <= 5; ++attempt) {
    modem.clock.advance(milliseconds(9999));
    EXPECT_EQ(modem.take_urcs(), "");
    modem.clock.advance(milliseconds(1));
    EXPECT_EQ(modem.take_urcs(), "+CNEC_EMM: 17\n");
  }
  modem.clock.advance(minutes(12) - milliseconds(1));
  EXPECT_EQ(modem.take_urcs(), "");
  modem.clock.advance(milliseconds(1));
  EXPECT_EQ(modem.take_urcs(), "+CNEC_EMM: 17\n");
}

TEST(Registration, SearchesPeriodicallyWithoutCoverage) {
  SimulationOptions options;
  options.network.coverage = false;
  SimulatedModem modem(options);
  subscribe_all(modem);
  modem.take_urcs();
  modem.send("AT+CFUN=1");
  EXPECT_EQ(modem.take_urcs(),
            "%XMODEMSLEEP: 4,0\n+CGEV: EXCE STATUS 0\n%XSIM: 1\n+CEREG: 2\n%MDMEV: SEARCH STATUS 1\n"
            "%MDMEV: SEARCH STATUS 2\n"
            "%XMODEMSLEEP: 3,30000\n");
  EXPECT_EQ(modem.modem->why_down(), "no coverage: no cell can be received");
  modem.clock.advance(seconds(30));
  EXPECT_EQ(modem.take_urcs(),
            "%XMODEMSLEEP: 3,0\n%MDMEV: SEARCH STATUS 1\n%MDMEV: SEARCH STATUS 2\n%XMODEMSLEEP: 3,60000\n");
}

TEST(Registration, SaysThatTheSystemModeDoesNotFitTheNetwork) {
  SimulationOptions options;
  options.network.technology = AccessTechnology::nb_iot;
  SimulatedModem modem(options);
  modem.send("AT+CFUN=1");
  EXPECT_EQ(modem.modem->why_down(), "%XSYSTEMMODE allows LTE-M only, but the network offers NB-IoT");
}

TEST(Registration, TakesItsTimeAtRealTimingAndASixtiethAt60x) {
  for (int speed : {1, 60}) {
    SimulationOptions options;
    options.timing.speed = speed;
    SimulatedModem modem(options);
    modem.send("AT+CEREG=1");
    modem.answer_of("AT+CFUN=1");
    modem.clock.advance(base::Duration(seconds(10)) / speed);
    EXPECT_EQ(modem.take_urcs(), "") << speed;
    modem.clock.advance(base::Duration(seconds(56)) / speed);
    EXPECT_EQ(modem.take_urcs(), "+CEREG: 2\n+CEREG: 1\n") << speed;
    modem.said.clear();
    modem.answer_of("AT+CFUN=4");
    modem.clock.advance(base::Duration(milliseconds(299)) / speed);
    EXPECT_EQ(modem.said, "") << speed;
    modem.clock.advance(base::Duration(milliseconds(1702)) / speed);
    EXPECT_EQ(modem.said, ok + "+CEREG: 0\r\n") << speed;
  }
}

TEST(Registration, FindsAKnownCellSooner) {
  SimulationOptions options;
  options.timing.speed = 1;
  SimulatedModem modem(options);
  modem.answer_of("AT+CFUN=1");
  modem.clock.advance(seconds(90));
  modem.answer_of("AT+CFUN=4");
  modem.clock.advance(seconds(5));
  modem.answer_of("AT+CFUN=1");
  modem.clock.advance(seconds(3));
  EXPECT_TRUE(modem.modem->connection(0));
}

TEST(Registration, NbIotSearchesThoroughlyTheFirstTime) {
  SimulationOptions options;
  options.network.technology = AccessTechnology::nb_iot;
  SimulatedModem modem(options);
  modem.send("AT%XSYSTEMMODE=0,1,0,0");
  modem.send("AT+CEREG=1");
  modem.send("AT%MDMEV=1");
  modem.send("AT+CFUN=1");
  EXPECT_EQ(modem.take_urcs(), "%MDMEV: SEARCH STATUS 1\n+CEREG: 2\n%MDMEV: SEARCH STATUS 2\n+CEREG: 1\n");
}

TEST(Registration, PlaysTheFirstSession) {
  SimulationOptions options;
  options.firmware = "mfw_nrf9160_1.3.0";
  options.sim.pin = "3349";
  options.sim.iccid = "89330000000020549718";
  options.network.technology = AccessTechnology::nb_iot;
  options.network.tac = "5209";
  options.network.cell = "0A19790D";
  options.network.psm = "11100000,00000110";
  SimulatedModem modem(options);
  for (const char* line :
       {"AT", "AT+CFUN=0", "AT%XSYSTEMMODE=0,1,0,2", "AT%XBANDLOCK=1,\"10000000\"", "AT%XDEEPSEARCH=1",
        "AT+CGDCONT=0,\"IP\",\"nbiot.vodacom.za\"", "AT+COPS=0", "AT+CEREG=5", "AT+CFUN=21"}) {
    EXPECT_EQ(modem.send(line), ok) << line;
  }
  EXPECT_EQ(modem.take_urcs(), "");
  EXPECT_EQ(modem.send("AT%XICCID"), error);
  EXPECT_EQ(modem.send("AT+CPIN=\"3349\""), ok);
  EXPECT_EQ(
      modem.take_urcs(),
      "+CEREG: 2,\"5209\",\"0A19790D\",9\n+CEREG: 1,\"5209\",\"0A19790D\",9,,,\"11100000\",\"00000110\"\n");
  EXPECT_EQ(modem.send("AT%XICCID"), info("%XICCID: 89330000000020549718"));
  EXPECT_EQ(modem.modem->connection(0)->apn, "nbiot.vodacom.za");
}

TEST(Operator, IsSelectedByHandAndReadInThreeFormats) {
  SimulatedModem modem;
  EXPECT_EQ(modem.send("AT+COPS=1,2,\"26201\""), ok);
  EXPECT_EQ(modem.send("AT+COPS?"), info("+COPS: 1"));
  modem.send("AT+CFUN=1");
  EXPECT_EQ(modem.send("AT+COPS?"), info("+COPS: 1,2,\"26201\",7"));
  EXPECT_EQ(modem.send("AT+COPS=3,0"), ok);
  EXPECT_EQ(modem.send("AT+COPS?"), info("+COPS: 1,0,\"Attache\",7"));
  for (const char* line :
       {"AT+COPS=2", "AT+COPS=4", "AT+COPS=1", "AT+COPS=1,0,\"x\"", "AT+COPS=1,2,\"26\""}) {
    EXPECT_EQ(modem.send(line), error) << line;
  }
}

TEST(Operator, AnotherChoiceLeavesTheNetwork) {
  SimulatedModem modem;
  modem.send("AT+CEREG=1");
  modem.send("AT+CFUN=1");
  modem.take_urcs();
  EXPECT_EQ(modem.send("AT+COPS=1,2,\"24407\""), ok);
  EXPECT_FALSE(modem.modem->connection(0));
  EXPECT_EQ(modem.modem->why_down(), "the PLMN 24407 selected with AT+COPS=1 is not there");
  EXPECT_EQ(modem.send("AT+COPS=0"), ok);
  EXPECT_TRUE(modem.modem->connection(0));
}

TEST(Operator, IsSelectedWithTheTechnologyToBeginWith) {
  SimulationOptions options;
  options.firmware = "mfw_nrf91x1_2.0.2";
  CellOptions wide;
  CellOptions narrow;
  narrow.id = "0112F302";
  narrow.technology = AccessTechnology::nb_iot;
  options.cells = {wide, narrow};
  SimulatedModem modem(options);
  modem.send("AT%XSYSTEMMODE=1,1,0,0");
  EXPECT_EQ(modem.send("AT+COPS=1,2,\"26201\",8"), error);
  EXPECT_EQ(modem.send("AT+COPS=1,2,\"26201\",9"), ok);
  modem.send("AT+CFUN=1");
  modem.clock.advance(minutes(1));
  EXPECT_EQ(modem.send("AT+COPS?"), info("+COPS: 1,2,\"26201\",9"));
  EXPECT_EQ(modem.send("AT+COPS=1,2,\"26201\",7"), ok);
  modem.clock.advance(minutes(1));
  EXPECT_EQ(modem.send("AT+COPS?"), info("+COPS: 1,2,\"26201\",7"));
  static_cast<void>(modem.modem->network().set_cell_on_air("0112F301", false));
  modem.clock.advance(minutes(5));
  EXPECT_EQ(modem.send("AT+COPS?"), info("+COPS: 1,2,\"26201\",9")) << "a wish, not a condition";
}

TEST(Operator, HasNoTechnologyBefore20) {
  SimulatedModem modem;
  EXPECT_EQ(modem.send("AT+COPS=1,2,\"26201\",7"), error);
}

TEST(Operator, ListNeedsAnIdleRadio) {
  SimulatedModem modem;
  modem.send("AT+CMEE=1");
  EXPECT_EQ(modem.send("AT+COPS=?"), "+CME ERROR: 3\r\n");
  modem.send("AT+CFUN=1");
  EXPECT_EQ(modem.send("AT+COPS=?"), "+CME ERROR: 516\r\n");
  EXPECT_EQ(modem.send("AT%COPS=?"), info("%COPS: (2,\"\",\"\",\"26201\",7)"));
  modem.clock.advance(seconds(10));
  EXPECT_EQ(modem.send("AT+COPS=?"), info("+COPS: (2,\"\",\"\",\"26201\",7)"));
}

TEST(BandLock, KeepsPermanentAndRuntimeMasks) {
  SimulatedModem modem;
  EXPECT_EQ(modem.send("AT%XBANDLOCK?"), info("%XBANDLOCK: \"\",\"\""));
  EXPECT_EQ(modem.send("AT%XBANDLOCK=1,\"10000000\""), ok);
  EXPECT_EQ(modem.send("AT%XBANDLOCK=2,\"1000\""), error);  // No band is left.
  EXPECT_EQ(modem.send("AT%XBANDLOCK=2,\"1000000000000010000000\""), ok);
  EXPECT_EQ(modem.send("AT%XBANDLOCK=2,\"12\""), error);
  EXPECT_EQ(modem.send("AT%XBANDLOCK=1"), error);
  modem.send("AT+CFUN=1");
  EXPECT_EQ(modem.send("AT%XCBAND"), info("%XCBAND: 8"));
  EXPECT_EQ(modem.send("AT%XCBAND=?"), info("%XCBAND: (8)"));
}

TEST(Psm, IsEnteredAndLeftByTheTimers) {
  SimulationOptions options;
  SimulatedModem modem(options);
  subscribe_all(modem);
  modem.send("AT+CPSMS=1,\"\",\"\",\"00000110\",\"00100001\"");
  modem.send("AT+CFUN=1");
  modem.take_urcs();
  modem.clock.advance(seconds(10));
  EXPECT_EQ(modem.take_urcs(), "+CSCON: 0\n");
  modem.clock.advance(seconds(60));
  EXPECT_EQ(modem.take_urcs(), "%XMODEMSLEEP: 1,3540000\n");  // T3412 runs since the release.
  modem.clock.advance(minutes(59));
  EXPECT_EQ(modem.take_urcs(), "%XMODEMSLEEP: 1,500\n%XMODEMSLEEP: 1,0\n+CSCON: 1\n");
}

TEST(Psm, IsRenegotiatedWhenItChangesWhileRegistered) {
  SimulatedModem modem;
  modem.send("AT+CEREG=5");
  modem.send("AT+CFUN=1");
  modem.take_urcs();
  modem.send("AT+CPSMS=1,\"\",\"\",\"00000110\",\"00100001\"");
  EXPECT_EQ(modem.take_urcs(), "+CEREG: 1,\"0A1B\",\"0112F301\",7,,,\"00100001\",\"00000110\"\n");
  modem.send("AT+CPSMS=");
  EXPECT_EQ(modem.take_urcs(), "+CEREG: 1,\"0A1B\",\"0112F301\",7,,,\"11100000\",\"11100000\"\n");
  EXPECT_EQ(modem.send("AT+CPSMS=1,\"\",\"\",\"0000011\",\"00100001\""), error);
}

TEST(Edrx, IsReportedRightAfterTheRegistration) {
  SimulationOptions options;
  options.network.edrx = "1001,0001";
  SimulatedModem modem(options);
  modem.send("AT+CEREG=1");
  modem.send("AT+CEDRXS=2,4,\"0010\"");
  modem.send("AT+CFUN=1");
  EXPECT_EQ(modem.take_urcs(), "+CEREG: 2\n+CEREG: 1\n+CEDRXP: 4,\"0010\",\"1001\",\"0001\"\n");
  EXPECT_EQ(modem.send("AT+CEDRXRDP"), info("+CEDRXRDP: 4,\"0010\",\"1001\",\"0001\""));
  modem.send("AT+CFUN=4");
  EXPECT_EQ(modem.send("AT+CEDRXRDP"), info("+CEDRXRDP: 0"));
}

TEST(Edrx, WindowIsResetByANewCycle) {
  SimulatedModem modem;
  modem.send("AT+CEDRXS=1,4,\"0010\"");
  EXPECT_EQ(modem.send("AT%XPTW=4,\"1000\""), ok);
  EXPECT_EQ(modem.send("AT%XPTW?"), "%XPTW: 4,\"1000\"\r\n%XPTW: 5,\"0001\"\r\nOK\r\n");
  modem.send("AT+CEDRXS=1,4,\"0011\"");
  EXPECT_EQ(modem.send("AT%XPTW?"), "%XPTW: 4,\"0001\"\r\n%XPTW: 5,\"0001\"\r\nOK\r\n");
  EXPECT_EQ(modem.send("AT+CEDRXS=1,4,\"2\""), error);
  modem.send("AT+CEDRXS=3");
  EXPECT_EQ(modem.send("AT+CEDRXS?"), ok);
}

TEST(Edrx, TellsNoMoreOfItAfterARequestThatFailed) {
  for (const char* failing : {"AT+CEDRXS=2,6,\"1001\"", "AT+CEDRXS=4", "AT+CEDRXS=2,4,\"1002\"",
                              "AT+CEDRXS=2,4,\"100\"", "AT+CEDRXS=2,4,1001", "AT+CEDRXS=", "AT+CEDRXS"}) {
    SimulatedModem modem;
    modem.send("AT+CEDRXS=2,4,\"1001\"");
    modem.send("AT+CFUN=1");
    ASSERT_EQ(modem.take_urcs(), "+CEDRXP: 4,\"1001\",\"1001\",\"0001\"\n");
    EXPECT_EQ(modem.send(failing), error);
    modem.send("AT+CFUN=4");
    modem.send("AT+CFUN=1");
    EXPECT_EQ(modem.take_urcs(), "") << failing;
    EXPECT_EQ(modem.send("AT+CEDRXS?"), info("+CEDRXS: 4,\"1001\""));
    EXPECT_EQ(modem.send("AT+CEDRXRDP"), info("+CEDRXRDP: 4,\"1001\",\"1001\",\"0001\""));
    modem.send("AT+CEDRXS=2,4,\"1001\"");
    modem.clock.advance(std::chrono::seconds(1));
    EXPECT_EQ(modem.take_urcs(), "+CEDRXP: 4,\"1001\",\"1001\",\"0001\"\n") << failing;
  }
}

TEST(Edrx, ThatCannotBeAskedForIsLeftOff) {
  SimulatedModem modem;
  EXPECT_EQ(modem.send("AT+CEDRXS=2,6"), error);
  modem.send("AT+CFUN=1");
  EXPECT_EQ(modem.take_urcs(), "");
  EXPECT_EQ(modem.send("AT+CEDRXS?"), ok);
}

TEST(Edrx, IsToldToBeMissingInACellWithoutItFromFirmware134On) {
  SimulationOptions options;
  options.network.edrx = "none";
  for (auto [firmware, told] :
       {std::pair("mfw_nrf9160_1.3.3", ""), std::pair("mfw_nrf9160_1.3.4", "+CEDRXP: 0\n"),
        std::pair("mfw_nrf91x1_2.0.2", "+CEDRXP: 0\n")}) {
    options.firmware = firmware;
    SimulatedModem modem(options);
    modem.send("AT+CEDRXS=2,4,\"1001\"");
    modem.send("AT+CFUN=1");
    EXPECT_EQ(modem.take_urcs(), told) << firmware;
    EXPECT_EQ(modem.send("AT+CEDRXRDP"), info("+CEDRXRDP: 0"));
    EXPECT_EQ(modem.modem->network().state().edrx, "");
    modem.send("AT+CEDRXS=1,4,\"1001\"");
    modem.clock.advance(std::chrono::seconds(1));
    EXPECT_EQ(modem.take_urcs(), "") << "without a subscription";
  }
}

SimulationOptions with_lost_stat(std::string firmware) {
  SimulationOptions options;
  options.firmware = std::move(firmware);
  options.radio.lost_stat = 4;
  return options;
}

TEST(LostCoverage, IsStat4WithEmptyFieldsWhereTheFirmwareSaysSo) {
  SimulatedModem modem(with_lost_stat("mfw_nrf9160_1.3.5"));
  static_cast<void>(modem.modem->network().set_coverage(false));
  modem.send("AT+CEREG=5");
  modem.send("AT+CFUN=1");
  EXPECT_EQ(modem.take_urcs(), "+CEREG: 2\n") << "it never was registered";
  static_cast<void>(modem.modem->network().set_coverage(true));
  modem.clock.advance(std::chrono::minutes(2));
  modem.take_urcs();
  static_cast<void>(modem.modem->network().set_coverage(false));
  modem.clock.advance(std::chrono::minutes(5));
  EXPECT_EQ(modem.take_urcs(), "+CEREG: 4,,,,,,\"11100000\",\"11100000\"\n");
  EXPECT_EQ(modem.send("AT+CEREG?"), info("+CEREG: 5,4,,,,,,\"11100000\",\"11100000\""));
  modem.send("AT+CEREG=4");
  EXPECT_EQ(modem.send("AT+CEREG?"), info("+CEREG: 4,4,,,,,,\"11100000\",\"11100000\""));
  modem.send("AT+CEREG=3");
  EXPECT_EQ(modem.send("AT+CEREG?"), info("+CEREG: 3,4"));
  static_cast<void>(modem.modem->network().set_coverage(true));
  modem.clock.advance(std::chrono::minutes(20));
  EXPECT_EQ(modem.take_urcs(), "+CEREG: 1,\"0A1B\",\"0112F301\",7\n");
  modem.send("AT+CFUN=4");
  static_cast<void>(modem.modem->network().set_coverage(false));
  modem.send("AT+CFUN=1");
  modem.clock.advance(std::chrono::minutes(5));
  EXPECT_EQ(modem.send("AT+CEREG?"), info("+CEREG: 3,2")) << "a new activation";
}

TEST(LostCoverage, IsStat4WithoutACellBeforeFirmware13) {
  SimulatedModem modem(with_lost_stat("mfw_nrf9160_1.2.7"));
  modem.send("AT+CEREG=5");
  modem.send("AT+CFUN=1");
  modem.take_urcs();
  static_cast<void>(modem.modem->network().set_coverage(false));
  modem.clock.advance(std::chrono::minutes(5));
  EXPECT_EQ(modem.take_urcs(), "+CEREG: 4,\"FFFE\",\"FFFFFFFF\",7,0,0,\"00000000\",\"00000000\"\n");
}

// What a modem says that has lost its cell and does not admit it for ten seconds.
class CellLostForAWhile : public testing::Test {
 protected:
  void lose(std::string firmware) {
    SimulationOptions options;
    options.firmware = std::move(firmware);
    options.radio.lost_time = std::chrono::seconds(10);
    modem_.start(options);
    modem_.send("AT+CEREG=5");
    modem_.send("AT+CFUN=1");
    modem_.clock.advance(std::chrono::seconds(15));
    modem_.take_urcs();
    static_cast<void>(modem_.modem->network().set_coverage(false));
    modem_.clock.settle();
  }

  SimulatedModem modem_;
};

TEST_F(CellLostForAWhile, IsTheCellFFFFFFFFBeforeFirmware13) {
  lose("mfw_nrf9160_1.2.7");
  EXPECT_EQ(modem_.take_urcs(), "+CEREG: 1,\"FFFE\",\"FFFFFFFF\",7,,,\"11100000\",\"11100000\"\n");
  modem_.clock.advance(std::chrono::seconds(9));
  EXPECT_EQ(modem_.take_urcs(), "");
  modem_.clock.advance(std::chrono::seconds(2));
  EXPECT_EQ(modem_.take_urcs(), "+CEREG: 2,\"FFFE\",\"FFFFFFFF\",7,0,0,\"00000000\",\"00000000\"\n");
}

TEST_F(CellLostForAWhile, LeavesTheRegistrationAsItIsFromFirmware13On) {
  lose("mfw_nrf9160_1.3.5");
  modem_.clock.advance(std::chrono::seconds(9));
  EXPECT_EQ(modem_.take_urcs(), "");
  EXPECT_EQ(modem_.send("AT+CEREG?"),
            info("+CEREG: 5,1,\"0A1B\",\"0112F301\",7,,,\"11100000\",\"11100000\""));
  modem_.clock.advance(std::chrono::seconds(2));
  EXPECT_EQ(modem_.take_urcs(), "+CEREG: 2\n");
}

TEST_F(CellLostForAWhile, IsMonitoredAsRegisteredButNotCamped) {
  lose("mfw_nrf9160_1.3.5");
  EXPECT_EQ(
      modem_.send("AT%XMONITOR"),
      info("%XMONITOR: 1,\"Attache\",\"Attache\",\"26201\",\"0A1B\",7,20,\"0112F301\",,,,,\"\",\"11100000\","
           "\"11100000\",\"01001001\""));
  EXPECT_EQ(modem_.send("AT+CESQ"), info("+CESQ: 99,99,255,255,255,255"));
  EXPECT_EQ(modem_.send("AT%NBRGRSRP"), ok);
  modem_.send("AT+CGDCONT=1,\"IP\",\"a\"");
  EXPECT_EQ(modem_.send("AT+CGACT=1,1"), error);
  EXPECT_FALSE(modem_.modem->network().state().connected);
  EXPECT_EQ(modem_.modem->link().send(0, 10).verdict, modem::RadioLink::Verdict::no_coverage);
}

TEST_F(CellLostForAWhile, TakesTheCellAgain) {
  lose("mfw_nrf9160_1.2.7");
  modem_.take_urcs();
  static_cast<void>(modem_.modem->network().set_coverage(true));
  modem_.clock.settle();
  EXPECT_EQ(modem_.take_urcs(), "+CEREG: 1,\"0A1B\",\"0112F301\",7,,,\"11100000\",\"11100000\"\n");
  modem_.clock.advance(std::chrono::minutes(5));
  EXPECT_EQ(modem_.take_urcs(), "") << "the search that was planned is given up";
  EXPECT_TRUE(modem_.modem->connection(0));
}

}  // namespace
}  // namespace attache::cellular
