#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/text.hpp"
#include "modem/message_service.hpp"
#include "simulated_modem.hpp"
#include "sms/gsm_alphabet.hpp"
#include "sms/splitting.hpp"

namespace attache::cellular {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;

const std::string ctrl_z = "\x1A";

/// A registered modem with an SMS client, unless told otherwise, and what came out of its service centre.
class SmsInTheModem : public testing::Test {
 protected:
  explicit SmsInTheModem(SimulationOptions options = {}) : modem(std::move(options)) {
    modem.send("AT+CMEE=1");
    modem.send("AT+CFUN=1");
    modem.send("AT+CNMI=3,2,0,1");
    modem.modem->set_message_outlet(
        [this](const modem::SubmittedMessage& message) { passed_on.push_back(message); });
    modem.take_urcs();
  }

  static std::string submit_command(std::string_view number, std::string_view text, bool report = false) {
    sms::Submit submit;
    submit.destination = *sms::parse_number(number);
    submit.report_requested = report;
    submit.data = sms::split_text(text, 1)->front();
    submit.coding_scheme = sms::coding_scheme_of(submit.data.alphabet);
    std::string tpdu = sms::encode(submit).value();
    return fmt::format("AT+CMGS={}\r00{}{}", tpdu.size(), base::to_hex(tpdu), ctrl_z);
  }

  void receive(std::string_view from, std::string_view text) {
    for (const auto& message : modem::text_message(from, text, modem.clock.wall_now(), 1)) {
      modem.modem->receive_message(message);
    }
    modem.clock.settle();
  }

