#include <gtest/gtest.h>

#include "simulated_modem.hpp"

namespace attache::cellular {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;

SimulationOptions two_cells() {
  SimulationOptions options;
  CellOptions first;
  first.rsrp_dbm = -85;
  CellOptions second;
  second.id = "0112F302";
  second.rsrp_dbm = -90;
  options.cells = {first, second};
  return options;
}

TEST(LimitedService, IsThatOfABarredCell) {
  SimulationOptions options;
  CellOptions cell;
  cell.barred = true;
  options.cells = {cell};
  SimulatedModem modem(options);
  modem.send("AT+CEREG=5");
  modem.send("AT%MDMEV=1");
  modem.send("AT+CFUN=1");
  EXPECT_EQ(
      modem.take_urcs(),
      "+CEREG: 2\n%MDMEV: SEARCH STATUS 1\n%MDMEV: SEARCH STATUS 2\n+CEREG: 2,\"0A1B\",\"0112F301\",7\n");
  EXPECT_EQ(modem.send("AT%XMONITOR"), info("%XMONITOR: 2"));
  EXPECT_EQ(modem.send("AT+CESQ"), info("+CESQ: 99,99,255,255,22,51"));
  EXPECT_EQ(modem.send("AT%CONEVAL"), info("%CONEVAL: 3"));
  EXPECT_FALSE(modem.modem->connection(0));
  modem.clock.advance(minutes(5));
  EXPECT_EQ(modem.take_urcs().find("+CEREG"), std::string::npos) << "nothing new";
  static_cast<void>(modem.modem->network().set_coverage(false));
  modem.clock.settle();
  EXPECT_EQ(modem.take_urcs(), "+CEREG: 2\n");
  EXPECT_EQ(modem.send("AT%CONEVAL"), info("%CONEVAL: 1"));
}

TEST(LimitedService, IsThatOfAForbiddenNetworkUntilItIsAllowed) {
  SimulationOptions options;
  options.sim.forbidden = {"26201"};
  SimulatedModem modem(options);
  modem.send("AT+CEREG=2");
  modem.send("AT+CFUN=1");
  EXPECT_EQ(modem.take_urcs(), "+CEREG: 2\n+CEREG: 2,\"0A1B\",\"0112F301\",7\n");
  EXPECT_EQ(modem.modem->why_down(), "the network 26201 is on the SIM's list of forbidden ones");
  EXPECT_EQ(modem.send("AT+CRSM=214,28539,0,0,12,\"FFFFFFFFFFFFFFFFFFFFFFFF\""), info("+CRSM: 144,0"));
  modem.clock.advance(minutes(5));
  EXPECT_EQ(modem.take_urcs(), "+CEREG: 1,\"0A1B\",\"0112F301\",7\n");
}

TEST(LimitedService, OfFirmwareThatSaysUnknownIsStat4) {
  SimulationOptions options;
  options.network.coverage = false;
  options.radio.no_service_stat = 4;
  SimulatedModem modem(options);
  modem.send("AT+CEREG=1");
  modem.send("AT+CFUN=1");
  EXPECT_EQ(modem.take_urcs(), "+CEREG: 2\n+CEREG: 4\n");
  static_cast<void>(modem.modem->network().set_coverage(true));
  modem.clock.advance(minutes(5));
  EXPECT_EQ(modem.take_urcs(), "+CEREG: 2\n+CEREG: 1\n");
}

TEST(Coverage, ComesAndGoesAtAnyTiming) {
  for (double speed : {0.0, 1.0, 60.0}) {
    SimulationOptions options;
    options.radio.gap_every = minutes(10);
    options.radio.gap_length = minutes(2);
    options.timing.speed = speed;
    SimulatedModem modem(options);
    modem.send("AT+CEREG=1");
    modem.answer_of("AT+CFUN=1");
    modem.clock.advance(hours(3));
    std::string urcs = modem.take_urcs();
    EXPECT_GT(std::count(urcs.begin(), urcs.end(), '2'), 10) << speed << "\n" << urcs;
    EXPECT_GT(std::count(urcs.begin(), urcs.end(), '1'), 10) << speed << "\n" << urcs;
  }
}

TEST(PlmnList, AllowsOrForbidsANetworkInATechnology) {
  struct Case {
    const char* list;
    const char* technology;  ///< Where the modem registers; nullptr = nowhere.
  };
  for (const Case& tried :
       {Case{"0,0,\"26201\",3", "7"}, Case{"0,0,\"26201\",2", "9"}, Case{"0,1,\"26201\",1", "9"},
        Case{"0,1,\"26201\",3", nullptr}, Case{"0,0,\"26202\",3", nullptr}, Case{"0,1,\"26202\",3", "7"}}) {
    SimulationOptions options = two_cells();
    options.firmware = "mfw_nrf91x1_2.0.2";
    options.cells[1].technology = AccessTechnology::nb_iot;
    SimulatedModem modem(options);
    modem.send("AT%XSYSTEMMODE=1,1,0,1");
    ASSERT_EQ(modem.send(fmt::format("AT%PALL={}", tried.list)), ok) << tried.list;
    modem.send("AT+CFUN=1");
    modem.clock.advance(minutes(5));
    std::string answer = modem.send("AT+COPS?");
    std::string expected = tried.technology != nullptr
                               ? info(fmt::format("+COPS: 0,2,\"26201\",{}", tried.technology))
                               : info("+COPS: 0");
    EXPECT_EQ(answer, expected) << tried.list;
  }
}

TEST(ForcedSearch, SuspendsTheRegistrationAndTakesItUpAgain) {
  SimulationOptions options = two_cells();
  options.timing.speed = 1;
  SimulatedModem modem(options);
  modem.send("AT+CSCON=1");
  modem.answer_of("AT+CFUN=1");
  modem.clock.advance(minutes(2));
  modem.send("AT+CEREG=1");
  modem.take_urcs();
  static_cast<void>(modem.modem->link().send(0, 10));
  modem.clock.advance(seconds(1));
  EXPECT_EQ(modem.take_urcs(), "+CSCON: 1\n");
  modem.said.clear();
  EXPECT_EQ(modem.answer_of("AT%COPS=?"), "");
  modem.clock.advance(seconds(14));
  EXPECT_EQ(modem.take_urcs(), "+CSCON: 0\n+CEREG: 2\n");
  EXPECT_TRUE(modem.modem->connection(0)) << "the network holds it";
  EXPECT_EQ(modem.modem->link().send(0, 10).verdict, modem::RadioLink::Verdict::no_coverage);
  modem.clock.advance(minutes(3));
  EXPECT_NE(modem.said.find("%COPS: (2,\"\",\"\",\"26201\",7)\r\nOK\r\n"), std::string::npos) << modem.said;
  EXPECT_EQ(modem.take_urcs().substr(0, 22), "+CEREG: 1\n+CSCON: 1\n+C");
  EXPECT_EQ(modem.modem->link().send(0, 10).verdict, modem::RadioLink::Verdict::passes);
}

TEST(Search, ThatTrafficInterruptsGivesAPartOfTheList) {
  SimulationOptions options;
  options.timing.speed = 1;
  SimulatedModem modem(options);
  modem.answer_of("AT+CMEE=1");
  modem.answer_of("AT+CFUN=1");
  modem.clock.advance(minutes(2));
  modem.said.clear();
  EXPECT_EQ(modem.answer_of("AT+COPS=?"), "");
  for (int second = 0; second < 200; ++second) {
    static_cast<void>(modem.modem->link().send(0, 10));
    modem.clock.advance(seconds(1));
  }
  EXPECT_EQ(modem.said, "+COPS: (2,\"\",\"\",\"26201\",7)\r\n+CME ERROR: 521\r\n");
}

TEST(DeepSearch, EndsWhenItIsSwitchedOff) {
  SimulationOptions options;
  options.firmware = "mfw_nrf9160_1.3.5";
  options.network.coverage = false;
  options.timing.speed = 1;
  SimulatedModem modem(options);
  for (const char* line : {"AT%XSYSTEMMODE=0,1,0,0", "AT%XDEEPSEARCH=1", "AT%MDMEV=1"}) {
    EXPECT_EQ(modem.send(line), ok);
  }
  modem.answer_of("AT+CFUN=1");
  modem.clock.advance(seconds(20));
  EXPECT_EQ(modem.take_urcs(), "%MDMEV: SEARCH STATUS 1\n");
  modem.clock.advance(minutes(3));
  EXPECT_EQ(modem.take_urcs(), "");
  EXPECT_EQ(modem.send("AT%XDEEPSEARCH=0"), ok);
  EXPECT_EQ(modem.take_urcs(), "%MDMEV: SEARCH STATUS 2\n");
}

TEST(ReducedMobility, StaysWithACellThatHasNotBecomeClearlyWeaker) {
  for (int mode : {0, 1, 2}) {
    SimulatedModem modem(two_cells());
    modem.send(fmt::format("AT%REDMOB={}", mode));
    modem.send("AT+CEREG=2");
    modem.send("AT+CFUN=1");
    modem.take_urcs();
    static_cast<void>(modem.modem->network().set_signal("0112F302", -75, {}));
    modem.clock.settle();
    EXPECT_EQ(modem.take_urcs(), mode == 1 ? "" : "+CEREG: 1,\"0A1B\",\"0112F302\",7\n") << mode;
    static_cast<void>(modem.modem->network().set_signal("0112F301", -92, {}));
    modem.clock.settle();
    EXPECT_EQ(modem.take_urcs(), mode == 1 ? "+CEREG: 1,\"0A1B\",\"0112F302\",7\n" : "") << mode;
  }
}

TEST(TrackingAreaUpdate, ThatIsRejectedEndsTheRegistration) {
  SimulatedModem modem;
  for (const char* line : {"AT+CEREG=5", "AT+CSCON=1", "AT+CNEC=8", "AT+CGEREP=1"}) {
    modem.send(line);
  }
  modem.send("AT+CFUN=1");
  modem.clock.advance(seconds(11));
  modem.take_urcs();
  EXPECT_FALSE(modem.modem->network().reject_next_update(1));
  EXPECT_EQ(
      *modem.modem->network().reject_next_update(9),
      "the next tracking area update is rejected with EMM cause 9, UE identity cannot be derived by "
      "the network; one is made at the periodic timer (T3412), and when the tracking area changes (`cell ID "
      "tac=TAC`)");
  modem.clock.advance(minutes(54));
  EXPECT_EQ(modem.take_urcs(),
            "+CSCON: 1\n+CSCON: 0\n+CEREG: 2,\"0A1B\",\"0112F301\",7,0,9\n+CNEC_EMM: 9\n+CSCON: 1\n"
            "+CGEV: ME PDN ACT 0,0\n+CEREG: 1,\"0A1B\",\"0112F301\",7,,,\"11100000\",\"11100000\"\n");
  static_cast<void>(modem.modem->network().reject_next_update(8));
  modem.clock.advance(minutes(55));
  EXPECT_EQ(modem.take_urcs(),
            "+CSCON: 0\n+CSCON: 1\n+CSCON: 0\n+CEREG: 3,\"0A1B\",\"0112F301\",7,0,8\n+CNEC_EMM: 8\n");
  EXPECT_FALSE(modem.modem->connection(0));
}

TEST(InvalidUsim, IsNotTriedBeforeTheNextActivation) {
  SimulatedModem modem;
  modem.send("AT+CEREG=1");
  static_cast<void>(modem.modem->network().reject_next_attach(8));
  modem.send("AT+CFUN=1");
  EXPECT_EQ(modem.take_urcs(), "+CEREG: 2\n+CEREG: 3\n");
  EXPECT_EQ(modem.send("AT+COPS=1,2,\"26201\""), ok);
  EXPECT_EQ(modem.send("AT+CGATT=0"), ok);
  EXPECT_EQ(modem.send("AT+CGATT=1"), ok);
  modem.clock.advance(hours(24));
  EXPECT_FALSE(modem.modem->connection(0));
  modem.send("AT+CFUN=4");
  modem.send("AT+CFUN=1");
  EXPECT_TRUE(modem.modem->connection(0));
}

TEST(PeriodicSearch, LoopsItsLastPatternOrStaysAtItsLastSleep) {
  for (bool loops : {false, true}) {
    SimulationOptions options;
    options.network.coverage = false;
    SimulatedModem modem(options);
    modem.send("AT+CMEE=1");
    EXPECT_EQ(modem.send("AT%PERIODICSEARCHCONF=1"), "+CME ERROR: 513\r\n");
    EXPECT_EQ(modem.send(fmt::format("AT%PERIODICSEARCHCONF=0,{:d},0,1,\"1,20\",\"1,30,40\"", loops)), ok);
    EXPECT_EQ(modem.send("AT%PERIODICSEARCHCONF=1"),
              info(fmt::format("%PERIODICSEARCHCONF: {:d},0,1,\"1,20\",\"1,30,40\"", loops)));
    modem.send("AT%XMODEMSLEEP=1,0,0");
    modem.send("AT+CFUN=1");
    std::string pauses;
    for (int search = 0; search < 5; ++search) {
      std::string urcs = modem.take_urcs();
      pauses += urcs.substr(urcs.rfind(',') + 1, 2) + " ";
      modem.clock.advance(seconds(std::stoi(urcs.substr(urcs.rfind(',') + 1)) / 1000));
    }
    EXPECT_EQ(pauses, loops ? "20 30 40 30 40 " : "20 30 40 40 40 ");
  }
}

TEST(UpdateTimer, IsToldAtItsBeginningBeforeItsEndAndAtItsEnd) {
  SimulatedModem modem;
  modem.send("AT%XT3412=1,2000,30000");
  modem.send("AT+CFUN=1");
  modem.clock.advance(seconds(10));
  EXPECT_EQ(modem.take_urcs(), "%XT3412: 3240000\n");
  modem.clock.advance(minutes(54));
  EXPECT_EQ(modem.take_urcs(), "%XT3412: 2000\n%XT3412: 0\n");
  modem.clock.advance(seconds(10));
  EXPECT_EQ(modem.take_urcs(), "%XT3412: 3240000\n");
  static_cast<void>(modem.modem->link().send(0, 10));
  modem.clock.settle();
  EXPECT_EQ(modem.take_urcs(), "%XT3412: 0\n") << "traffic ends it";
}

TEST(PowerSaving, LeavesTheMonitorWithoutWhatIsMeasured) {
  SimulationOptions options;
  options.network.psm = "00000001,11000001";
  SimulatedModem modem(options);
  modem.send("AT+CFUN=1");
  modem.clock.advance(seconds(13));
  EXPECT_EQ(
      modem.send("AT%XMONITOR"),
      info("%XMONITOR: 1,\"Attache\",\"Attache\",\"26201\",\"0A1B\",7,20,\"0112F301\",,,,,\"\",\"00000001\","
           "\"11000001\",\"01001001\""));
}

TEST(PowerSaving, AsksTheNetworkOnlyForWhatChanges) {
  SimulatedModem modem;
  modem.send("AT+CSCON=1");
  modem.send("AT+CFUN=1");
  modem.clock.advance(seconds(11));
  modem.take_urcs();
  modem.send("AT+CPSMS=0");
  EXPECT_EQ(modem.take_urcs(), "");
  modem.send("AT+CPSMS=1");
  EXPECT_EQ(modem.take_urcs(), "+CSCON: 1\n");
}

TEST(PowerSaving, TakesTheDefaultForATimerThatIsMissing) {
  SimulatedModem modem;
  modem.send("AT+CPSMS=1,\"\",\"\",\"00111000\",\"00000001\"");
  modem.send("AT+CPSMS=0");
  EXPECT_EQ(modem.send("AT+CPSMS?"), info("+CPSMS: 0,,,\"00111000\",\"00000001\""));
  modem.send("AT+CPSMS=1");
  EXPECT_EQ(modem.send("AT+CPSMS?"), info("+CPSMS: 1,,,\"00111000\",\"00000001\""));
  modem.send("AT+CPSMS=1,\"\",\"\",\"00111001\"");
  EXPECT_EQ(modem.send("AT+CPSMS?"), info("+CPSMS: 1,,,\"00111001\",\"00100001\""));
}

TEST(Edrx, IsSwitchedOffForOneTechnologyAndKeepsItsCycle) {
  SimulatedModem modem;
  modem.send("AT+CEDRXS=2,4,\"0101\"");
  modem.send("AT+CEDRXS=2,5,\"1001\"");
  EXPECT_EQ(modem.send("AT+CEDRXS=0,5"), ok);
  EXPECT_EQ(modem.send("AT+CEDRXS?"), info("+CEDRXS: 4,\"0101\""));
  modem.send("AT+CFUN=1");
  EXPECT_EQ(modem.take_urcs(), "+CEDRXP: 4,\"0101\",\"0101\",\"0001\"\n") << "mode 2 goes on";
  EXPECT_EQ(modem.send("AT+CEDRXS=1,5"), ok);
  EXPECT_EQ(modem.send("AT+CEDRXS?"), info("+CEDRXS: 4,\"0101\"\r\n+CEDRXS: 5,\"1001\""));
  EXPECT_EQ(modem.send("AT+CEDRXS=3"), ok);
  EXPECT_EQ(modem.send("AT+CEDRXS=1,5"), ok);
  EXPECT_EQ(modem.send("AT+CEDRXS?"), info("+CEDRXS: 5,\"0010\""));
}

TEST(PublicKey, IsDeletedAsACredentialBefore13) {
  for (bool old : {true, false}) {
    SimulationOptions options;
    options.firmware = old ? "mfw_nrf9160_1.2.7" : "mfw_nrf9160_1.3.5";
    SimulatedModem modem(options);
    modem.send("AT+CMEE=1");
    EXPECT_EQ(modem.send("AT%XPMNG=0,\"-----BEGIN PUBLIC KEY-----\nAA==\n-----END PUBLIC KEY-----\",3"), ok);
    EXPECT_EQ(modem.send("AT%CMNG=2,3,5"), "+CME ERROR: 50\r\n");
    EXPECT_EQ(modem.send("AT%CMNG=3,3,5"), old ? ok : "+CME ERROR: 50\r\n");
    EXPECT_EQ(modem.send("AT%XPMNG=2,3"), old ? "+CME ERROR: 513\r\n" : ok);
  }
}

}  // namespace
}  // namespace attache::cellular
