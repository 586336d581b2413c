#include "modem/message_service.hpp"
#include "slm_device.hpp"

namespace attache::dialects {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;

/// A registered device that has started SMS, and what left it.
class SmsCommands : public testing::Test {
 protected:
  explicit SmsCommands(bool strict = false) : device(slm_1_6(strict)) {
    device.clock.set_wall(std::chrono::sys_days(std::chrono::year(2021) / 5 / 24) + 11h + 58min + 22s);
    device.device->radio().messages->set_message_outlet(
        [this](const modem::SubmittedMessage& message) { sent.push_back(message); });
    device.send("AT+CFUN=1");
  }

  void start() { ASSERT_EQ(device.send("AT#XSMS=1"), ok); }

  std::string receive(std::string_view from, std::string_view text) {
    for (const auto& message : modem::text_message(from, text, device.clock.wall_now(), ++reference)) {
      device.device->radio().messages->receive_message(message);
    }
    device.clock.settle();
    return device.take();
  }

  /// Without the modem's own notification in front.
  std::string shown(std::string_view from, std::string_view text) {
    std::string said = receive(from, text);
    EXPECT_THAT(said, testing::StartsWith("\r\n+CMT: \""));
    std::size_t urc = said.find("\r\n#XSMS: ");
    return urc == std::string::npos ? "" : said.substr(urc);
  }

  std::vector<std::string> sent_texts() const {
    std::vector<std::string> texts;
    for (const auto& message : sent) {
      texts.push_back(sms::text_of(message.submit.data));
    }
    return texts;
  }

