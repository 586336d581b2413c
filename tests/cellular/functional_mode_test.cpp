#include <gtest/gtest.h>

#include <array>

#include "simulated_modem.hpp"

namespace attache::cellular {
namespace {

TEST(FunctionalMode, IsZeroAfterPowerOn) {
  SimulatedModem modem;
  EXPECT_EQ(modem.send("AT+CFUN?"), info("+CFUN: 0"));
  EXPECT_FALSE(modem.modem->lte_active());
}

TEST(FunctionalMode, ListsReceiveOnlyFromFirmware13On) {
  SimulatedModem old(with_firmware("mfw_nrf9160_1.2.7"));
  EXPECT_EQ(old.send("AT+CFUN=?"), info("+CFUN: (0,1,4,20,21,30,31,40,41,44)"));
  EXPECT_EQ(old.send("AT+CFUN=2"), error);
  SimulatedModem current;
  EXPECT_EQ(current.send("AT+CFUN=?"), info("+CFUN: (0,1,2,4,20,21,30,31,40,41,44)"));
  EXPECT_EQ(current.send("AT+CFUN=2"), ok);
}

TEST(FunctionalMode, RefusesValuesThatAreNoMode) {
  SimulatedModem modem;
  for (const char* line : {"AT+CFUN=45", "AT+CFUN=3", "AT+CFUN=-1", "AT+CFUN=\"1\"", "AT+CFUN=", "AT+CFUN",
                           "AT+CFUN=1,0", "AT+CFUN=1x"}) {
    EXPECT_EQ(modem.send(line), error) << line;
    EXPECT_TRUE(modem.reason) << line;
  }
  modem.send("AT+CMEE=1");
  EXPECT_EQ(modem.send("AT+CFUN=45"), "+CME ERROR: 50\r\n");
}

TEST(FunctionalMode, RegistersAndDetachesAgain) {
  SimulatedModem modem;
  EXPECT_EQ(modem.send("AT+CFUN=1"), ok);
  EXPECT_TRUE(modem.modem->lte_active());
  ASSERT_TRUE(modem.modem->connection(0));
  EXPECT_EQ(modem.modem->connection(0)->ipv4->to_string(), "10.160.33.41");
  EXPECT_EQ(modem.send("AT+CFUN=4"), ok);
  EXPECT_FALSE(modem.modem->connection(0));
  EXPECT_EQ(modem.modem->why_down(), "CFUN is 4 (flight mode)");
}

TEST(FunctionalMode, Mode21IsLteAloneAnd31GnssAlone) {
  SimulatedModem modem;
  EXPECT_EQ(modem.send("AT+CFUN=31"), error);
  EXPECT_EQ(modem.send("AT%XSYSTEMMODE=1,0,1,0"), ok);
  EXPECT_EQ(modem.send("AT+CFUN=31"), ok);
  EXPECT_TRUE(modem.modem->gnss_active());
  EXPECT_FALSE(modem.modem->lte_active());
  EXPECT_EQ(modem.send("AT+CFUN=21"), ok);
  EXPECT_TRUE(modem.modem->connection(0));
  EXPECT_EQ(modem.send("AT+CFUN=20"), ok);
  EXPECT_TRUE(modem.modem->gnss_active());
  EXPECT_FALSE(modem.modem->lte_active());
  EXPECT_EQ(modem.send("AT+CFUN=30"), ok);
  EXPECT_FALSE(modem.modem->gnss_active());
}

TEST(FunctionalMode, Mode41StartsTheSimAlone) {
  SimulatedModem modem;
  EXPECT_EQ(modem.send("AT+CIMI"), error);
  EXPECT_EQ(modem.send("AT+CFUN=41"), ok);
  EXPECT_EQ(modem.send("AT+CIMI"), info("262011234567890"));
  EXPECT_FALSE(modem.modem->connection(0));
  EXPECT_EQ(modem.send("AT+CFUN=40"), ok);
  EXPECT_EQ(modem.send("AT+CIMI"), error);
}

TEST(FunctionalMode, Mode40LeavesAnActiveLteItsSimFromFirmware134On) {
  for (const char* activation : {"AT+CFUN=1", "AT+CFUN=21", "AT+CFUN=2"}) {
    SimulatedModem current(with_firmware("mfw_nrf9160_1.3.4"));
    current.send(activation);
    std::string mode = current.send("AT+CFUN?");
    EXPECT_EQ(current.send("AT+CFUN=40"), error) << activation;
    ASSERT_TRUE(current.reason);
    EXPECT_EQ(current.reason->advice,
              "Switch LTE off with AT+CFUN=44 or 20 first, or everything with AT+CFUN=4.");
    EXPECT_EQ(current.send("AT+CFUN?"), mode);
    EXPECT_EQ(current.send("AT%XSIM?"), info("%XSIM: 1")) << activation;

    SimulatedModem old(with_firmware("mfw_nrf9160_1.3.3"));
    old.send(activation);
    EXPECT_EQ(old.send("AT+CFUN=40"), ok) << activation;
    EXPECT_EQ(old.send("AT%XSIM?"), info("%XSIM: 0")) << activation;
  }
}

TEST(FunctionalMode, Mode40SwitchesTheSimOffWhileLteIsOff) {
  SimulatedModem modem;
  modem.send("AT+CFUN=1");
  modem.send("AT+CFUN=44");
  EXPECT_EQ(modem.send("AT+CFUN=40"), ok);
  EXPECT_EQ(modem.send("AT%XSIM?"), info("%XSIM: 0"));
  EXPECT_EQ(modem.send("AT+CFUN?"), info("+CFUN: 40"));
}

TEST(FunctionalMode, Mode44KeepsTheSim) {
  SimulatedModem modem;
  modem.send("AT+CFUN=1");
  EXPECT_EQ(modem.send("AT+CFUN=44"), ok);
  EXPECT_EQ(modem.send("AT%XSIM?"), info("%XSIM: 1"));
  EXPECT_FALSE(modem.modem->connection(0));
  modem.send("AT+CFUN=4");
  EXPECT_EQ(modem.send("AT%XSIM?"), info("%XSIM: 0"));
}

TEST(FunctionalMode, ReceiveOnlyCampsWithoutAttach) {
  SimulatedModem modem;
  modem.send("AT+CEREG=2");
  modem.send("AT+CFUN=2");
  EXPECT_EQ(modem.take_urcs(), "+CEREG: 2,\"0A1B\",\"0112F301\",7\n");
  EXPECT_EQ(modem.modem->why_down(), "CFUN is 2 (receive only)");
  modem.send("AT+CFUN=1");
  EXPECT_TRUE(modem.modem->connection(0));
}

TEST(FunctionalMode, ModeZeroClearsSubscriptionsAfterTheirLastUrcs) {
  SimulatedModem modem;
  modem.send("AT+CEREG=1");
  modem.send("AT+CFUN=1");
  modem.take_urcs();
  modem.send("AT+CFUN=0");
  EXPECT_EQ(modem.take_urcs(), "+CEREG: 0\n");
  EXPECT_EQ(modem.send("AT+CEREG?"), info("+CEREG: 0,0"));
}

TEST(FunctionalMode, ModeZeroFailsAndChangesNothingWhenSettingsCannotBeWritten) {
  SimulatedModem modem;
  modem.send("AT+CMEE=1");
  modem.send("AT+CFUN=1");
  modem.settings.fails = true;
  EXPECT_EQ(modem.send("AT+CFUN=0"), "+CME ERROR: 23\r\n");
  EXPECT_EQ(modem.send("AT+CFUN?"), info("+CFUN: 1"));
  EXPECT_TRUE(modem.modem->connection(0));
}

TEST(SystemMode, IsRefusedWhileLteIsActive) {
  SimulatedModem modem;
  modem.send("AT+CMEE=1");
  modem.send("AT+CFUN=1");
  EXPECT_EQ(modem.send("AT%XSYSTEMMODE=0,1,0,0"), "+CME ERROR: 518\r\n");
  EXPECT_EQ(modem.send("AT%XSYSTEMMODE?"), info("%XSYSTEMMODE: 1,0,0,0"));
}

TEST(SystemMode, TakesBothTechnologiesFromFirmware13On) {
  SimulatedModem old(with_firmware("mfw_nrf9160_1.2.7"));
  EXPECT_EQ(old.send("AT%XSYSTEMMODE=1,1,0,0"), error);
  EXPECT_EQ(old.send("AT%XSYSTEMMODE=?"), error);
  SimulatedModem current;
  EXPECT_EQ(current.send("AT%XSYSTEMMODE=1,1,0,4"), ok);
  EXPECT_EQ(current.send("AT%XSYSTEMMODE=0,0,1,1"), error);
  EXPECT_EQ(current.send("AT%XSYSTEMMODE=?"), info("%XSYSTEMMODE: (0,1),(0,1),(0,1),(0-4)"));
}

TEST(Engine, AnswersBareAtAndRefusesForeignCommands) {
  SimulatedModem modem;
  EXPECT_EQ(modem.send("AT"), ok);
  EXPECT_EQ(modem.send("at+cfun?"), info("+CFUN: 0"));
  modem.send("AT+CMEE=1");
  for (const char* line : {"ATI", "ATE0", "ATZ", "AT&F", "ATD", "AT+CNMP", "AT%XSIGQ", "AT+CREG?",
                           "AT+CFUN?1", "AT%XSIM=?", "AT#XSOCKET?"}) {
    EXPECT_EQ(modem.send(line), error) << line;
    EXPECT_TRUE(modem.reason) << line;
  }
}

TEST(Engine, NamesTheNearestCommand) {
  SimulatedModem modem;
  modem.send("AT+CERGE=5");
  ASSERT_TRUE(modem.reason);
  EXPECT_EQ(modem.reason->advice, "Did you mean AT+CEREG?");
}

TEST(Engine, RunsConcatenatedCommandsUntilOneFails) {
  SimulatedModem modem;
  EXPECT_EQ(modem.send("AT+CMEE?;+CFUN?"), "+CMEE: 0\r\n+CFUN: 0\r\nOK\r\n");
  EXPECT_EQ(modem.send("AT+CMEE?;+CFUN=45;+CMEE=1"), "+CMEE: 0\r\nERROR\r\n");
  EXPECT_EQ(modem.send("AT+CMEE?"), info("+CMEE: 0"));
  EXPECT_EQ(modem.send("AT%CMNG=0,1,4,\"a;b\";+CFUN?"), info("+CFUN: 0"));
  EXPECT_EQ(modem.modem->bundle(1)->psk_identity, "a;b");
}

TEST(Engine, LetsLinesWaitWhileACommandRuns) {
  SimulationOptions options;
  options.timing.speed = 1;
  SimulatedModem modem(options);
  modem.send("AT+CFUN=1");
  modem.clock.advance(std::chrono::seconds(60));
  modem.send("AT+CEREG=1");
  modem.said.clear();
  modem.answer_of("AT+CFUN=4");
  modem.answer_of("AT+CFUN?");
  EXPECT_EQ(modem.said, "");
  modem.clock.advance(std::chrono::seconds(1));
  EXPECT_EQ(modem.said, "OK\r\n+CEREG: 0\r\n+CFUN: 4\r\nOK\r\n");
}

TEST(Engine, RefusesLinesTheModemCannotTake) {
  SimulatedModem modem;
  std::string longest = "AT%CMNG=0,1,4,\"" + std::string(4096 - 14, 'x') + "\"";
  ASSERT_EQ(longest.size(), 4098U);
  EXPECT_EQ(modem.send(longest), ok);
  longest.insert(longest.size() - 1, "x");
  EXPECT_EQ(modem.send(longest), error);
}

TEST(Engine, ListsTheCommandsOfTheFirmware) {
  SimulatedModem modem;
  std::string list = modem.send("AT+CLAC");
  EXPECT_TRUE(list.starts_with("AT+CFUN\r\n"));
  EXPECT_NE(list.find("AT%XMODEMSLEEP\r\n"), std::string::npos);
  SimulatedModem old(with_firmware("mfw_nrf9160_1.2.7"));
  EXPECT_EQ(old.send("AT+CLAC").find("AT%XMODEMSLEEP\r\n"), std::string::npos);
  EXPECT_EQ(old.send("AT%XMODEMSLEEP=0"), error);
}

// What a host hears of a modem that has just been switched on, subscribed to everything that does not tell
// the time.
std::string first_minutes(SimulatedModem& modem) {
  modem.said.clear();
  for (const char* line : {"AT+CFUN?",
                           "AT+CEREG?",
                           "AT+CEER",
                           "AT+CCLK?",
                           "AT%XSIM?",
                           "AT+CMEE?",
                           "AT+CNMI?",
                           "AT+CSCON?",
                           "AT+CGDCONT?",
                           "AT%XAPNSTATUS?",
                           "AT%XBANDLOCK?",
                           "AT%XDEEPSEARCH?",
                           "AT%XTEMPHIGHLVL?",
                           "AT%XVBATLOWLVL?",
                           "AT%XCONNSTAT?",
                           "AT+CMEE=1",
                           "AT+CEREG=5",
                           "AT+CSCON=3",
                           "AT+CGEREP=1",
                           "AT+CNEC=24",
                           "AT%XSIM=1",
                           "AT%MDMEV=2",
                           "AT%CESQ=1",
                           "AT%XSNRSQ=1",
                           "AT+CEINFO=1",
                           "AT%XOPNAME=1",
                           "AT+CIND=1,1,1",
                           "AT%CELLULARPRFL=1",
                           "AT%XTEMP=1",
                           "AT%XVBATLVL=1",
                           "AT%XPCO=1",
                           "AT+CNMI=3,2,0,1",
                           "AT%XMODEMSLEEP=1,500,10240",
                           "AT%XT3412=1,500,10240",
                           "AT%XFILEWRITE=1,\"01\",\"\"",
                           "AT+CFUN=1"}) {
    modem.said += fmt::format("> {}\n", line);
    modem.send(line);
  }
  modem.clock.advance(std::chrono::seconds(30));
  for (const char* line : {"AT%NCELLMEAS", "AT%XMONITOR", "AT+CEDRXRDP", "AT%APNRATECTRL=0", "AT+CEER"}) {
    modem.said += fmt::format("> {}\n", line);
    modem.send(line);
  }
  modem.clock.advance(std::chrono::minutes(5));
  return modem.said;
}

struct History {
  std::string_view name;
  void (*happen)(SimulatedModem& modem);
};

TEST(Engine, TellsAfterARestartWhatANewOneTells) {
  SimulationOptions options = with_firmware("mfw_nrf91x1_2.0.2");
  options.network.policy.exception_data = true;
  options.network.policy.uplink_limit = 5;
  options.network.policy.pco = "65280,A1";
  options.network.roaming = true;
  const std::array histories{
      History{"registered", [](SimulatedModem&) {}},
      History{"crashed",
              [](SimulatedModem& modem) { static_cast<void>(modem.modem->network().crash_modem(1)); }},
      History{"out of coverage",
              [](SimulatedModem& modem) {
                static_cast<void>(modem.modem->network().set_coverage(false));
                modem.clock.advance(std::chrono::minutes(10));
                static_cast<void>(modem.modem->network().set_coverage(true));
              }},
      History{"denied", [](SimulatedModem& modem) { static_cast<void>(modem.modem->network().detach(3)); }},
      History{"in an area that refused it",
              [](SimulatedModem& modem) { static_cast<void>(modem.modem->network().detach(12)); }},
      History{"detached", [](SimulatedModem& modem) { modem.send("AT+CGATT=0"); }},
      History{"without supply",
              [](SimulatedModem& modem) {
                modem.send("AT%XPOFWARN=1,30");
                static_cast<void>(modem.modem->network().set_battery(2900));
                static_cast<void>(modem.modem->network().set_battery(3600));
              }},
      History{"hot",
              [](SimulatedModem& modem) {
                static_cast<void>(modem.modem->network().set_temperature(60));
                static_cast<void>(modem.modem->network().set_temperature(27));
                modem.send("AT%XTEMPHIGHLVL=40");
              }},
      History{"at the limit of its messages",
              [](SimulatedModem& modem) {
                for (int i = 0; i < 5; ++i) {
                  modem.modem->link().send(0, 10, modem::ReleaseAssistance::none);
                }
              }},
      History{"measuring", [](SimulatedModem& modem) { modem.answer_of("AT%NCELLMEAS=2"); }},
  };
  for (const History& history : histories) {
    SimulatedModem modem(options);
    for (const char* line :
         {"AT%RAI=2", "AT+CEDRXS=2,4,\"1001\"", "AT%CELLULARPRFL=2,0,1,0", "AT+CFUN=4", "AT+CFUN=0"}) {
      modem.send(line);
    }
    modem.start(options);
    std::string fresh = first_minutes(modem);
    ASSERT_NE(fresh.find("%RAI: "), std::string::npos) << fresh;
    ASSERT_NE(fresh.find("%MDMEV: DETECTED COUNTRY 262"), std::string::npos) << fresh;
    history.happen(modem);
    modem.modem->restart();
    EXPECT_EQ(first_minutes(modem), fresh) << history.name;
  }
}

TEST(Engine, RestartIsAColdStart) {
  SimulatedModem modem;
  modem.send("AT%XSYSTEMMODE=1,0,1,0");
  modem.send("AT+CEREG=5");
  modem.send("AT+CGDCONT=0,\"IP\",\"iot.example\"");
  modem.send("AT+CFUN=1");
  modem.modem->restart();
  EXPECT_FALSE(modem.modem->connection(0));
  EXPECT_FALSE(modem.modem->time());
  EXPECT_EQ(modem.send("AT+CFUN?"), info("+CFUN: 0"));
  EXPECT_EQ(modem.send("AT+CEREG?"), info("+CEREG: 0,4"));
  EXPECT_EQ(modem.send("AT+CGDCONT?"), info("+CGDCONT: 0,\"\",\"\",\"\",0,0"));
  EXPECT_EQ(modem.send("AT%XSYSTEMMODE?"), info("%XSYSTEMMODE: 1,0,0,0"));
}

TEST(Engine, RestartAnswersWhatStillRuns) {
  SimulationOptions options;
  options.timing.speed = 1;
  SimulatedModem modem(options);
  modem.answer_of("AT+CFUN=1");
  modem.answer_of("AT+CFUN?");
  modem.modem->restart();
  EXPECT_EQ(modem.said, error + error);
  modem.clock.advance(std::chrono::minutes(1));
  EXPECT_EQ(modem.said, error + error);
}

TEST(Settings, AreKeptByModeZeroOnly) {
  SimulatedModem modem;
  modem.send("AT%XSYSTEMMODE=0,1,0,2");
  modem.send("AT%XBANDLOCK=1,\"10000000\"");
  modem.send("AT+CPSMS=1,\"\",\"\",\"00000110\",\"00100001\"");
  modem.send("AT+CEDRXS=2,5,\"1001\"");
  modem.send("AT%XNETTIME=0");
  modem.send("AT%XCOEX0=1,1,1565,1586");
  modem.send("AT+COPS=1,2,\"24407\"");
  modem.start({});
  EXPECT_EQ(modem.send("AT%XSYSTEMMODE?"), info("%XSYSTEMMODE: 1,0,0,0"));

  modem.send("AT%XSYSTEMMODE=0,1,0,2");
  modem.send("AT%XBANDLOCK=1,\"10000000\"");
  modem.send("AT+CPSMS=1,\"\",\"\",\"00000110\",\"00100001\"");
  modem.send("AT+CEDRXS=2,5,\"1001\"");
  modem.send("AT%XNETTIME=0");
  modem.send("AT%XCOEX0=1,1,1565,1586");
  modem.send("AT+COPS=1,2,\"24407\"");
  modem.send("AT+CFUN=0");
  modem.start({});
  EXPECT_EQ(modem.send("AT%XSYSTEMMODE?"), info("%XSYSTEMMODE: 0,1,0,2"));
  EXPECT_EQ(modem.send("AT%XBANDLOCK?"), info("%XBANDLOCK: \"" + std::string(80, '0') + "10000000\",\"\""));
  EXPECT_EQ(modem.send("AT+CPSMS?"), info("+CPSMS: 1,,,\"00000110\",\"00100001\""));
  EXPECT_EQ(modem.send("AT+CEDRXS?"), info("+CEDRXS: 5,\"1001\""));
  EXPECT_EQ(modem.send("AT%XNETTIME?"), info("%XNETTIME: 0"));
  EXPECT_EQ(modem.send("AT%XCOEX0?"), info("%XCOEX0: 1,1,1565,1586"));
  EXPECT_EQ(modem.send("AT+COPS?"), info("+COPS: 1"));
}

}  // namespace
}  // namespace attache::cellular
