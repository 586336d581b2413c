#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "cloud_device.hpp"
#include "serial_modem_device.hpp"

namespace attache::dialects {
namespace {

using testing::ElementsAre;
using testing::EndsWith;
using testing::HasSubstr;
using namespace std::chrono_literals;

std::string edition_name(const testing::TestParamInfo<std::string_view>& tested) {
  std::string name(tested.param);
  std::erase_if(name, [](char c) { return c == '-' || c == '.'; });
  return name;
}

// Both transports

class NrfCloud : public testing::TestWithParam<std::string_view> {
 protected:
  bool is_serial_modem() const { return GetParam().starts_with("serial"); }
  CloudDevice device{GetParam()};
};

TEST_P(NrfCloud, TakesMessagesOfDataModeInOrder) {
  device.connect();
  EXPECT_EQ(device.command("AT#XNRFCLOUD=2"), ok);
  device.raw("{\"n\":1}+++");
  EXPECT_TRUE(device.comes("\r\n#XDATAMODE: 0\r\n"));
  EXPECT_EQ(device.command("AT#XNRFCLOUD=2"), ok);
  device.raw("no JSON+++");
  EXPECT_TRUE(device.comes("\r\n#XDATAMODE: 0\r\n"));
  EXPECT_EQ(device.command("AT#XNRFCLOUD=0"), ok);
  EXPECT_TRUE(device.comes("\r\n#XNRFCLOUD: 0,0\r\n"));
  EXPECT_THAT(device.messages(), ElementsAre("{\"n\":1}", "no JSON"));
}

TEST_P(NrfCloud, ShowsTheLocationSwitchOfTheConnection) {
  EXPECT_EQ(device.command("AT#XNRFCLOUD=1,1"), ok);
  EXPECT_TRUE(device.comes("\r\n#XNRFCLOUD: 1,1\r\n"));
  EXPECT_THAT(device.command("AT#XNRFCLOUD?"), HasSubstr("#XNRFCLOUD: 1,1,16842753,\""));
  EXPECT_EQ(device.command("AT#XNRFCLOUD=1,0"), error);
  EXPECT_EQ(device.command("AT#XNRFCLOUD=0"), ok);
  EXPECT_TRUE(device.comes("\r\n#XNRFCLOUD: 0,1\r\n"));
  EXPECT_EQ(device.command("AT#XNRFCLOUD=0"), error);
}

TEST_P(NrfCloud, TellsThatItDoesNotLetTheDeviceIn) {
  device.lab->cloud().claim_all(false);
  EXPECT_EQ(device.command("AT#XNRFCLOUD=1"), ok);
  EXPECT_TRUE(device.comes("\r\n#XNRFCLOUD: 0,0\r\n")) << device.journal;
  EXPECT_EQ(device.command("AT#XNRFCLOUD=2"), error);
  device.lab->cloud().claim_all(true);
  device.connect();
}

TEST_P(NrfCloud, PassesItsErrorOfAPlaceOn) {
  device.connect();
  device.lab->cloud().fail_place(40410);
  EXPECT_EQ(device.command("AT#XNRFCLOUDPOS=1,0"), ok);
  EXPECT_TRUE(device.comes("\r\n#XNRFCLOUDPOS: 40410\r\n")) << device.journal;
  EXPECT_EQ(device.command("AT#XNRFCLOUDPOS=1,0"), ok);
  EXPECT_TRUE(device.comes(is_serial_modem() ? "\r\n#XNRFCLOUDPOS: 0,0,35.455833,139.626111,1094\r\n"
                                             : "\r\n#XNRFCLOUDPOS: 0,35.455833,139.626111,1094\r\n"));
}

TEST_P(NrfCloud, FindsThePlaceByAccessPoints) {
  device.connect();
  EXPECT_EQ(device.command("AT#XNRFCLOUDPOS=0,1,\"40:9b:cd:c1:5a:40\",\"00:90:FE:EB:4F:42\",-128"), ok);
  EXPECT_TRUE(device.comes(is_serial_modem() ? "\r\n#XNRFCLOUDPOS: 0,2,35.457346,139.624449,20\r\n"
                                             : "\r\n#XNRFCLOUDPOS: 2,35.457346,139.624449,20\r\n"));
  for (std::string_view refused :
       {"0,0", "3,2", "-1,0", "1", "", "0,1", "0,1,\"40:9b:cd:c1:5a:40\"", "1,0,\"40:9b:cd:c1:5a:40\"",
        "0,1,\"40:9b:cd:c1:5a:40\",1,\"00:90:fe:eb:4f:42\"",
        "0,1,\"40:9b:cd:c1:5a:40\",-129,\"00:90:fe:eb:4f:42\"",
        "0,1,-40,\"40:9b:cd:c1:5a:40\",\"00:90:fe:eb:4f:42\"",
        "0,1,\"40:9b:cd:c1:5a:40\",-1,-2,\"00:90:fe:eb:4f:42\"",
        "0,1,\"40-9b-cd-c1-5a-40\",\"00:90:fe:eb:4f:42\"", "0,1,\"40:9b:cd:c1:5a:4g\",\"00:90:fe:eb:4f:42\"",
        "0,1,\"40:9b:cd:c1:5a:400\",\"00:90:fe:eb:4f:42\""}) {
    EXPECT_EQ(device.command(fmt::format("AT#XNRFCLOUDPOS={}", refused)), error) << refused;
  }
}

INSTANTIATE_TEST_SUITE_P(In, NrfCloud, testing::Values("slm-3.1", "serial-modem-2.0"), edition_name);

// Serial Modem

TEST(NrfCloudOfSerialModem, SendsAgainWhatWasLost) {
  CloudDevice device("serial-modem-2.0");
  device.connect();
  device.lab->cloud().lose(1);
  EXPECT_EQ(device.command("AT#XNRFCLOUD=2"), ok);
  device.raw("{}+++");
  EXPECT_TRUE(device.comes("\r\n#XDATAMODE: 0\r\n"));
  EXPECT_THAT(device.messages(), ElementsAre("{}")) << "once";
}

TEST(NrfCloudOfSerialModem, BreaksDataModeWhileItIsOffline) {
  CloudDevice device("serial-modem-2.0");
  device.connect();
  EXPECT_EQ(device.command("AT+CFUN=4"), ok);
  EXPECT_EQ(device.command("AT#XNRFCLOUD=2"), ok);
  device.raw("{}+++");
  EXPECT_TRUE(device.comes("+++\r\n#XDATAMODE: -1\r\n"));
  EXPECT_EQ(device.command("AT#XNRFCLOUDPOS=0,1,\"40:9b:cd:c1:5a:40\",\"00:90:fe:eb:4f:42\""), ok);
  EXPECT_TRUE(device.comes("\r\n#XNRFCLOUDPOS: -1\r\n"));
}

TEST(NrfCloudOfSerialModem, SaysNothingOfItsOwnWhenDataAreLostInThePreview) {
  for (std::string_view edition : {"serial-modem-2.0", "serial-modem-1.99"}) {
    CloudDevice device(edition);
    device.connect();
    EXPECT_EQ(device.command("AT+CFUN=4"), ok);
    EXPECT_EQ(device.command("AT#XNRFCLOUD=2"), ok);
    device.raw("{}+++");
    EXPECT_TRUE(device.comes("\r\n#XDATAMODE: -1\r\n"));
    EXPECT_EQ(device.said(),
              edition == "serial-modem-1.99" ? "\r\n#XDATAMODE: -1\r\n" : "+++\r\n#XDATAMODE: -1\r\n");
  }
}

TEST(NrfCloudOfSerialModem, TellsThatTheModemWasSwitchedOff) {
  CloudDevice device("serial-modem-2.0");
  device.connect();
  EXPECT_EQ(device.command("AT+CFUN=0"), ok);
  EXPECT_TRUE(device.comes("\r\n#XNRFCLOUD: 0,0\r\n"));
  CloudDevice preview("serial-modem-1.99");
  preview.connect();
  EXPECT_EQ(preview.command("AT+CFUN=0"), ok);
  EXPECT_THAT(preview.command("AT#XNRFCLOUD?"), HasSubstr("\r\n#XNRFCLOUD: 0,0,")) << "and nothing before";
}

TEST(NrfCloudOfSerialModem, TakesUploadsWithTheirKey) {
  CloudDevice device("serial-modem-2.0");
  device.connect();
  EXPECT_EQ(device.command("AT#XNRFCLOUDOBSUPLOAD"), ok);
  EXPECT_TRUE(device.comes("\r\n#XNRFCLOUDOBSUPLOAD: 0,0\r\n")) << "there is nothing";
  EXPECT_EQ(device.command("AT#XNRFCLOUDOBSAUTO=0,60,\"stored\""), ok);
  EXPECT_EQ(device.command("AT#XNRFCLOUDOBSFORWARD=\"CAKnAgED\""), ok);
  EXPECT_TRUE(device.comes("\r\n#XNRFCLOUDOBSFORWARD: 0\r\n"));
  EXPECT_EQ(device.command("AT#XNRFCLOUDOBSHEARTBEAT=1,2"), ok);
  EXPECT_EQ(device.command("AT#XNRFCLOUDOBSUPLOAD=\"given\""), ok);
  EXPECT_TRUE(device.comes("\r\n#XNRFCLOUDOBSUPLOAD: 0,"));
  const auto& messages = device.lab->cloud().messages();
  ASSERT_EQ(messages.size(), 2U);
  EXPECT_EQ(messages[0].text, "CAKnAgED");
  EXPECT_EQ(messages[0].project_key, "stored");
  EXPECT_EQ(messages[1].project_key, "given");
  EXPECT_EQ(device.command("AT+CFUN=4"), ok);
  EXPECT_EQ(device.command("AT#XNRFCLOUDOBSFORWARD=\"CAKnAgED\""), ok);
  EXPECT_TRUE(device.comes("\r\n#XNRFCLOUDOBSFORWARD: -1\r\n"));
}

TEST(NrfCloudOfSerialModem, FindsUpdatesByTheirKind) {
  CloudDevice device("serial-modem-2.0");
  EXPECT_EQ(device.command("AT#XNRFCLOUDFOTA=4"), ok);
  EXPECT_TRUE(device.comes("\r\n#XNRFCLOUDFOTA: -1,-128\r\n")) << "there is no connection";
  device.connect();
  EXPECT_EQ(device.command("AT#XNRFCLOUDFOTA=6,\"12345678901234567890123456789012\""), ok);
  EXPECT_TRUE(device.comes("\r\n#XNRFCLOUDFOTA: 0\r\n"));
  EXPECT_EQ(device.command("AT#XNRFCLOUDFOTA=4"), ok);
  EXPECT_TRUE(device.comes("\r\n#XNRFCLOUDFOTA: 1\r\n"));
  device.lab->cloud().offer_update("APP", "ftp://nowhere/");
  EXPECT_EQ(device.command("AT#XNRFCLOUDFOTA=1"), ok);
  EXPECT_TRUE(device.comes("\r\n#XNRFCLOUDFOTA: -1,-22\r\n"));
  device.lab->cloud().offer_update("MODEM",
                                   fmt::format("http://127.0.0.1:{}/app.bin", device.lab->port("http")));
  EXPECT_EQ(device.command("AT#XNRFCLOUDFOTA=2"), ok);
  EXPECT_TRUE(device.comes(",1,3\r\n")) << "it is one of the application";
  for (std::string_view refused : {"", "=", "=0", "=3", "=5", "=7", "=-1", "=\"1\"", "=1,5", "?",
                                   "=4,\"123456789012345678901234567890123\""}) {
    EXPECT_EQ(device.command(fmt::format("AT#XNRFCLOUDFOTA{}", refused)), error) << refused;
  }
}

TEST(NrfCloudOfSerialModem, HasOneUpdateAtATime) {
  CloudDevice device("serial-modem-2.0");
  device.connect();
  EXPECT_EQ(device.command("AT#XNRFCLOUDFOTA=1"), ok);
  EXPECT_TRUE(device.comes("\r\n#XNRFCLOUDFOTA: 1,0,"));
  EXPECT_THAT(device.command("AT#XNRFCLOUDFOTA=4"), EndsWith(error)) << "progress may come before";
  EXPECT_THAT(device.command("AT#XFOTA=1,\"http://127.0.0.1/x\""), EndsWith(error));
  EXPECT_THAT(device.command("AT#XFOTA=0"), EndsWith(ok)) << "there is one session for both";
  EXPECT_TRUE(device.comes("\r\n#XNRFCLOUDFOTA: 1,2\r\n"));
  EXPECT_EQ(device.command("AT#XNRFCLOUDFOTA=0"), error) << "nothing runs any more";
}

TEST(NrfCloudOfSerialModem, HasTheFormsOfTheMergedChangeWhereThatIsChosen) {
  DialectOptions options = serial_modem();
  options.nrfcloud_fota_as_merged = true;
  SerialModemDevice device(options);
  EXPECT_EQ(device.send("AT#XNRFCLOUDFOTA=?"), answer("#XNRFCLOUDFOTA: (0,1,2)[,<project_key>]"));
  EXPECT_EQ(device.send("AT#XNRFCLOUDFOTA=4"), error);
  EXPECT_EQ(device.send("AT#XNRFCLOUDFOTA=6"), error);
  EXPECT_EQ(device.send("AT#XNRFCLOUDFOTA=1"), ok + "\r\n#XNRFCLOUDFOTA: -1,-128\r\n");
}

TEST(NrfCloudOfSerialModem, NamesTheUpdateThatTheResetTakesOnAsItIsTold) {
  for (std::string_view name : {"#XFOTA", "#XNRFCLOUDFOTA"}) {
    DialectOptions options;
    options.nrfcloud_fota_ends_by_name = name == "#XNRFCLOUDFOTA";
    CloudDevice device("serial-modem-2.0", {}, options);
    device.connect();
    EXPECT_EQ(device.command("AT#XNRFCLOUDFOTA=1"), ok);
    EXPECT_TRUE(device.comes("\r\n#XNRFCLOUDFOTA: 4,0\r\n")) << device.journal;
    EXPECT_EQ(device.command("AT#XRESET"), ok);
    EXPECT_TRUE(device.comes(fmt::format("Ready\r\n\r\n{}: 5,0\r\n", name)));
  }
}

TEST(NrfCloudOfSerialModem, ProvidesCredentials) {
  CloudDevice device("serial-modem-2.0", {"provisioning"});
  std::string ca = device.lab->ca_pem();
  device.lab->cloud().provide({{77, 0, ca.substr(0, ca.size() - 1)}});
  // Both lines at once: the cloud cannot answer before the second is read.
  EXPECT_EQ(device.command("AT#XNRFPROV\rAT#XNRFPROV"), ok);
  EXPECT_TRUE(device.comes(error)) << "one is under way";
  EXPECT_TRUE(device.comes("\r\n#XNRFPROV: 1\r\n")) << device.journal;
  EXPECT_EQ(device.command("AT+CFUN=4"), ok);
  EXPECT_TRUE(device.comes("\r\n#XNRFPROV: 2\r\n")) << device.journal;
  EXPECT_THAT(device.command("AT%CMNG=1,77"), HasSubstr("%CMNG: 77,0,"));
  EXPECT_EQ(device.command("AT+CFUN=1"), ok);
  EXPECT_TRUE(device.comes("\r\n#XNRFPROV: 0\r\n")) << device.journal;
  EXPECT_EQ(device.command("AT#XNRFPROV=1,2"), ok) << "any set form";
  EXPECT_TRUE(device.comes("\r\n#XNRFPROV: 0\r\n")) << "nothing is left to do";
  device.lab->cloud().provide(std::vector<lab::NrfCloud::Credential>(11, {77, 0, "x"}));
  EXPECT_EQ(device.command("AT#XNRFPROV"), ok);
  EXPECT_TRUE(device.comes("\r\n#XNRFPROV: -5\r\n"));
}

TEST(NrfCloudOfSerialModem, TakesAsManyCommandsAsItsBoardIsToldTo) {
  DialectOptions options;
  options.provisioning_commands = 5;
  CloudDevice device("serial-modem-2.0", {"provisioning"}, options);
  auto provide = [&](std::size_t count) {
    device.lab->cloud().provide(std::vector<lab::NrfCloud::Credential>(count, {77, 0, "x"}));
  };
  provide(6);
  EXPECT_EQ(device.command("AT#XNRFPROV"), ok);
  EXPECT_TRUE(device.comes("\r\n#XNRFPROV: -5\r\n"));
  provide(5);
  EXPECT_EQ(device.command("AT#XNRFPROV"), ok);
  EXPECT_TRUE(device.comes("\r\n#XNRFPROV: 1\r\n")) << "LTE is to be switched off for them";
}

TEST(NrfCloudOfSerialModem, ChecksItsCommandsBeforeThereIsAConnection) {
  SerialModemDevice device;
  for (std::string_view refused : {"AT#XNRFCLOUD",
                                   "AT#XNRFCLOUD=",
                                   "AT#XNRFCLOUD=0",
                                   "AT#XNRFCLOUD=2",
                                   "AT#XNRFCLOUD=3",
                                   "AT#XNRFCLOUD=-1",
                                   "AT#XNRFCLOUD=\"1\"",
                                   "AT#XNRFCLOUD=1,2",
                                   "AT#XNRFCLOUD=1,\"0\"",
                                   "AT#XNRFCLOUDPOS=1,0",
                                   "AT#XNRFCLOUDPOS?",
                                   "AT#XNRFCLOUDPOS=?",
                                   "AT#XNRFCLOUDOBSAUTO",
                                   "AT#XNRFCLOUDOBSAUTO=2",
                                   "AT#XNRFCLOUDOBSAUTO=0,59",
                                   "AT#XNRFCLOUDOBSAUTO=0,86401",
                                   "AT#XNRFCLOUDOBSAUTO=0,60,5",
                                   "AT#XNRFCLOUDOBSCOREDUMP",
                                   "AT#XNRFCLOUDOBSCOREDUMP=\"1\"",
                                   "AT#XNRFCLOUDOBSUPLOAD",
                                   "AT#XNRFCLOUDOBSUPLOAD?",
                                   "AT#XNRFCLOUDOBSHEARTBEAT?",
                                   "AT#XNRFCLOUDOBSHEARTBEAT=?",
                                   "AT#XNRFCLOUDOBSFORWARD=\"CAKnAgED\"",
                                   "AT#XNRFCLOUDOBSFORWARD?",
                                   "AT#XNRFCLOUDOBSDEVINFO",
                                   "AT#XNRFCLOUDOBSCRASH=0",
                                   "AT#XNRFCLOUDOBSEXPORT",
                                   "AT#XNRFPROV",
                                   "AT#XNRFPROV=?",
                                   "AT#XNRFPROV?"}) {
    EXPECT_EQ(device.send(refused), error) << refused;
  }
  EXPECT_EQ(device.send("AT#XNRFCLOUD=1"), ok + "\r\n#XNRFCLOUD: 0,0\r\n") << "there is no network";
}

TEST(NrfCloudOfSerialModem, UploadsByTimeWithoutAWord) {
  SerialModemDevice device;
  EXPECT_EQ(device.send("AT#XNRFCLOUDOBSAUTO=1,60"), ok);
  EXPECT_EQ(device.after(130s), "") << "nothing without a connection";
  EXPECT_EQ(device.send("AT#XNRFCLOUDOBSAUTO?"), answer("#XNRFCLOUDOBSAUTO: 1,60,\"\""));
}

TEST(NrfCloudOfTheDebugBuild, PrintsWhatACrashHasLeft) {
  DialectOptions options = serial_modem();
  options.services = {{"nrfcloud", "nrfcloud_observability", "nrfcloud_observability_debug"}};
  SerialModemDevice device(options);
  for (std::string_view refused :
       {"AT#XNRFCLOUDOBSCRASH=5", "AT#XNRFCLOUDOBSCRASH?", "AT#XNRFCLOUDOBSDEVINFO?",
        "AT#XNRFCLOUDOBSDEVINFO=?", "AT#XNRFCLOUDOBSEXPORT?", "AT#XNRFCLOUDOBSEXPORT=?",
        "AT#XNRFCLOUDOBSHEARTBEAT=01"}) {
    EXPECT_EQ(device.send(refused), error) << refused;
  }
  EXPECT_EQ(device.send("AT#XNRFCLOUDOBSHEARTBEAT"), ok);
  EXPECT_EQ(device.send("AT#XNRFCLOUDOBSCRASH=4"), "");
  EXPECT_THAT(device.after(60s), HasSubstr("Ready\r\n"));
  EXPECT_EQ(device.send("AT#XNRFCLOUDOBSEXPORT"), answer("MC:eyJjcmFzaCI6NH0=:")) << "the heartbeat is lost";
  EXPECT_EQ(device.send("AT#XNRFCLOUDOBSEXPORT"), ok);
  EXPECT_EQ(device.send("AT#XNRFCLOUDOBSCOREDUMP=0"), ok);
  EXPECT_EQ(device.send("AT#XNRFCLOUDOBSCRASH"), "");
  EXPECT_THAT(device.after(60s), HasSubstr("Ready\r\n"));
  EXPECT_EQ(device.send("AT#XNRFCLOUDOBSEXPORT"), ok);
  EXPECT_THAT(device.send("AT#XNRFCLOUDOBSDEVINFO"), HasSubstr("\",\"app\",\"2.0.0+0\",\"nrf9151dk\""));
}

// SLM

TEST(NrfCloudOfSlm, ShowsWhatItSendsAndRunsItsCommands) {
  CloudDevice device("slm-3.1");
  device.connect();
  device.lab->cloud().send("{\"hello\":\"device\"}");
  EXPECT_TRUE(device.comes("\r\n#XNRFCLOUD: {\"hello\":\"device\"}\r\n"));
  device.lab->cloud().send(R"({"appId":"MODEM","messageType":"CMD","data":"AT+CGMI"})");
  device.lab->cloud().send("after");
  EXPECT_TRUE(device.comes("\r\n#XNRFCLOUD: after\r\n"));
  EXPECT_EQ(device.command("AT#XNRFCLOUD=2"), ok);
  device.raw("x+++");
  EXPECT_TRUE(device.comes("\r\n#XDATAMODE: 0\r\n"));
  EXPECT_THAT(
      device.messages(),
      ElementsAre(R"({"appId":"MODEM","messageType":"RSP","data":"Nordic Semiconductor ASA\r\nOK\r\n"})",
                  "x"));
  device.lab->cloud().send(R"({"appId":"DEVICE","messageType":"DISCON"})");
  EXPECT_TRUE(device.comes("\r\n#XNRFCLOUD: 0,0\r\n"));
  EXPECT_EQ(device.command("AT#XNRFCLOUD=0"), error);
}

TEST(NrfCloudOfSlm, ConnectsToNothingAfterAReset) {
  DialectOptions options;
  options.name = "slm-3.1";
  options.services = {"nrfcloud"};
  SlmDevice device(options, 2);
  device.take(1);
  EXPECT_EQ(device.send("AT#XNRFCLOUD=1"), "") << "it waits for the time";
  EXPECT_THAT(device.send("AT#XRESET", 1), HasSubstr(ok));
  EXPECT_EQ(device.after(8s), "Ready\r\n");
  EXPECT_EQ(device.send("AT#XNRFCLOUD=1"), "") << "none is being made";
  EXPECT_EQ(device.after(9s), "") << "the first one would have failed";
  EXPECT_EQ(device.after(1s), ok + "\r\n#XNRFCLOUD: 0,0\r\n");
}

TEST(NrfCloudOfSlm, TellsThatTheNetworkHasGone) {
  CloudDevice device("slm-3.1");
  device.connect();
  EXPECT_EQ(device.command("AT+CFUN=4"), ok);
  EXPECT_TRUE(device.comes("\r\n#XNRFCLOUD: 0,0\r\n")) << device.journal;
}

TEST(NrfCloudOfSlm, UsesNeighboursThatWereMeasuredMeanwhile) {
  CloudDevice device("slm-2.9");
  EXPECT_EQ(device.command("AT%NCELLMEAS"), ok);
  EXPECT_TRUE(device.comes("%NCELLMEAS: 0"));
  device.connect();
  EXPECT_EQ(device.command("AT#XNRFCLOUDPOS=2,0"), error) << "that was before";
  EXPECT_EQ(device.command("AT%NCELLMEAS"), ok);
  EXPECT_TRUE(device.comes("%NCELLMEAS: 0"));
  EXPECT_EQ(device.command("AT#XNRFCLOUDPOS=2,0"), ok);
  EXPECT_TRUE(device.comes("\r\n#XNRFCLOUDPOS: "));
  EXPECT_EQ(device.command("AT#XNRFCLOUDPOS=1,0"), ok);
  EXPECT_TRUE(device.comes("\r\n#XNRFCLOUDPOS: 0,"));
  EXPECT_EQ(device.command("AT#XNRFCLOUDPOS=2,0"), error) << "the serving cell alone has taken its place";
}

TEST(NrfCloudOfSlm, ChecksItsCommandsBeforeThereIsAConnection) {
  DialectOptions options;
  options.name = "slm-2.9";
  SlmDevice device(options);
  for (std::string_view refused :
       {"AT#XNRFCLOUD", "AT#XNRFCLOUD=", "AT#XNRFCLOUD=0", "AT#XNRFCLOUD=2", "AT#XNRFCLOUD=3",
        "AT#XNRFCLOUD=1,2", "AT#XNRFCLOUDPOS=1,0", "AT#XNRFCLOUDPOS?", "AT#XNRFCLOUDPOS=?"}) {
    EXPECT_EQ(device.send(refused), error) << refused;
  }
  EXPECT_EQ(device.send("AT#XNRFCLOUD=?"), answer("#XNRFCLOUD: (0,1,2),<send_location>"));
  EXPECT_EQ(device.send("AT#XNRFCLOUD=1"), "") << "it waits for the time";
  EXPECT_EQ(device.after(11s), ok + "\r\n#XNRFCLOUD: 0,0\r\n") << "there is no network";
}

}  // namespace
}  // namespace attache::dialects
