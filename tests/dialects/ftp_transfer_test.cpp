#include "base/text.hpp"
#include "dialects/ftp_device.hpp"

namespace attache::dialects {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::HasSubstr;

const std::string passive = "227 Entering Passive Mode (198,51,100,7,7,208).\r\n";
const std::string comes = "150 Here it comes.\r\n";
const std::string ready = "150 Ok to send data.\r\n";
const std::string transfer_complete = "226 Transfer complete.\r\n";

TEST(FtpGet, ShowsTheLastReplyTwiceThenTheData) {
  FtpDevice device;
  device.ftp.files["f"] = "TEXT\r\nDATA";
  device.open();
  EXPECT_EQ(device.send("AT#XFTP=\"get\",\"f\""),
            passive + comes + transfer_complete + transfer_complete + "TEXT\r\nDATA" + ok);
  EXPECT_THAT(device.ftp.take_commands(), ElementsAre("PASV", "RETR f"));
}

TEST(FtpGet, WritesWhatIsNoTextInHexadecimal) {
  FtpDevice device;
  device.open_quietly();
  for (const auto& [content, shown] :
       {std::pair{std::string("\0\xFF", 2), "00FF"}, std::pair{std::string("a\tb"), "610962"},
        std::pair{std::string("~\x7F"), "7E7F"}, std::pair{std::string(""), ""},
        std::pair{std::string(" ~\r\n"), " ~\r\n"}}) {
    device.ftp.files["f"] = content;
    EXPECT_EQ(device.send("AT#XFTP=\"get\",\"f\""), shown + ok);
  }
}

TEST(FtpGet, KeepsWholePiecesUntilTheStoreIsFull) {
  FtpDevice device;
  device.open_quietly();
  auto got = [&](const std::string& content) {
    device.ftp.files["f"] = content;
    return device.send("AT#XFTP=\"get\",\"f\"");
  };
  EXPECT_EQ(got(std::string(1152, 'a')), std::string(1152, 'a') + ok);
  EXPECT_EQ(got(std::string(1153, 'a')), std::string(708, 'a') + ok) << "the second piece does not fit";
  EXPECT_THAT(device.take_journal(), HasSubstr("445 of 1153 bytes dropped"));
  EXPECT_EQ(got(std::string(1416, 'a') + "end"), std::string(708, 'a') + "end" + ok) << "a later one does";
  EXPECT_EQ(got(std::string(708, '\xFF') + "text"), "text" + ok);
  EXPECT_EQ(got(std::string(576, '\x80')), base::to_hex(std::string(576, '\x80')) + ok);
  EXPECT_EQ(got(std::string(577, '\x80')), ok);
  EXPECT_EQ(got(std::string(1'000'000, 'a')), std::string(708, 'a') + std::string(1'000'000 % 708, 'a') + ok);
}

TEST(FtpGet, KeepsTwiceTheReceiveSizeOfTheBuild) {
  DialectOptions options;
  options.socket_rx_max = 708;
  FtpDevice device(options);
  device.open_quietly();
  device.ftp.files["f"] = std::string(1416, 'a');
  EXPECT_EQ(device.send("AT#XFTP=\"get\",\"f\""), std::string(1416, 'a') + ok);
  EXPECT_EQ(device.send(fmt::format("AT#XFTP=\"put\",\"g\",1,\"{}\"", std::string(707, 'd'))), ok);
  EXPECT_EQ(device.ftp.files["g"].size(), 707U);
}

TEST(FtpGet, FailsTenSecondsAfterARefusalAndWritesNothing) {
  FtpDevice device;
  device.open();
  EXPECT_EQ(device.send("AT#XFTP=\"get\",\"none\""), passive + "550 Failed to open file.\r\n");
  EXPECT_EQ(device.after(9999ms), "");
  EXPECT_EQ(device.after(1ms), error);
  auto reasons = device.take_reasons();
  ASSERT_EQ(reasons.size(), 1U);
  EXPECT_THAT(reasons[0].why, HasSubstr("550 Failed to open file."));
  device.ftp.files["f"] = "half";
  device.ftp.replies["226"] = "426 Failure.\r\n";
  EXPECT_THAT(device.send("AT#XFTP=\"get\",\"f\""), testing::EndsWith("426 Failure.\r\n"));
  EXPECT_EQ(device.after(10s), error);
}

TEST(FtpGet, FailsAtOnceWithoutADataConnection) {
  FtpDevice device;
  device.ftp.refuses_data = true;
  device.open();
  EXPECT_EQ(device.send("AT#XFTP=\"get\",\"f\""), passive + error);
}

TEST(FtpList, TakesOptionsAndPath) {
  FtpDevice device;
  device.ftp.files["NLST"] = "a\r\nb\r\n";
  device.ftp.files["LIST"] = "drwx a\r\n";
  device.open();
  EXPECT_EQ(device.send("AT#XFTP=\"ls\""), passive + comes + transfer_complete + "a\r\nb\r\n" + ok);
  EXPECT_THAT(device.ftp.take_commands(), ElementsAre("PASV", "NLST"));
  EXPECT_THAT(device.send("AT#XFTP=\"ls\",\"-l\""), testing::EndsWith(transfer_complete + "drwx a\r\n" + ok));
  EXPECT_THAT(device.send("AT#XFTP=\"ls\",\"-l\",\"/pub\""), testing::EndsWith(ok));
  EXPECT_THAT(device.send("AT#XFTP=\"ls\",\"\",\"/pub\""), testing::EndsWith(ok));
  EXPECT_THAT(device.ftp.take_commands(),
              ElementsAre("PASV", "LIST -l", "PASV", "LIST -l /pub", "PASV", "LIST /pub"));
}

TEST(FtpPut, StoresTextAndBytes) {
  FtpDevice device;
  device.open();
  EXPECT_EQ(device.send("AT#XFTP=\"put\",\"f\",1,\"TEXTDATA\""), passive + ready + transfer_complete + ok);
  EXPECT_EQ(device.ftp.files["f"], "TEXTDATA");
  EXPECT_THAT(device.ftp.take_commands(), ElementsAre("PASV", "STOR f"));
  EXPECT_THAT(device.send("AT#XFTP=\"put\",\"f\",0,\"00ff\""), testing::EndsWith(ok));
  EXPECT_EQ(device.ftp.files["f"], std::string("\0\xFF", 2));
  EXPECT_THAT(device.send("AT#XFTP=\"put\",\"f\",4,\"as is\""), testing::EndsWith(ok));
  EXPECT_EQ(device.ftp.files["f"], "as is");
  EXPECT_THAT(device.send("AT#XFTP=\"uput\",1,\"unique\""), testing::EndsWith(ok));
  EXPECT_EQ(device.ftp.files["unique"], "unique");
  EXPECT_THAT(device.send("AT#XFTP=\"mput\",\"f\",1,\" and more\""), testing::EndsWith(ok));
  EXPECT_EQ(device.ftp.files["f"], "as is and more");
  EXPECT_THAT(device.send(fmt::format("AT#XFTP=\"put\",\"f\",1,\"{}\"", std::string(575, 'd'))),
              testing::EndsWith(ok));
}

TEST(FtpPut, StoresTheFirstSendOfDataMode) {
  FtpDevice device;
  device.open_quietly();
  EXPECT_EQ(device.send("AT#XFTP=\"put\",\"f\",9"), ok);
  EXPECT_EQ(device.raw("first"), "");
  EXPECT_EQ(device.after(1ms), ftp_data_mode_ended);
  EXPECT_EQ(device.ftp.files["f"], "first");
  EXPECT_EQ(device.send("AT#XFTP=\"pwd\""), ok);
  EXPECT_EQ(device.send("AT#XFTP=\"uput\",9,\"ignored\""), ok);
  device.raw("unique");
  EXPECT_EQ(device.after(1ms), ftp_data_mode_ended);
  EXPECT_EQ(device.ftp.files["unique"], "unique");
}

TEST(FtpPut, CollectsSeveralChunksWithATimeLimit) {
  FtpDevice device;
  device.open_quietly();
  EXPECT_EQ(device.send("AT#XDATACTRL=500"), ok);
  EXPECT_EQ(device.send("AT#XFTP=\"put\",\"f\",9"), ok);
  for (int i = 0; i < 4; ++i) {
    EXPECT_EQ(device.raw(std::string(300, 'd')), "");
    EXPECT_EQ(device.after(100ms), "");
  }
  EXPECT_EQ(device.after(500ms), ftp_data_mode_ended);
  EXPECT_EQ(device.ftp.files["f"].size(), 1200U);
}

TEST(FtpPut, ShowsTheServersWordsInDataMode) {
  FtpDevice device;
  device.open();
  EXPECT_EQ(device.send("AT#XFTP=\"put\",\"f\",9"), ok);
  device.raw("data");
  EXPECT_EQ(device.after(1ms), passive + ready + transfer_complete + ftp_data_mode_ended);
}

TEST(FtpPut, EndsDataModeAlsoWhenItFails) {
  FtpDevice device;
  device.open_quietly();
  device.ftp.replies["STOR"] = "553 Could not create file.\r\n";
  device.ftp.instead["STOR"] = [&](const std::string&) { device.ftp.say("553 Could not create file.\r\n"); };
  EXPECT_EQ(device.send("AT#XFTP=\"put\",\"f\",9"), ok);
  device.raw("data");
  EXPECT_EQ(device.after(9s), "");
  EXPECT_EQ(device.after(2s), ftp_data_mode_ended);
  auto reasons = device.take_reasons();
  ASSERT_EQ(reasons.size(), 1U);
  EXPECT_THAT(reasons[0].why, HasSubstr("553"));
}

TEST(FtpPut, EndsByTheTerminatorWithoutAnUpload) {
  FtpDevice device;
  device.open_quietly();
  EXPECT_EQ(device.send("AT#XFTP=\"put\",\"f\",9"), ok);
  device.after(1s);
  device.raw("+++");
  EXPECT_EQ(device.after(2s), ok);
  EXPECT_EQ(device.ftp.uploads, 0U);
  EXPECT_EQ(device.send("AT#XFTP=\"close\""), ok);
}

TEST(FtpMput, AppendsEverySendUntilTheTerminator) {
  FtpDevice device;
  device.open_quietly();
  EXPECT_EQ(device.send("AT#XFTP=\"mput\",\"f\",9"), ok);
  for (const char* part : {"one ", "two ", "three"}) {
    EXPECT_EQ(device.raw(part), "");
    EXPECT_EQ(device.after(10ms), "");
  }
  EXPECT_EQ(device.ftp.uploads, 3U);
  EXPECT_EQ(device.ftp.files["f"], "one two three");
  device.after(1s);
  device.raw("+++");
  EXPECT_EQ(device.after(2s), ok);
  EXPECT_EQ(device.send("AT#XFTP=\"get\",\"f\""), "one two three" + ok);
}

TEST(FtpMput, GoesOnAfterASendThatFailed) {
  FtpDevice device;
  device.open_quietly();
  device.ftp.refuses_data = true;
  EXPECT_EQ(device.send("AT#XFTP=\"mput\",\"f\",9"), ok);
  device.raw("lost");
  EXPECT_EQ(device.after(1s), "");
  device.ftp.refuses_data = false;
  device.raw("kept");
  EXPECT_EQ(device.after(1s), "");
  EXPECT_EQ(device.ftp.files["f"], "kept");
  EXPECT_EQ(device.take_reasons().size(), 1U);
}

TEST(FtpDataMode, EndsWithTheSession) {
  for (bool verbose : {true, false}) {
    FtpDevice device;
    if (verbose) {
      device.open();
    } else {
      device.open_quietly();
    }
    EXPECT_EQ(device.send("AT#XFTP=\"mput\",\"f\",9"), ok);
    device.ftp.control->close();
    device.raw("data");
    EXPECT_EQ(device.after(1ms), "\r\n#XFTP: -104,\"disconnected\"\r\n" + ftp_data_mode_ended +
                                     (verbose ? "901 Disconnected(-104).\r\n" : ""));
    EXPECT_EQ(device.send("AT"), ok);
  }
}

TEST(FtpDataMode, IsNotForASecondPortAndEndsWhenTheApplicationSleeps) {
  FtpDevice device({}, 2);
  device.take(1);
  device.open_quietly();
  EXPECT_EQ(device.send("AT#XFTP=\"mput\",\"f\",9"), ok);
  EXPECT_EQ(device.send("AT#XFTP=\"pwd\"", 1), error);
  EXPECT_EQ(device.send("AT#XSLEEP=0", 1), "");
  EXPECT_EQ(device.take(0), ftp_data_mode_ended);
}

TEST(FtpDataMode, IsGoneAfterAReset) {
  FtpDevice device({}, 2);
  device.take(1);
  device.open_quietly();
  EXPECT_EQ(device.send("AT#XFTP=\"mput\",\"f\",9"), ok);
  device.ftp.instead["APPE"] = [](const std::string&) {};
  device.raw("data");
  device.clock.advance(1ms);
  EXPECT_EQ(device.send("AT#XRESET", 1), ok);
  EXPECT_EQ(device.after(2s, 0), ftp_data_mode_ended + "Ready\r\n");
  EXPECT_EQ(device.send("AT", 0), ok);
}

TEST(FtpDataMode, LetsAnUploadFinishAfterTheTerminator) {
  FtpDevice device;
  device.open_quietly();
  EXPECT_EQ(device.send("AT#XFTP=\"put\",\"f\",9"), ok);
  device.ftp.replies["STOR"] = "";
  device.raw("data");
  device.after(1s);
  device.raw("+++");
  EXPECT_EQ(device.after(2s), ok);
  device.port().host_sends("AT#XFTP=\"pwd\"\r\n");
  device.clock.settle();
  EXPECT_EQ(device.take(), "") << "waits for its turn";
  device.ftp.say(ready);
  device.clock.settle();
  EXPECT_EQ(device.take(), ok);
  EXPECT_EQ(device.ftp.files["f"], "data");
}

TEST(FtpDataMode, NeedsFlowControlIfTheBuildSaysSo) {
  DialectOptions options;
  options.data_mode_flow_control = true;
  FtpDevice device(options);
  device.open_quietly();
  EXPECT_EQ(device.send("AT#XFTP=\"put\",\"f\",9"), ok) << "this port has it";
}

}  // namespace
}  // namespace attache::dialects
