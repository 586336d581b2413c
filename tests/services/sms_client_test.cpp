#include "services/sms_client.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>

#include <deque>
#include <functional>

#include "base/text.hpp"
#include "services/loop_fixture.hpp"
#include "sms/tpdu.hpp"

namespace attache::services {
namespace {

using modem::ModemReply;
using testing::ElementsAre;
using testing::IsEmpty;

/// A modem that answers as the test says: with what was prepared for a command, or OK.
class ModemDouble final : public modem::Modem {
 public:
  void execute(std::string_view line, std::function<void(ModemReply)> done) override {
    lines.emplace_back(line);
    if (holds_answers) {
      held.push_back(std::move(done));
      return;
    }
    ModemReply reply;
    if (!replies.empty() && line.starts_with(replies.front().first)) {
      reply = replies.front().second;
      replies.pop_front();
    }
    done(std::move(reply));
  }
  void set_notification_handler(std::function<void(std::string_view urc)>) override {}
  void set_fault_handler(std::function<void(const modem::ModemFault& fault)>) override {}
  void restart() override {}
  [[nodiscard]] std::optional<base::WallTime> time() const override { return std::nullopt; }

  /// The next command that begins so gets this.
  void answers(std::string_view command, ModemReply reply) {
    replies.emplace_back(command, std::move(reply));
  }
  std::vector<std::string> take_lines() { return std::exchange(lines, {}); }

  std::vector<std::string> lines;
  std::deque<std::pair<std::string, ModemReply>> replies;
  bool holds_answers = false;
  std::vector<std::function<void(ModemReply)>> held;
};

ModemReply cms_error(int code) {
  return {{}, ModemReply::Final::cms_error, code, base::make_reason("refused", "the network said so")};
}

ModemReply registration(std::string_view client) {
  return {fmt::format("+CNMI: {},1\r\n", client), ModemReply::Final::ok, 0, std::nullopt};
}

const sms::Timestamp noon{21, 5, 24, 12, 0, 1, 8};

/// What the modem says of a message.
std::string delivered(sms::UserData data, std::string_view sender = "+49171",
                      const sms::Timestamp& at = noon) {
  sms::Deliver deliver;
  deliver.originator = *sms::parse_number(sender);
  deliver.coding_scheme = sms::coding_scheme_of(data.alphabet);
  deliver.timestamp = at;
  deliver.data = std::move(data);
  auto tpdu = sms::encode(deliver);
  return fmt::format("+CMT: \"{}\",{}\r\n00{}\r\n", sender, tpdu->size(), base::to_hex(*tpdu));
}

/// The parts of a message, each as the modem says it.
std::vector<std::string> delivered_parts(std::string_view text, std::uint16_t reference = 1) {
  std::vector<std::string> urcs;
  auto split = sms::split_text(text, reference);
  for (sms::UserData& part : *split) {
    urcs.push_back(delivered(std::move(part)));
  }
  return urcs;
}

class SmsClientTest : public LoopTest, public SmsClient::Listener {
 protected:
  using Outcome = SmsClient::Outcome;

  explicit SmsClientTest(const SmsClient::Options& options = {}) : client(modem, options, *this) {}
  ~SmsClientTest() override {
    client.close();
    clock.settle();
  }

  void begin() {
    modem.take_lines();
    modem.answers("AT+CNMI?", registration("0,0,0,0"));
    ASSERT_TRUE(run(client.start()));
    ASSERT_TRUE(client.started());
    EXPECT_THAT(modem.take_lines(), ElementsAre("AT+CNMI?", "AT+CNMI=3,2,0,1"));
  }

  /// Why an operation was refused, with the modem's code behind it.
  static std::string refusal(const Outcome& outcome) {
    EXPECT_FALSE(outcome);
    std::string text = base::summary(outcome.error().reason);
    return outcome.error().reply ? fmt::format("{} ({})", text, outcome.error().reply->code) : text;
  }

  /// The texts of what was given to the modem to send.
  std::vector<std::string> sent_texts() {
    std::vector<std::string> texts;
    for (const std::string& line : modem.take_lines()) {
      std::string_view pdu = std::string_view(line).substr(line.find('\r') + 1);
      EXPECT_TRUE(pdu.ends_with('\x1A'));
      auto octets = base::from_hex(pdu.substr(0, pdu.size() - 1));
      auto submit = sms::decode_submit(sms::split_pdu(*octets)->tpdu);
      EXPECT_TRUE(submit);
      texts.push_back(fmt::format("{}: {}", sms::to_text(submit->destination), sms::text_of(submit->data)));
    }
    return texts;
  }