  SlmDevice device;
  std::vector<modem::SubmittedMessage> sent;
  std::uint8_t reference = 0;
};

TEST_F(SmsCommands, StartAndStop) {
  EXPECT_EQ(device.send("AT#XSMS=?"), "\r\n#XSMS: (0,1,2),<number>,<message>\r\n" + ok);
  EXPECT_EQ(device.send("AT#XSMS?"), error);
  EXPECT_EQ(device.send("AT#XSMS=0"), error);
  EXPECT_EQ(device.send("AT#XSMS=2,\"0171\",\"x\""), error);
  EXPECT_EQ(device.send("AT#XSMS=1"), ok);
  EXPECT_EQ(device.send("AT+CNMI?"), "\r\n+CNMI: 3,2,0,1,1\r\n" + ok);
  EXPECT_EQ(device.send("AT#XSMS=1"), error);
  EXPECT_EQ(device.send("AT#XSMS=3"), ok);
  EXPECT_EQ(device.send("AT#XSMS=0"), ok);
  EXPECT_EQ(device.send("AT+CNMI?"), "\r\n+CNMI: 0,0,0,0,1\r\n" + ok);
  EXPECT_EQ(device.take_reasons().size(), 5U);
}

TEST_F(SmsCommands, AnswerWrongParametersWithError) {
  start();
  for (std::string_view line :
       {"AT#XSMS", "AT#XSMS=", "AT#XSMS=\"1\"", "AT#XSMS=-1", "AT#XSMS=65536", "AT#XSMS=2",
        "AT#XSMS=2,\"0171\"", "AT#XSMS=2,171,\"x\"", "AT#XSMS=2,\"123456789012345678901\",\"x\"",
        "AT#XSMS=2,\"\",\"x\"", "AT#XSMS=2,\"Bank\",\"x\"", "AT#XSMS=2,\"0171\",1"}) {
    EXPECT_EQ(device.send(line), error) << line;
    EXPECT_EQ(device.take_reasons().size(), 1U) << line;
  }
  EXPECT_EQ(device.send(fmt::format("AT#XSMS=2,\"0171\",\"{}\"", std::string(480, 'x'))), error);
  EXPECT_TRUE(sent.empty());
}

TEST_F(SmsCommands, SendAMessage) {
  start();
  EXPECT_EQ(device.send("AT#XSMS=2,\"+8190123\",\"SLM test\""), ok);
  ASSERT_EQ(sent.size(), 1U);
  EXPECT_EQ(sms::to_text(sent[0].submit.destination), "+8190123");
  EXPECT_THAT(sent_texts(), testing::ElementsAre("SLM test"));
}

TEST_F(SmsCommands, SendALongMessageInParts) {
  start();
  EXPECT_EQ(device.send(fmt::format("AT#XSMS=2,\"0171\",\"{}\"", std::string(160, 'a'))), ok);
  EXPECT_EQ(sent.size(), 1U);
  EXPECT_EQ(device.send(fmt::format("AT#XSMS=2,\"0171\",\"{}\"", std::string(459, 'b'))), ok);
  EXPECT_EQ(sent.size(), 4U);
  EXPECT_EQ(sent_texts()[3], std::string(153, 'b'));
  EXPECT_EQ(device.send(fmt::format("AT#XSMS=2,\"0171\",\"{}\"", std::string(479, 'c'))), ok);
  EXPECT_EQ(sent.size(), 8U) << "more parts than are joined";
  EXPECT_EQ(device.send(fmt::format("AT#XSMS=2,\"0171\",\"{}\"", std::string(480, 'd'))), error);
  EXPECT_EQ(sent.size(), 8U);
}

TEST_F(SmsCommands, SendWhatTheHostMeans) {
  start();
  device.send("AT#XSMS=2,\"0171\",\"gr\xFC\xDF {} \xA4\"");
  device.send("AT#XSMS=2,\"0171\",\"grüß €\"");
  device.send("AT#XSMS=2,\"0171\",\"żółw\"");
  EXPECT_THAT(sent_texts(), testing::ElementsAre("grüß {} €", "grüß €", "żółw"));
}

TEST_F(SmsCommands, AnswerErrorWhenTheModemRefuses) {
  start();
  device.send("AT+CFUN=4");
  device.take_reasons();
  EXPECT_EQ(device.send("AT#XSMS=2,\"0171\",\"x\""), error);
  auto reasons = device.take_reasons();
  ASSERT_EQ(reasons.size(), 1U);
  EXPECT_EQ(reasons[0].what, "SMS not sent");
  EXPECT_THAT(reasons[0].why, HasSubstr("not registered"));
}

TEST_F(SmsCommands, DoNotStartBesideAnotherClient) {
  device.send("AT+CNMI=3,2,0,1");
  EXPECT_EQ(device.send("AT#XSMS=1"), error);
  EXPECT_THAT(device.take_reasons().at(0).why, HasSubstr("another client"));
}

TEST_F(SmsCommands, ShowAMessageAfterTheModemsNotification) {
  start();
  EXPECT_EQ(receive("0901234", "Tested OK"),
            "\r\n+CMT: \"0901234\",25\r\n"
            "0891947127020000F0040781901032F400001250421185220009D4F29C5E26839E4B\r\n"
            "\r\n#XSMS: \"21-05-24 11:58:22\",\"0901234\",\"Tested OK\"\r\n");
}

TEST_F(SmsCommands, AcknowledgeEachMessage) {
  start();
  EXPECT_EQ(shown("+358401", "one"), "\r\n#XSMS: \"21-05-24 11:58:22\",\"358401\",\"one\"\r\n");
  EXPECT_EQ(shown("Bank", "say \"hi\""), "\r\n#XSMS: \"21-05-24 11:58:22\",\"Bank\",\"say \"hi\"\"\r\n");
  EXPECT_EQ(device.after(1h), "") << "no client that forgets to acknowledge";
  EXPECT_EQ(device.send("AT+CNMA=1"), "\r\nERROR\r\n");
}

TEST_F(SmsCommands, ShowTextInIso885915) {
  start();
  EXPECT_EQ(shown("0171", "ä€Δ"), "\r\n#XSMS: \"21-05-24 11:58:22\",\"0171\",\"\xE4\xA4?\"\r\n");
  EXPECT_EQ(shown("0171", "żä"), "\r\n#XSMS: \"21-05-24 11:58:22\",\"0171\",\"?\xE4\"\r\n");
}

TEST_F(SmsCommands, ShowAMessageOfUpToThreePartsOnce) {
  start();
  std::string text = std::string(300, 'a') + std::string(150, 'b');
  std::string said = receive("0171", text);
  EXPECT_THAT(said, testing::EndsWith(fmt::format("\"0171\",\"{}\"\r\n", text)));
  std::size_t first = said.find("#XSMS");
  EXPECT_EQ(said.find("#XSMS", first + 1), std::string::npos);
  EXPECT_THAT(receive("0171", std::string(500, 'c')), testing::Not(HasSubstr("#XSMS")));
}

TEST_F(SmsCommands, ShowNoStatusReportButAcknowledgeIt) {
  start();
  // The application asks for no report, but its host may.
  std::string said = device.send("AT+CMGS=12\r0021000481107100000361F118\x1A");
  EXPECT_THAT(said, testing::StartsWith("\r\n+CMGS: 0\r\n\r\nOK\r\n\r\n+CDS: 21\r\n"));
  EXPECT_THAT(said, testing::Not(HasSubstr("#XSMS")));
  EXPECT_EQ(device.after(1h), "");
}

TEST_F(SmsCommands, EndWithTheModemsClient) {
  start();
  device.send("AT+CNMI=0,0,0,0");
  EXPECT_EQ(receive("0171", "stored"), "");
}

TEST_F(SmsCommands, AreForgottenByAReset) {
  start();
  device.send("AT#XRESET");
  EXPECT_EQ(device.after(2s), "Ready\r\n");
  device.send("AT+CFUN=1");
  EXPECT_EQ(device.send("AT#XSMS=0"), error);
  EXPECT_EQ(device.send("AT#XSMS=1"), ok);
}

TEST_F(SmsCommands, StopInSleep) {
  start();
  device.send("AT#XSLEEP=0");
  device.after(200ms);
  device.device->wake_up();
  EXPECT_EQ(device.after(1s), "Ready\r\n");
  EXPECT_EQ(device.send("AT+CNMI?"), "\r\n+CNMI: 0,0,0,0,1\r\n" + ok);
  EXPECT_EQ(device.send("AT#XSMS=1"), ok);
}

class StrictSmsCommands : public SmsCommands {
 protected:
  StrictSmsCommands() : SmsCommands(true) {}
};

TEST_F(StrictSmsCommands, KnowTheSevenBitAlphabetOnly) {
  start();
  device.send("AT#XSMS=2,\"0171\",\"gr\xFC\xDF \xA9\"");
  EXPECT_THAT(sent_texts(), testing::ElementsAre("grüß  "));
  EXPECT_EQ(shown("0171", "ż"), "");
}

TEST(SmsOnTwoPorts, UrcsGoToTheOneThatStarted) {
  SlmDevice device(slm_1_6(), 2);
  device.send("AT+CFUN=1", 1);
  ASSERT_EQ(device.send("AT#XSMS=1", 1), ok);
  device.take(0);
  device.device->radio().messages->receive_message(
      modem::text_message("0171", "x", device.clock.wall_now(), 1).front());
  device.clock.settle();
  EXPECT_THAT(device.take(0), testing::Not(HasSubstr("#XSMS")));
  EXPECT_THAT(device.take(1), HasSubstr("#XSMS"));
}

}  // namespace
}  // namespace attache::dialects