  SimulatedModem modem;
  std::vector<modem::SubmittedMessage> passed_on;
};

TEST_F(SmsInTheModem, SendsAndCountsMessages) {
  EXPECT_EQ(modem.send(submit_command("+491711234567", "hello")), info("+CMGS: 0"));
  EXPECT_EQ(modem.send(submit_command("0171", "again")), info("+CMGS: 1"));
  ASSERT_EQ(passed_on.size(), 2U);
  EXPECT_EQ(passed_on[0].from, "+4915112345678");
  EXPECT_EQ(sms::to_text(passed_on[0].submit.destination), "+491711234567");
  EXPECT_EQ(sms::text_of(passed_on[0].submit.data), "hello");
  EXPECT_EQ(passed_on[1].submit.reference, 1);
}

TEST_F(SmsInTheModem, TakesTimeOnTheDevice) {
  SimulationOptions real;
  real.timing.speed = 1;
  SimulatedModem slow(real);
  slow.send("AT+CFUN=1");
  slow.clock.advance(90s);
  slow.send("AT+CNMI=3,2,0,1");
  EXPECT_EQ(slow.send(submit_command("+491711234567", "hello")), "");
  slow.said.clear();
  slow.clock.advance(999ms);
  EXPECT_EQ(slow.said, "");
  slow.clock.advance(3001ms);
  EXPECT_EQ(slow.said, info("+CMGS: 0"));
}

TEST_F(SmsInTheModem, RefusesWhatCannotBeSent) {
  std::string good = submit_command("+491711234567", "hello");
  std::string pdu = good.substr(good.find('\r') + 1);
  for (const auto& [line, why] : std::vector<std::pair<std::string, std::string>>{
           {"AT+CMGS=18", "it is missing"},
           {"AT+CMGS=18\r", "it is missing"},
           {"AT+CMGS=18\r" + pdu.substr(0, pdu.size() - 1), "Ctrl-Z is missing"},
           {"AT+CMGS=18\rXY" + pdu, "pairs of hexadecimal digits"},
           {"AT+CMGS=17\r" + pdu, "<length> is 17, but the PDU has 18 octets"},
           {"AT+CMGS=0\r" + pdu, ""},
           {"AT+CMGS=5\r000001020304" + ctrl_z, "the PDU is of type 0, not 1"},
           {"AT+CMGS=1\r0001" + ctrl_z, "cut off"},
           {"AT+CMGS=1\r0C01" + ctrl_z, "longer than 11 octets"}}) {
    std::string answer = modem.send(line);
    EXPECT_EQ(answer, why.empty() ? "+CME ERROR: 50\r\n" : "+CMS ERROR: 304\r\n") << line;
    EXPECT_THAT(modem.reason->why, HasSubstr(why));
  }
  EXPECT_EQ(modem.send("AT+CMGS?"), "ERROR\r\n");
  EXPECT_EQ(modem.send("AT+CMGS=?"), "ERROR\r\n");
  EXPECT_TRUE(passed_on.empty());
}

TEST_F(SmsInTheModem, NeedsAClientAndANetwork) {
  modem.send("AT+CNMI=0,0,0,0");
  EXPECT_EQ(modem.send(submit_command("0171", "x")), "+CMS ERROR: 514\r\n");
  EXPECT_EQ(modem.send("AT+CNMA=1"), "+CMS ERROR: 514\r\n");
  EXPECT_EQ(modem.send("AT%XSMMA"), "+CMS ERROR: 300\r\n");
  EXPECT_EQ(modem.send("AT+CNMI=3,2,0,1"), ok);
  EXPECT_EQ(modem.send("AT+CNMI=3,2,0,1"), "+CMS ERROR: 514\r\n");
  EXPECT_EQ(modem.send("AT+CNMA=1"), "+CMS ERROR: 340\r\n");
  EXPECT_EQ(modem.send("AT%XSMMA"), ok);
  modem.send("AT+CFUN=4");
  EXPECT_EQ(modem.send(submit_command("0171", "x")), "+CMS ERROR: 331\r\n");
  EXPECT_EQ(modem.send("AT%XSMMA"), "+CMS ERROR: 300\r\n");
  for (std::string_view line : {"AT+CNMI=3,2,0,0", "AT+CNMI=1,2,0,1", "AT+CNMI=3,1,0,1", "AT+CNMI"}) {
    EXPECT_EQ(modem.send(line), "+CME ERROR: 50\r\n") << line;
  }
}

TEST_F(SmsInTheModem, DeliversOneMessageAfterAnother) {
  receive("+358401234567", "first");
  receive("Bank", "second");
  EXPECT_EQ(modem.take_urcs(),
            "+CMT: \"+358401234567\",24\n"
            "0891947127020000F0040C9153481032547600001260100000000005E6B47C4E07"
            "\n");
  EXPECT_EQ(modem.send("AT+CNMA=1"), ok);
  EXPECT_THAT(modem.take_urcs(), testing::StartsWith("+CMT: \"Bank\","));
  EXPECT_EQ(modem.send("AT+CNMA"), ok);
  EXPECT_EQ(modem.send("AT+CNMA"), "+CMS ERROR: 340\r\n");
  EXPECT_EQ(modem.take_urcs(), "");
}

TEST_F(SmsInTheModem, StoresWhatComesWhileNobodyListens) {
  modem.send("AT+CNMI=0,0,0,0");
  receive("0171", "early");
  EXPECT_EQ(modem.take_urcs(), "");
  modem.said.clear();
  modem.send("AT+CNMI=3,2,0,1");
  EXPECT_THAT(modem.said, testing::StartsWith("OK\r\n+CMT: \"0171\","));
}

TEST_F(SmsInTheModem, StoresWhatComesWhileTheModemIsOff) {
  modem.send("AT+CFUN=4");
  receive("0171", "early");
  EXPECT_EQ(modem.take_urcs(), "");
  modem.send("AT+CFUN=1");
  EXPECT_THAT(modem.take_urcs(), HasSubstr("+CMT: \"0171\","));
}

TEST_F(SmsInTheModem, ForgetsWhatIsTooOld) {
  modem.send("AT+CNMI=0,0,0,0");
  for (const auto& message : modem::text_message("0171", "old", modem.clock.wall_now(), 1)) {
    modem.modem->receive_message(message, 10min);
  }
  modem.clock.advance(10min);
  modem.send("AT+CNMI=3,2,0,1");
  EXPECT_EQ(modem.take_urcs(), "");
}

TEST_F(SmsInTheModem, UnregistersAClientThatDoesNotAcknowledge) {
  receive("0171", "hello");
  modem.take_urcs();
  modem.clock.advance(39s);
  EXPECT_EQ(modem.take_urcs(), "");
  modem.clock.advance(1s);
  EXPECT_EQ(modem.take_urcs(), "+CMS ERROR: 524\n");
  EXPECT_EQ(modem.send("AT+CNMI?"), info("+CNMI: 0,0,0,0,1"));
  modem.send("AT+CNMI=3,2,0,1");
  EXPECT_THAT(modem.take_urcs(), HasSubstr("+CMT: \"0171\"")) << "the service centre has kept it";
}

TEST_F(SmsInTheModem, DropsWhatTheHostRefusesUnlessItsMemoryIsFull) {
  receive("0171", "one");
  receive("0172", "two");
  receive("0173", "three");
  modem.take_urcs();
  EXPECT_EQ(modem.send("AT+CNMA=2"), ok);
  EXPECT_THAT(modem.take_urcs(), HasSubstr("0172"));
  EXPECT_EQ(modem.send("AT+CNMA=2,3\r00D300" + ctrl_z), ok);
  EXPECT_EQ(modem.take_urcs(), "") << "nothing comes while there is no room";
  EXPECT_EQ(modem.send("AT%XSMMA"), ok);
  EXPECT_THAT(modem.take_urcs(), HasSubstr("0172"));
  EXPECT_EQ(modem.send("AT+CNMA=2,2\r00D300" + ctrl_z), "+CMS ERROR: 304\r\n");
  EXPECT_EQ(modem.send("AT+CNMA=2,1\r00" + ctrl_z), "+CMS ERROR: 304\r\n");
  EXPECT_EQ(modem.send("AT+CNMA=2,3"), "+CMS ERROR: 304\r\n");
  EXPECT_EQ(modem.send("AT+CNMA=2,3\r00FF00" + ctrl_z), ok);
  EXPECT_THAT(modem.take_urcs(), HasSubstr("0173"));
}

TEST_F(SmsInTheModem, ReportsWhatBecameOfAMessage) {
  EXPECT_EQ(modem.send(submit_command("+358401234567", "hello", true)), info("+CMGS: 0"));
  EXPECT_EQ(modem.take_urcs(),
            "+CDS: 25\n0891947127020000F0"
            "06000C915348103254761260100000000012601000000000"
            "00\n");
  EXPECT_EQ(modem.send("AT+CNMA=1"), ok);
}

TEST_F(SmsInTheModem, ToTheOwnNumberComesBack) {
  modem.send(submit_command("+4915112345678", "to me"));
  EXPECT_THAT(modem.take_urcs(), testing::StartsWith("+CMT: \"+4915112345678\","));
  EXPECT_TRUE(passed_on.empty());
}

TEST_F(SmsInTheModem, GivesUpBeyondAThousandWaitingMessages) {
  modem.send("AT+CNMI=0,0,0,0");
  for (int i = 0; i < 1001; ++i) {
    receive("0171", "x");
  }
  EXPECT_TRUE(modem.journal.contains("the SMS service centre has no room for another one"));
  modem.take_urcs();
  modem.send("AT+CNMI=3,2,0,1");
  int delivered = 0;
  for (std::string urc = modem.take_urcs(); urc.starts_with("+CMT: "); urc = modem.take_urcs()) {
    ++delivered;
    modem.send("AT+CNMA=1");
  }
  EXPECT_EQ(delivered, 1000);
}

SimulationOptions with(const std::function<void(modem::SmsOptions&)>& change) {
  SimulationOptions options;
  change(options.sms);
  return options;
}

class RefusingCentre : public SmsInTheModem {
 protected:
  RefusingCentre() : SmsInTheModem(with([](modem::SmsOptions& sms) { sms.refuse_cause = 50; })) {}
};

TEST_F(RefusingCentre, IsRememberedAsTheLastError) {
  modem.send(submit_command("0171", "x"));
  EXPECT_THAT(modem.send("AT+CEER"), HasSubstr("+CEER: \"SMS "));
}

TEST_F(RefusingCentre, GivesItsCause) {
  EXPECT_EQ(modem.send(submit_command("0171", "x")), "+CMS ERROR: 50\r\n");
}

class LosingCentre : public SmsInTheModem {
 protected:
  LosingCentre() : SmsInTheModem(with([](modem::SmsOptions& sms) { sms.loss_percent = 100; })) {}
};

TEST_F(LosingCentre, TakesAMessageThatNeverArrives) {
  EXPECT_EQ(modem.send(submit_command("0171", "x", true)), info("+CMGS: 0"));
  modem.clock.advance(1h);
  EXPECT_TRUE(passed_on.empty());
  EXPECT_EQ(modem.take_urcs(), "");
}

class LateCentre : public SmsInTheModem {
 protected:
  LateCentre()
      : SmsInTheModem(with([](modem::SmsOptions& sms) {
          sms.delay = 30s;
          sms.reports = modem::SmsOptions::Reports::failed;
        })) {}
};

TEST_F(LateCentre, DeliversAndReportsAfterItsTime) {
  modem.send(submit_command("+4915112345678", "x", true));
  modem.clock.advance(29s);
  EXPECT_EQ(modem.take_urcs(), "");
  modem.clock.advance(1s);
  EXPECT_THAT(modem.take_urcs(), HasSubstr("+CMT"));
  modem.send("AT+CNMA=1");
  EXPECT_THAT(modem.take_urcs(), testing::EndsWith("43\n"));
}

class SleepingModem : public SmsInTheModem {
 protected:
  SleepingModem()
      : SmsInTheModem([] {
          SimulationOptions options;
          options.network.psm = "00000001,00000110";
          return options;
        }()) {}
};

TEST_F(SleepingModem, GetsAMessageWhenItWakes) {
  modem.clock.advance(20s);
  receive("0171", "x");
  EXPECT_EQ(modem.take_urcs(), "");
  modem.clock.advance(2h);
  EXPECT_THAT(modem.take_urcs(), HasSubstr("+CMT: \"0171\""));
}

class ModemWithEdrx : public SmsInTheModem {
 protected:
  ModemWithEdrx()
      : SmsInTheModem([] {
          SimulationOptions options;
          options.network.edrx = "0101,0001";
          return options;
        }()) {
    modem.send("AT+CEDRXS=1,4,\"0101\"");
  }
};

TEST_F(ModemWithEdrx, GetsAMessageInItsPagingWindow) {
  modem.clock.advance(30s);
  receive("0171", "x");
  modem.clock.advance(40s);
  EXPECT_EQ(modem.take_urcs(), "") << "asleep between the windows";
  modem.clock.advance(60s);
  EXPECT_THAT(modem.take_urcs(), HasSubstr("+CMT: \"0171\""));
}

TEST_F(SmsInTheModem, TellsTheIndicatorAndTheCount) {
  modem.send("AT+CIND=0,0,1");
  modem.send("AT%XCONNSTAT=1");
  receive("0171", "x");
  EXPECT_THAT(modem.take_urcs(), testing::EndsWith("\n+CIND: \"message\",1\n"));
  EXPECT_EQ(modem.send("AT+CNMA=1"), ok);
  EXPECT_EQ(modem.take_urcs(), "+CIND: \"message\",0\n");
  modem.send(submit_command("0171", "x"));
  EXPECT_EQ(modem.send("AT%XCONNSTAT?").substr(0, 16), "%XCONNSTAT: 1,1,");
}

TEST_F(SmsInTheModem, UsesTheServiceCentreThatAHostHasWritten) {
  std::string record = std::string(28, 'F') + "FD" + std::string(24, 'F') + "059144770100F0";
  record.resize(56, 'F');
  ASSERT_EQ(modem.send(fmt::format("AT+CRSM=220,28482,1,4,28,\"{}\"", record.substr(0, 56))).substr(0, 6),
            "+CRSM:");
}

TEST_F(SleepingModem, WakesToSend) {
  modem.clock.advance(20s);
  EXPECT_EQ(modem.send(submit_command("0171", "x")), info("+CMGS: 0"));
}

}  // namespace
}  // namespace attache::cellular
