#include <gtest/gtest.h>

#include "simulated_modem.hpp"

namespace attache::cellular {
namespace {

SimulationOptions with_pin(std::string firmware = "mfw_nrf9160_1.3.0") {
  SimulationOptions options;
  options.firmware = std::move(firmware);
  options.sim.pin = "3349";
  options.sim.iccid = "89330000000020549718";
  return options;
}

TEST(Sim, AnswersTheBareNameOfThePinCommandAsItsReadForm) {
  SimulatedModem modem(with_pin());
  modem.send("AT+CMEE=1");
  EXPECT_EQ(modem.send("AT+CPIN"), "+CME ERROR: 13\r\n");
  modem.send("AT+CFUN=1");
  EXPECT_EQ(modem.send("AT+CPIN"), info("+CPIN: \"SIM PIN\""));
  EXPECT_EQ(modem.send("AT+CPIN="), "+CME ERROR: 50\r\n");
  EXPECT_EQ(modem.send("AT+CPIN=\"3349\""), ok);
  EXPECT_EQ(modem.send("at+cpin"), info("+CPIN: READY"));
  EXPECT_EQ(modem.send("AT+CPINR=\"SIM PIN\""), info("+CPINR: \"SIM PIN\",3"));
  EXPECT_EQ(modem.send("AT+CPINR"), "+CME ERROR: 50\r\n");
}

TEST(Sim, HoldsTheActivationUntilThePinIsGiven) {
  SimulatedModem modem(with_pin());
  modem.send("AT+CEREG=1");
  modem.send("AT%XSIM=1");
  modem.send("AT+CFUN=1");
  EXPECT_EQ(modem.take_urcs(), "%XSIM: 0,1\n");
  EXPECT_EQ(modem.modem->why_down(), "SIM PIN not given");
  EXPECT_EQ(modem.send("AT%XICCID"), error);
  EXPECT_EQ(modem.send("AT+CIMI"), error);
  EXPECT_EQ(modem.send("AT+CPIN?"), info("+CPIN: \"SIM PIN\""));
  EXPECT_EQ(modem.send("AT+CPIN=\"3349\""), ok);
  EXPECT_EQ(modem.take_urcs(), "%XSIM: 1\n+CEREG: 2\n+CEREG: 1\n");
  EXPECT_EQ(modem.send("AT+CPIN?"), info("+CPIN: READY"));
  EXPECT_EQ(modem.send("AT%XICCID"), info("%XICCID: 89330000000020549718"));
  EXPECT_EQ(modem.modem->why_down(), "");
}

TEST(Sim, ReportsAMissingPinInTheRegistrationFrom20On) {
  SimulatedModem modem(with_pin("mfw_nrf91x1_2.0.2"));
  modem.send("AT+CEREG=1");
  modem.send("AT+CFUN=1");
  EXPECT_EQ(modem.take_urcs(), "+CEREG: 90\n");
}

TEST(Sim, PadsAShortIccid) {
  SimulatedModem modem;
  modem.send("AT+CFUN=41");
  EXPECT_EQ(modem.send("AT%XICCID"), info("%XICCID: 8901234567012345678F"));
}

TEST(Sim, CountsWrongPinsAcrossRestarts) {
  SimulatedModem modem(with_pin());
  modem.send("AT+CMEE=1");
  modem.send("AT+CFUN=41");
  EXPECT_EQ(modem.send("AT+CPIN=\"0000\""), "+CME ERROR: 16\r\n");
  modem.start(with_pin());
  modem.send("AT+CMEE=1");
  modem.send("AT+CFUN=41");
  EXPECT_EQ(modem.send("AT+CPINR=\"SIM PIN\""), info("+CPINR: \"SIM PIN\",2"));
  modem.send("AT+CPIN=\"0000\"");
  modem.send("AT+CPIN=\"0000\"");
  EXPECT_EQ(modem.send("AT+CPIN=\"3349\""), "+CME ERROR: 12\r\n");
  EXPECT_EQ(modem.send("AT+CPIN?"), info("+CPIN: \"SIM PUK\""));
  EXPECT_EQ(modem.send("AT+CPIN=\"11111111\",\"1234\""), "+CME ERROR: 16\r\n");
  EXPECT_EQ(modem.send("AT+CPINR=\"SIM PUK\""), info("+CPINR: \"SIM PUK\",9"));
  EXPECT_EQ(modem.send("AT+CPIN=\"12345678\",\"12\""), "+CME ERROR: 50\r\n");
  EXPECT_EQ(modem.send("AT+CPIN=\"12345678\",\"1234\""), ok);
  EXPECT_EQ(modem.send("AT+CPINR=\"SIM PUK\""), info("+CPINR: \"SIM PUK\",10"));
  modem.start(with_pin());
  modem.send("AT+CFUN=41");
  EXPECT_EQ(modem.send("AT+CPIN=\"3349\""), error);
  EXPECT_EQ(modem.send("AT+CPIN=\"1234\""), ok);
}

TEST(Sim, CountsNoAttemptForWhatIsNoPin) {
  SimulatedModem modem(with_pin());
  modem.send("AT+CMEE=1");
  modem.send("AT+CFUN=41");
  for (const char* pin : {"\"\"", "\"123\"", "\"abcd\"", "\"12a4\"", "\"33 49\"", "\"+3349\"",
                          "\"\",\"1234\"", "\"3349\",\"\"", "\"3349\",\"abcd\""}) {
    EXPECT_EQ(modem.send(fmt::format("AT+CPIN={}", pin)), "+CME ERROR: 50\r\n") << pin;
    EXPECT_EQ(modem.send(fmt::format("AT+CLCK=\"SC\",0,{}", pin)), "+CME ERROR: 50\r\n") << pin;
    EXPECT_EQ(modem.send(fmt::format("AT+CPWD=\"SC\",{},\"5678\"", pin)), "+CME ERROR: 50\r\n") << pin;
  }
  EXPECT_EQ(modem.send("AT+CLCK=\"SC\",0,\"123456789\""), "+CME ERROR: 50\r\n");
  EXPECT_EQ(modem.send("AT+CPINR=\"SIM PIN\""), info("+CPINR: \"SIM PIN\",3"));
  EXPECT_EQ(modem.send("AT+CPIN=\"3349\""), ok);
}

TEST(Sim, CountsNoAttemptForWhatIsNoPuk) {
  SimulatedModem modem(with_pin());
  modem.send("AT+CMEE=1");
  modem.send("AT+CFUN=41");
  for (int i = 0; i < 3; ++i) {
    modem.send("AT+CPIN=\"0000\"");
  }
  for (const char* puk : {"\"\"", "\"123\"", "\"abcdefgh\"", "\"1234567x\""}) {
    EXPECT_EQ(modem.send(fmt::format("AT+CPIN={},\"1234\"", puk)), "+CME ERROR: 50\r\n") << puk;
  }
  EXPECT_EQ(modem.send("AT+CPINR=\"SIM PUK\""), info("+CPINR: \"SIM PUK\",10"));
  EXPECT_EQ(modem.send("AT+CPIN=\"12345678\",\"1234\""), ok);
}

TEST(Sim, IsBlockedForGoodAfterTenWrongPuks) {
  SimulatedModem modem(with_pin());
  modem.send("AT+CMEE=1");
  modem.send("AT%XSIM=1");
  modem.send("AT+CFUN=41");
  for (int i = 0; i < 3; ++i) {
    modem.send("AT+CPIN=\"0000\"");
  }
  modem.take_urcs();
  for (int i = 0; i < 10; ++i) {
    EXPECT_EQ(modem.send("AT+CPIN=\"00000000\",\"1234\""), "+CME ERROR: 16\r\n");
  }
  EXPECT_EQ(modem.take_urcs(), "%XSIM: 0,5\n");
  EXPECT_EQ(modem.send("AT+CPIN=\"12345678\",\"1234\""), "+CME ERROR: 13\r\n");
  EXPECT_EQ(modem.send("AT+CPIN?"), "+CME ERROR: 13\r\n");
}

TEST(Sim, TakesNoPinWhenNoneIsAsked) {
  SimulatedModem modem;
  modem.send("AT+CMEE=1");
  EXPECT_EQ(modem.send("AT+CPIN=\"1234\""), "+CME ERROR: 13\r\n");
  modem.send("AT+CFUN=41");
  EXPECT_EQ(modem.send("AT+CPIN=\"1234\""), "+CME ERROR: 3\r\n");
}

TEST(Sim, IsBusyWhileItStarts) {
  SimulatedModem modem;
  modem.send("AT+CMEE=1");
  modem.answer_of("AT+CFUN=41");
  EXPECT_EQ(modem.answer_of("AT+CPIN?"), "+CME ERROR: 14\r\n");
  EXPECT_EQ(modem.answer_of("AT%XICCID"), "+CME ERROR: 14\r\n");
}

TEST(Sim, LocksAndUnlocks) {
  SimulatedModem modem(with_pin());
  modem.send("AT+CFUN=41");
  modem.send("AT+CPIN=\"3349\"");
  EXPECT_EQ(modem.send("AT+CLCK=\"SC\",2"), info("+CLCK: 1"));
  EXPECT_EQ(modem.send("AT+CLCK=\"SC\",0,\"3349\""), ok);
  EXPECT_EQ(modem.send("AT+CLCK=\"SC\",2"), info("+CLCK: 0"));
  EXPECT_EQ(modem.send("AT+CPWD=\"SC\",\"3349\",\"5678\""), error);
  EXPECT_EQ(modem.send("AT+CLCK=\"SC\",1,\"3349\""), ok);
  EXPECT_EQ(modem.send("AT+CPWD=\"SC\",\"3349\",\"5678\""), ok);
  EXPECT_EQ(modem.send("AT+CPWD=\"P2\",\"3349\",\"5678\""), error);
  EXPECT_EQ(modem.send("AT+CLCK=\"PN\",2"), info("+CLCK: 0"));
  EXPECT_EQ(modem.send("AT+CLCK=\"XX\",2"), error);
  modem.start(with_pin());
  modem.send("AT+CFUN=41");
  EXPECT_EQ(modem.send("AT+CPIN=\"5678\""), ok);
}

TEST(Sim, ChangesNothingWhenItsStateCannotBeStored) {
  SimulatedModem modem(with_pin());
  modem.send("AT+CMEE=1");
  modem.send("AT+CFUN=41");
  modem.settings.fails = true;
  EXPECT_EQ(modem.send("AT+CPIN=\"0000\""), "+CME ERROR: 23\r\n");
  EXPECT_EQ(modem.send("AT+CPINR=\"SIM PIN\""), info("+CPINR: \"SIM PIN\",3"));
}

TEST(Sim, NeverShowsAPinInAReason) {
  SimulatedModem modem(with_pin());
  modem.send("AT+CFUN=41");
  for (const char* line : {"AT+CPIN=\"33491234567\"", "AT+CPIN=3349", "AT+CPIN=\"3349\",5,6",
                           "AT+CPIN=\"9349\"", "AT+CLCK=\"SC\",1,3349", "AT+CPWD=\"SC\",\"9349\",\"3349\""}) {
    EXPECT_EQ(modem.send(line), error);
    ASSERT_TRUE(modem.reason);
    EXPECT_EQ(base::to_block(*modem.reason).find("349"), std::string::npos) << base::to_block(*modem.reason);
  }
}

TEST(Sim, MissingCardGivesStat90AndSimFailure) {
  SimulationOptions options;
  options.sim.absent = true;
  SimulatedModem modem(options);
  modem.send("AT+CMEE=1");
  modem.send("AT+CEREG=5");
  modem.send("AT%XSIM=1");
  modem.send("AT+CFUN=1");
  EXPECT_EQ(modem.take_urcs(), "%XSIM: 0,9\n+CEREG: 90\n");
  EXPECT_EQ(modem.send("AT+CPIN?"), "+CME ERROR: 13\r\n");
  EXPECT_EQ(modem.send("AT+CPINR=\"SIM PIN\""), "+CME ERROR: 13\r\n");
  EXPECT_EQ(modem.modem->why_down(), "no SIM in the holder");
  modem.send("AT+CFUN=1");
  EXPECT_EQ(modem.take_urcs(), "+CEREG: 90\n");
  modem.send("AT+CFUN=4");
  EXPECT_EQ(modem.take_urcs(), "+CEREG: 0\n");
}

}  // namespace
}  // namespace attache::cellular
