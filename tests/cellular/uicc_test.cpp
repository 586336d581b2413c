#include "cellular/card/uicc.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <random>

#include "base/text.hpp"
#include "simulated_modem.hpp"

namespace attache::cellular {
namespace {

/// A card that is ready, asked over its own interface.
class Card : public testing::Test {
 protected:
  Card() {
    card_.power_on(true);
    card_.finish_start();
  }

  std::string send(std::string_view hex) {
    return base::to_hex(uicc_.transmit(base::from_hex(hex).value_or("")).bytes());
  }

  SimOptions options_;
  base::MemorySettings settings_;
  SimCard card_{options_, settings_};
  Uicc uicc_{card_, options_};
};

TEST_F(Card, TakesTheClassesOfItsChannelsOnly) {
  EXPECT_EQ(send("0070000001"), "019000");
  EXPECT_EQ(send("80F2000000").substr(0, 2), "62");
  EXPECT_EQ(send("01F2000000").substr(0, 2), "62");
  EXPECT_EQ(send("02F2000000"), "6881") << "a channel that is not open";
  for (int value = 0; value < 256; ++value) {
    bool known = value < 4 || (value >= 0x80 && value < 0x84);
    EXPECT_EQ(send(fmt::format("{:02X}F2000000", value)) == "6E00", !known) << value;
  }
}

TEST_F(Card, RefusesLengthsThatDoNotFitTheData) {
  EXPECT_EQ(send(""), "6700");
  EXPECT_EQ(send("00"), "6700");
  EXPECT_EQ(send("00A400"), "6700");
  EXPECT_EQ(send("00A40000"), "6700") << "SELECT of nothing";
  EXPECT_EQ(send("00A40000022FE2").substr(0, 2), "62");
  EXPECT_EQ(send("00A40000022FE200").substr(0, 2), "62") << "with the length expected";
  EXPECT_EQ(send("00A4000002"), "6700");
  EXPECT_EQ(send("00A40000022F"), "6700");
  EXPECT_EQ(send("00A40000FF2FE2"), "6700");
  EXPECT_EQ(send("00A40000012FE2FF"), "6700");
  EXPECT_EQ(send("00A40000022FE2000000"), "6700");
  EXPECT_EQ(send("00B000000A00"), "6700") << "READ BINARY carries no data";
  EXPECT_EQ(send("0070000001FF"), "6700");
}

TEST_F(Card, RefusesReadsAndWritesBeyondAFile) {
  ASSERT_EQ(send("00A40000026F7B").substr(0, 2), "62");
  EXPECT_EQ(send("00B000000C"), "FFFFFFFFFFFFFFFFFFFFFFFF9000");
  EXPECT_EQ(send("00B000000D"), "6700");
  EXPECT_EQ(send("00B0000C01"), "6B00");
  EXPECT_EQ(send("00B0FFFF01"), "6B00");
  EXPECT_EQ(send("00D6000A03FFFFFF"), "6700");
  EXPECT_EQ(send("00D6FFFF01FF"), "6700");
  EXPECT_EQ(send("00D6000000"), "6700");
  EXPECT_EQ(send("00B2010400"), "6981") << "a file without records";
}

TEST_F(Card, KnowsNoOtherInstructionsAndChannels) {
  EXPECT_EQ(send("00FF000000"), "6D00");
  EXPECT_EQ(send("0070010000"), "6A86");
  EXPECT_EQ(send("0070000101"), "6A86");
  EXPECT_EQ(send("0070800000"), "6881") << "the basic channel stays open";
  EXPECT_EQ(send("00708009"), "6881");
  EXPECT_EQ(send("0070000001"), "019000");
  EXPECT_EQ(send("0070000001"), "029000");
  EXPECT_EQ(send("0070000001"), "039000");
  EXPECT_EQ(send("0070000001"), "6A81");
}

TEST_F(Card, SurvivesAnyBytes) {
  std::mt19937 random(11);
  for (int i = 0; i < 200000; ++i) {
    std::string apdu(random() % 24, '\0');
    for (char& c : apdu) {
      c = static_cast<char>(random());
    }
    if (!apdu.empty() && random() % 4 != 0) {
      apdu[0] = static_cast<char>(random() % 4);
    }
    UiccResponse response = uicc_.transmit(apdu);
    EXPECT_GE(response.sw1, 0x60);
    EXPECT_LE(response.data.size(), 256U);
  }
  EXPECT_NE(card_.state(), SimCard::State::absent);
}

/// A modem whose SIM is on.
class CardInTheModem : public testing::Test {
 protected:
  CardInTheModem() {
    modem.send("AT+CMEE=1");
    modem.send("AT+CFUN=41");
  }
  SimulatedModem modem;
};

TEST_F(CardInTheModem, RefusesTextThatIsNoCommand) {
  for (const char* line : {"AT+CSIM=8,\"007000\"",
                           "AT+CSIM=9,\"007000000\"",
                           "AT+CSIM=10,\"00700000\"",
                           "AT+CSIM=8,\"0070000G\"",
                           "AT+CSIM=8,\"\"",
                           "AT+CSIM=0,\"\"",
                           "AT+CSIM=-8,\"00700000\"",
                           "AT+CSIM=10,0070000001",
                           "AT+CSIM=8,\"00 70 00\"",
                           "AT+CSIM=1000,\"00\"",
                           "AT+CCHO=\"\"",
                           "AT+CCHO=\"A\"",
                           "AT+CCHO=\"xyz\"",
                           "AT+CGLA=1,10,\"0070000001\"",
                           "AT+CGLA=0,8,\"00700000\"",
                           "AT+CRSM=176",
                           "AT+CRSM=176,65536",
                           "AT+CRSM=214,28539,0,0,12,\"F\"",
                           "AT+CRSM=214,28539,0,0,2,\"F\"",
                           "AT+CRSM=214,28539,0,0,1,\"GG\""}) {
    EXPECT_EQ(modem.send(line), "+CME ERROR: 50\r\n") << line;
  }
  std::string longest(524, 'F');
  EXPECT_EQ(modem.send(fmt::format("AT+CSIM=524,\"{}\"", longest)), "+CME ERROR: 50\r\n");
}

TEST_F(CardInTheModem, SendsItsErrorsInTheCardsWords) {
  EXPECT_EQ(modem.send("AT+CSIM=14,\"00A40000022FE2\""), "+CME ERROR: 3\r\n")
      << "the basic channel is the modem's";
  EXPECT_EQ(modem.send("AT+CSIM=10,\"40F2000000\""), info("+CSIM: 4,\"6E00\""));
  EXPECT_EQ(modem.send("AT+CSIM=10,\"0070000001\""), info("+CSIM: 6,\"019000\""));
  EXPECT_EQ(modem.send("AT+CSIM=10,\"41F2000000\""), info("+CSIM: 4,\"6E00\""));
  EXPECT_EQ(modem.send("AT+CSIM=12,\"01A400000A2F\""), info("+CSIM: 4,\"6700\""));
  EXPECT_EQ(modem.send("AT+CGLA=1,14,\"00A40000022FE2\"").substr(0, 9), "+CGLA: 38");
  EXPECT_EQ(modem.send("AT+CCHC=1"), ok);
  EXPECT_EQ(modem.send("AT+CSIM=14,\"01A40000022FE2\""), info("+CSIM: 4,\"6881\""));
}

TEST_F(CardInTheModem, ShowsANumberThatAHostHasWritten) {
  EXPECT_EQ(modem.send("AT+CNUM"), "+CME ERROR: 0\r\n");
  std::string record = std::string(28, 'F') + "0691534173214365FFFFFFFFFFFF" + "";
  record.resize(52, 'F');
  record = std::string(28, 'F') + "0791947121436587FFFFFFFF" + "FFFF";
  EXPECT_EQ(modem.send(fmt::format("AT+CRSM=220,28480,1,4,28,\"{:F<56}\"", record)), info("+CRSM: 144,0"));
  EXPECT_EQ(modem.send("AT+CNUM"), info("+CNUM: ,\"+491712345678\",145"));
  modem.modem->restart();
  modem.send("AT+CFUN=41");
  EXPECT_EQ(modem.send("AT+CNUM"), info("+CNUM: ,\"+491712345678\",145")) << "the card keeps it";
}

TEST(CardFile, OfPreferredNetworksDecidesTheSelectionAbroad) {
  SimulationOptions options;
  options.network.plmn = "20801";
  options.network.roaming = true;
  OperatorOptions second;
  second.plmn = "20810";
  options.operators = {second};
  CellOptions strong;
  strong.rsrp_dbm = -70;
  CellOptions weak;
  weak.plmn = "20810";
  weak.id = "0112F302";
  weak.rsrp_dbm = -100;
  options.cells = {strong, weak};
  SimulatedModem modem(options);
  modem.send("AT+CFUN=1");
  EXPECT_EQ(modem.send("AT+COPS?"), info("+COPS: 0,2,\"20801\",7"));
  std::string file = "02F8017000";
  for (int place = 1; place < 8; ++place) {
    file += "FFFFFF0000";
  }
  EXPECT_EQ(modem.send(fmt::format("AT+CRSM=214,28512,0,0,40,\"{}\"", file)), info("+CRSM: 144,0"));
  modem.send("AT+CFUN=4");
  modem.start(options);  // Without a network that it was registered with last.
  modem.send("AT+CFUN=1");
  EXPECT_EQ(modem.send("AT+COPS?"), info("+COPS: 0,2,\"20810\",7"));
}

TEST(Personalisation, TakesOnlyItemsThatItCanKeep) {
  SimulatedModem modem;
  modem.send("AT+CFUN=41");
  EXPECT_EQ(modem.send("AT%XUSIMLCK=1,\"PN\",\"123456\",0,\"262.01 1\""), error);
  EXPECT_EQ(modem.send("AT%XUSIMLCK=1,\"PN\",\"123456\",0,\"262.01\n\""), error);
  std::string many = "262.01";
  for (int i = 1; i < 24; ++i) {
    many += ":208.01";
  }
  EXPECT_EQ(modem.send(fmt::format("AT%XUSIMLCK=1,\"PN\",\"123456\",0,\"{}:208.10\"", many)), error);
  EXPECT_EQ(modem.send(fmt::format("AT%XUSIMLCK=1,\"PN\",\"123456\",0,\"{}\"", many)), ok);
  EXPECT_EQ(modem.send("AT+CLCK=\"PN\",2"), info("+CLCK: 1"));
  EXPECT_EQ(modem.send("AT%XUSIMLCK=2,\"PN\",\"123456\""), ok);
}

TEST(SoftSim, IsNotOffered) {
  SimulatedModem modem;
  EXPECT_EQ(modem.send("AT%CSUS=2"), ok);
  modem.send("AT+CFUN=1");
  EXPECT_EQ(modem.send("AT%XSIM?"), info("%XSIM: 0,9"));
  EXPECT_EQ(modem.send("AT+CEREG?"), info("+CEREG: 0,90"));
  modem.send("AT+CFUN=4");
  modem.send("AT%CSUS=0");
  modem.send("AT+CFUN=1");
  EXPECT_EQ(modem.send("AT%XSIM?"), info("%XSIM: 1"));
}

}  // namespace
}  // namespace attache::cellular