  void received(const SmsClient::Message& message) override {
    told.push_back(fmt::format("{:02}:{:02}:{:02} {}{}: {}", message.sent.hour, message.sent.minute,
                               message.sent.second, message.joined ? "joined " : "", message.sender,
                               message.text));
  }
  void removed() override { told.emplace_back("removed"); }
  void troubled(base::Reason reason) override { told.push_back(base::summary(reason)); }

  ModemDouble modem;
  SmsClient client;
};

// ---- Registration -------------------------------------------------------------------------------------

TEST_F(SmsClientTest, RegistersWithTheModemAndTakesItBack) {
  begin();
  EXPECT_TRUE(run(client.stop()));
  EXPECT_FALSE(client.started());
  EXPECT_THAT(modem.take_lines(), ElementsAre("AT+CNMI=0,0,0,0"));
}

TEST_F(SmsClientTest, DoesNotPushAnotherClientAside) {
  modem.answers("AT+CNMI?", registration("3,2,0,1"));
  EXPECT_EQ(refusal(run(client.start())),
            "SMS not started: another client is registered with the modem (+CNMI: 3,2,0,1,1) (0)");
  EXPECT_FALSE(client.started());
  EXPECT_FALSE(client.busy());
  EXPECT_THAT(modem.take_lines(), ElementsAre("AT+CNMI?"));
}

TEST_F(SmsClientTest, SaysWhatTheModemRefuses) {
  modem.answers("AT+CNMI?", cms_error(500));
  EXPECT_EQ(refusal(run(client.start())), "SMS not started: the network said so (500)");
  modem.answers("AT+CNMI?", registration("0,0,0,0"));
  modem.answers("AT+CNMI=3", cms_error(301));
  EXPECT_EQ(refusal(run(client.start())), "SMS not started: the network said so (301)");
  EXPECT_FALSE(client.started());
  begin();
  modem.answers("AT+CNMI=0", cms_error(302));
  EXPECT_EQ(refusal(run(client.stop())), "SMS not stopped: the network said so (302)");
  EXPECT_TRUE(client.started());
  modem.answers("AT+CMGS=", {{}, ModemReply::Final::error, 0, std::nullopt});
  EXPECT_EQ(refusal(run(client.send("0171", "x"))), "SMS not sent: the modem gave no cause (0)");
  EXPECT_FALSE(client.busy());
}

TEST_F(SmsClientTest, IsRemovedByTheModem) {
  client.notified("+CMS ERROR: 524\r\n");
  EXPECT_THAT(take_told(), IsEmpty()) << "it was not started";
  begin();
  client.notified("+CMS ERROR: 524\r\n");
  EXPECT_THAT(take_told(), ElementsAre("removed"));
  EXPECT_FALSE(client.started());
}

// ---- Sending ------------------------------------------------------------------------------------------

TEST_F(SmsClientTest, SendsAMessage) {
  EXPECT_TRUE(run(client.send("+491711234567", "hello")));
  EXPECT_THAT(sent_texts(), ElementsAre("+491711234567: hello"));
}

TEST_F(SmsClientTest, SendsALongMessageInParts) {
  std::string first(153, 'a');
  std::string second(20, 'b');
  EXPECT_TRUE(run(client.send("0171", first + second)));
  EXPECT_THAT(sent_texts(), ElementsAre("0171: " + first, "0171: " + second));
}

TEST_F(SmsClientTest, SendsMorePartsThanItJoins) {
  EXPECT_TRUE(run(client.send("0171", std::string(479, 'a'))));
  EXPECT_EQ(sent_texts().size(), 4U);
}

TEST_F(SmsClientTest, SendsNoMorePartsAfterOneIsRefused) {
  modem.answers("AT+CMGS=", cms_error(42));
  EXPECT_EQ(refusal(run(client.send("0171", std::string(400, 'a')))),
            "SMS not sent: the network said so (42)");
  EXPECT_EQ(modem.take_lines().size(), 1U);
}

TEST_F(SmsClientTest, AsksTheModemNothingOfWhatCannotBeSent) {
  EXPECT_EQ(refusal(run(client.send("twelve", "x"))), "SMS not sent: \"twelve\" is no telephone number");
  EXPECT_EQ(refusal(run(client.send("0171", std::string(255 * 153 + 1, 'a')))),
            "SMS not sent: the message needs more than 255 parts");
  EXPECT_FALSE(client.busy());
  EXPECT_THAT(modem.take_lines(), IsEmpty());
}

TEST_F(SmsClientTest, SendsWhatTheGsmAlphabetLacks) {
  EXPECT_TRUE(run(client.send("0171", "\u017Div\u011Bl")));
  EXPECT_TRUE(run(client.send("0171", "\xA4 5"))) << "ISO-8859-15";
  EXPECT_THAT(sent_texts(), ElementsAre("0171: \u017Div\u011Bl", "0171: \u20AC 5"));
}

/// The firmware's own way.
class SmsClientOfFirmware : public SmsClientTest {
 protected:
  SmsClientOfFirmware() : SmsClientTest({.only_gsm_alphabet = true}) {}
};

TEST_F(SmsClientOfFirmware, SendsABlankForWhatTheGsmAlphabetLacks) {
  EXPECT_TRUE(run(client.send("0171", "\xA4\xB4\xE4")));
  EXPECT_THAT(sent_texts(), ElementsAre("0171: \u20AC \u00E4"));
}

TEST_F(SmsClientOfFirmware, DoesNotReadUcs2) {
  begin();
  client.notified(delivered_parts("\u017D")[0]);
  EXPECT_THAT(take_told(),
              ElementsAre("an SMS is not shown: UCS-2: the firmware reads the 7-bit alphabet only"));
}

// ---- Receiving ----------------------------------------------------------------------------------------

TEST_F(SmsClientTest, AcknowledgesAndGivesAMessage) {
  client.notified(delivered_parts("hello")[0]);
  EXPECT_THAT(modem.take_lines(), IsEmpty()) << "it was not started";
  begin();
  client.notified(delivered_parts("hello")[0]);
  EXPECT_THAT(modem.take_lines(), ElementsAre("AT+CNMA=1"));
  EXPECT_THAT(take_told(), ElementsAre("12:00:01 49171: hello"));
  client.notified(delivered_parts("\u017D")[0]);
  EXPECT_THAT(take_told(), ElementsAre("12:00:01 49171: \u017D"));
}

TEST_F(SmsClientTest, AcknowledgesAStatusReportAndShowsNothing) {
  begin();
  client.notified("+CDS: 24\r\n0006010B91947111325476F8125042210000801250422100008000\r\n");
  EXPECT_THAT(modem.take_lines(), ElementsAre("AT+CNMA=1"));
  client.notified("+CEREG: 1\r\n");
  EXPECT_THAT(modem.take_lines(), IsEmpty());
  EXPECT_THAT(take_told(), IsEmpty());
}

TEST_F(SmsClientTest, TellsOfAnAcknowledgementThatIsRefused) {
  begin();
  modem.answers("AT+CNMA", cms_error(340));
  client.notified(delivered_parts("hello")[0]);
  EXPECT_THAT(take_told(),
              ElementsAre("an SMS was not acknowledged: the network said so", "12:00:01 49171: hello"));
}

TEST_F(SmsClientTest, JoinsTheParts) {
  begin();
  std::string text = std::string(153, 'a') + std::string(153, 'b') + "c";
  std::vector<std::string> urcs = delivered_parts(text);
  ASSERT_EQ(urcs.size(), 3U);
  client.notified(urcs[2]);
  client.notified(urcs[0]);
  EXPECT_THAT(take_told(), IsEmpty());
  client.notified(urcs[1]);
  EXPECT_THAT(take_told(), ElementsAre("12:00:01 joined 49171: " + text));
  EXPECT_EQ(modem.take_lines().size(), 3U) << "each part is acknowledged";
}

class PatientSmsClientTest : public SmsClientTest {
 protected:
  PatientSmsClientTest() : SmsClientTest({.most_joined = 10}) {}
};

TEST_F(PatientSmsClientTest, JoinsAsManyPartsAsItIsTold) {
  begin();
  std::string text(1500, 'a');
  std::vector<std::string> urcs = delivered_parts(text);
  ASSERT_EQ(urcs.size(), 10U);
  for (const std::string& urc : urcs) {
    client.notified(urc);
  }
  EXPECT_THAT(take_told(), ElementsAre("12:00:01 joined 49171: " + text));
}

TEST_F(SmsClientTest, GivesUpAMessageForTheNextOne) {
  begin();
  std::vector<std::string> one = delivered_parts(std::string(160, 'a') + "1", 1);
  std::vector<std::string> other = delivered_parts(std::string(160, 'a') + "2", 2);
  client.notified(one[0]);
  client.notified(other[0]);
  client.notified(one[1]);
  client.notified(other[1]);
  EXPECT_THAT(take_told(), IsEmpty()) << "parts of one message are kept at a time";
}

TEST_F(SmsClientTest, ForgetsPartsWhenItIsStopped) {
  begin();
  std::vector<std::string> urcs = delivered_parts(std::string(160, 'a') + "b");
  client.notified(urcs[0]);
  EXPECT_TRUE(run(client.stop()));
  modem.take_lines();
  begin();
  client.notified(urcs[1]);
  EXPECT_THAT(take_told(), IsEmpty());
}

TEST_F(SmsClientTest, TellsOfWhatItCannotShow) {
  begin();
  client.notified(delivered_parts(std::string(500, 'a'))[0]);
  EXPECT_THAT(take_told(),
              ElementsAre("an SMS is not shown: too long: it has 4 parts, the firmware joins 3"));
  for (std::string_view urc :
       {"+CMT: \"\",1\r\nno digits\r\n", "+CMT: \"\",1\r\n0\r\n", "+CMT: \"\",1\r\n00\r\n",
        "+CMT: \"\",1\r\n0004\r\n", "+CMT: \"\",1\r\n\r\n", "+CMT: \"\",1\r\nFF\r\n"}) {
    client.notified(urc);
    std::vector<std::string> lines = take_told();
    ASSERT_EQ(lines.size(), 1U) << urc;
    EXPECT_THAT(lines[0], testing::StartsWith("an SMS is not shown: ")) << urc;
  }
  client.notified("+CMT:");
  EXPECT_THAT(take_told(), IsEmpty()) << "there is no second line";
}

// ---- Closing in the middle ----------------------------------------------------------------------------

TEST_F(SmsClientTest, EndsWhatWaitsForTheModemWhenClosed) {
  modem.holds_answers = true;
  for (auto operation :
       {+[](SmsClient& closed) { return closed.start(); }, +[](SmsClient& closed) { return closed.stop(); },
        +[](SmsClient& closed) { return closed.send("0171", "x"); }}) {
    auto outcome = start(operation(client));
    EXPECT_TRUE(client.busy());
    EXPECT_FALSE(*outcome);
    client.close();
    EXPECT_FALSE(client.busy());
    clock.settle();
    ASSERT_TRUE(*outcome);
    EXPECT_THAT(refusal(**outcome),
                testing::EndsWith(": services were closed before the modem had answered"));
    modem.held.back()({});
    clock.settle();
    EXPECT_FALSE(client.started()) << "its answer comes too late";
  }
}

TEST_F(SmsClientTest, AsksNothingMoreOnceClosed) {
  auto work = client.start();
  EXPECT_TRUE(client.busy()) << "from the call on";
  client.close();
  EXPECT_FALSE(run(std::move(work)));
  EXPECT_THAT(modem.take_lines(), IsEmpty());
}

TEST_F(SmsClientTest, TakesTheRegistrationBackWhenItGivesUp) {
  EXPECT_FALSE(client.give_up());
  EXPECT_THAT(modem.take_lines(), IsEmpty());
  begin();
  EXPECT_TRUE(client.give_up());
  EXPECT_FALSE(client.started());
  EXPECT_THAT(modem.take_lines(), ElementsAre("AT+CNMI=0,0,0,0"));
}

TEST_F(SmsClientTest, CountsItsMessagesFromTheStartAgainWhenForgotten) {
  std::string text(200, 'a');
  EXPECT_TRUE(run(client.send("0171", text)));
  std::vector<std::string> first = modem.take_lines();
  EXPECT_TRUE(run(client.send("0171", text)));
  EXPECT_NE(modem.take_lines(), first);
  client.forget();
  EXPECT_TRUE(run(client.send("0171", text)));
  EXPECT_EQ(modem.take_lines(), first);
}

}  // namespace
}  // namespace attache::services
