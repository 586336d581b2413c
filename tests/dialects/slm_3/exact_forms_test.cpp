#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "slm_3_device.hpp"

// Forms and errors line by line as the reference has them, where no transcript does.

namespace attache::dialects {
namespace {

/// What is sent, and what comes.
using Table = std::vector<std::pair<std::string_view, std::string>>;

class FormsOfSlm3 : public OfSlm3 {
 protected:
  void expect(std::string_view beginning, const Table& table) {
    for (const auto& [ending, wanted] : table) {
      EXPECT_EQ(device.send(fmt::format("{}{}", beginning, ending)), wanted) << beginning << ending;
    }
  }
  [[nodiscard]] bool is_3_1() const { return GetParam() == "slm-3.1"; }
};

// host.md 2

TEST_P(FormsOfSlm3, PassOverEmptyLines) {
  EXPECT_EQ(device.raw("\r\n\r\n"), "");
  EXPECT_EQ(device.raw("AT\r\n\r\nAT\r\n"), ok + ok);
  EXPECT_EQ(device.raw("X\b\r\n"), "") << "taken back";
}

TEST_P(FormsOfSlm3, AnswerALineThatIsTooLongOnceAtItsEnd) {
  const std::string begin = "AT#XSLMVER=";
  EXPECT_THAT(device.send(begin + std::string(4096 - begin.size(), 'a')), testing::EndsWith(ok));
  EXPECT_EQ(device.raw(begin + std::string(4097 - begin.size(), 'a')), "");
  EXPECT_EQ(device.raw(std::string(5000, 'a') + "\r\nAT\r\n"), error + ok);
  EXPECT_EQ(device.send(fmt::format("AT#XSEND=\"{}\"", std::string(9000, 'a'))), error) << "quotes count on";
  EXPECT_EQ(device.send("AT"), ok);
}

TEST_P(FormsOfSlm3, TakeAQuoteBackSince30) {
  EXPECT_EQ(device.raw("AT#XDATACTRL=\"\b50\r\n"), is_3_1() ? ok : "");
}

// host.md 3 and 4

TEST_P(FormsOfSlm3, AreTheFiveOfTheGrammarBehindNoise) {
  expect("", {{"noiseAT", ok},
              {"\xff\x01"
               "aT",
               ok},
              {"AT+CFUN?", answer("+CFUN: 0")}});
  for (std::string_view line :
       {"ATI", "ATE0", "ATE1", "ATAT", "AT #XSLMVER", "AT&F", "hello", "AT+CFUN?;+CGSN", "AT#", "AT+",
        "AT#X_A", "AT#XSLM-VER", "AT#XSLMVER ?", "AT\nAT"}) {
    EXPECT_EQ(device.send(line), error) << line;
  }
}

TEST_P(FormsOfSlm3, OfCommandsThatAreGoneAreErrors) {
  for (std::string_view command :
       {"#XSLMUART", "#XTCPFILTER", "#XTCPRECV", "#XDFUGET", "#XDFUSIZE", "#XDFURUN",  "#XAGPS",
        "#XPGPS",    "#XCELLPOS",   "#XWIFIPOS", "#XSMVER",  "#XCLOSE",   "#XRECVCFG", "#XLOG",
        "#XNOSUCH",  "#XCMNG",      "#XCMUX",    "#XPPP",    "#XCARRIER", "#XTWILS"}) {
    refuses(command, {"", "=1", "?", "=?"});
  }
}

TEST_P(FormsOfSlm3, OfCommandsWithoutParametersMayHaveSome) {
  std::string version = device.send("AT#XSLMVER");
  expect("AT#XSLMVER",
         {{"=", version}, {"=1,\"a\",b", version}, {"?", error}, {"=?", error}, {"=007", error}});
}

// host.md 6 and 8

TEST_P(FormsOfSlm3, ReadNumbersAsTheParserDoes) {
  expect("AT#XDATACTRL", {{"=?", answer("#XDATACTRL=<time_limit>")}, {"?", answer("#XDATACTRL: 0,32")}});
  for (std::string_view good : {"=32", "=+50", "= 50", "=65535", "=50,9,\"x\"", "=50,", "=50,,"}) {
    EXPECT_EQ(device.send(fmt::format("AT#XDATACTRL{}", good)), ok) << good;
  }
  refuses("#XDATACTRL", {"", "=", "=31", "=0", "=65536", "=032", "=-50", "=-0", "=0x32", "=\"50\"", "=abc",
                         "=  50", "=50 ", "=(50)", "=,50", "=50,007", "=99999999999999999999"});
  EXPECT_EQ(device.send("AT#XDATACTRL?"), answer("#XDATACTRL: 50,32"));
}

// socket.md

TEST_P(FormsOfSlm3, OfSocketsWithNoneOpen) {
  for (std::string_view line : {"AT#XSOCKET?", "AT#XSSOCKET?", "AT#XSOCKETSELECT?", "AT#XSOCKETSELECT=?",
                                "AT#XSOCKET=0", "AT#XSSOCKET=0", "AT#XSOCKET=0,5,7", "AT#XPOLL=0"}) {
    EXPECT_EQ(device.send(line), ok) << line;
  }
  EXPECT_EQ(device.send("AT#XSEND=\"\""), answer("#XSEND: 0"));
  refuses("#XPOLL", {"", "=", "?", "=?", "=0,0", "=0,-1", "=\"0\""});
  refuses("#XSENDTO", {"", "=", "?", "=?", "=\"192.0.2.1\""});
  refuses("#XGETADDRINFO",
          {"", "=", "?", "=?", "=5", "=\"a\",3", "=\"a\",-1", "=\"a\",0,1", "=\"a\",", "=\"a\",\"1\""});
  refuses("#XSOCKET", {"=1,1,0,", "=1,,0", "=,1,0", "=1,1,65536", "=1,1,-1", "=1,1,0,\"1\"", "=1,1,0,-1"});
  refuses("#XSSOCKET",
          {"=1,1,0,", "=1,1,0,\"42\"", "=1,1,0,42,3", "=1,1,0,42,-1", "=1,1,0,2147483648", "=3"});
}

TEST_P(FormsOfSlm3, OfAsynchronousPollAreThoseOf31) {
  if (!is_3_1()) {
    refuses("#XAPOLL", {"", "?", "=?", "=0", "=1,1"});
    return;
  }
  expect("AT#XAPOLL", {{"?", answer("#XAPOLL: 0,0")},
                       {"=?", answer("#XAPOLL: (0,1),<0,1,4,5>,<handle1>,<handle2>,...")},
                       {"=0", ok},
                       {"=0,1,9", ok},
                       {"=1,0", ok},
                       {"?", answer("#XAPOLL: 1,0")}});
  refuses("#XPOLL", {"=0"});
  EXPECT_EQ(device.send("AT#XAPOLL=0"), ok);
  refuses("#XAPOLL", {"", "=", "=1", "=2", "=1,2", "=1,6", "=1,8", "=1,-1", "=1,1,9", "=1,\"1\"", "=1,1,"});
}

TEST_P(FormsOfSlm3, OfRolesBesideClientAndServerListenAndConnectNowhere) {
  ASSERT_EQ(device.send("AT#XSOCKET=1,1,7"), answer("#XSOCKET: 0,1,6"));
  EXPECT_EQ(device.send("AT#XSOCKET?"), answer("#XSOCKET: 0,1,7,1,0"));
  refuses("#XLISTEN", {"", "?", "=?"});
  refuses("#XACCEPT", {"=1", "?", "=?"});
  refuses("#XCONNECT", {"=\"192.0.2.1\",5"});
}

TEST_P(FormsOfSlm3, OfSocketOptionsKnowWhatCanBeReadAndSet) {
  auto value = [](int number) { return answer(fmt::format("#XSOCKETOPT: {}", number)); };
  ASSERT_EQ(device.send("AT#XSOCKET=1,1,0"), answer("#XSOCKET: 0,1,6"));
  expect("AT#XSOCKETOPT=",
         {{"0,20", value(0)},   {"0,21", value(30)}, {"1,21,5", ok}, {"0,21", value(5)}, {"1,20", ok},
          {"1,20,7", ok},       {"0,20", value(7)},  {"1,2,1", ok},  {"1,30,1", ok},     {"0,30", value(1)},
          {"1,31,1", ok},       {"0,31", value(1)},  {"1,32,1", ok}, {"0,32", value(1)}, {"1,55,135", ok},
          {"0,55", value(135)}, {"1,61,5", ok},      {"1,62,1", ok}, {"0,62", value(1)}, {"2,99", ok},
          {"0,20,5", value(7)}, {"65535,20", ok}});
  refuses("#XSOCKETOPT",
          {"=0,2", "=0,40", "=0,61", "=0,50", "=0,99", "=1,99,1", "=1,55,136", "=1,61,0", "=1,61,6",
           "=1,20,\"7\"", "=1,20,", "=0,\"20\"", "=1,20,2147483648", "=65536,20", "=0", "?"});
  refuses("#XSSOCKETOPT", {"=0,5", "=1,5,2", "=0,2", "?"});
}

TEST_P(FormsOfSlm3, OfSecureSocketOptionsKnowWhatCanBeReadAndSet) {
  auto value = [](std::string_view text) { return answer(fmt::format("#XSSOCKETOPT: {}", text)); };
  ASSERT_EQ(device.send("AT#XSSOCKET=1,1,0,42"), answer("#XSSOCKET: 0,1,258"));
  EXPECT_EQ(device.send("AT#XSSOCKET?"), answer("#XSSOCKET: 0,1,0,1,42,0"));
  EXPECT_EQ(device.send("AT#XSOCKET?"), answer("#XSOCKET: 0,1,0,1,0"));
  expect("AT#XSSOCKETOPT=", {{"1,2,\"a.b\"", ok},
                             {"0,2", value("a.b")},
                             {"1,2,\"Null\"", ok},
                             {"0,5", value("2")},
                             {"1,5,1", ok},
                             {"0,5", value("1")},
                             {"1,12,1", ok},
                             {"0,12", value("1")},
                             {"1,13,7", ok}});
  refuses("#XSSOCKETOPT", {"=1,2,5", "=1,5,3", "=1,5,\"1\"", "=1,5", "=0,13", "=0,14", "=1,4,1", "=1,15,1",
                           "=0,99", "=1,99,1"});
  EXPECT_EQ(device.send("AT#XSSOCKET=0"), answer("#XSOCKET: 0,\"closed\""));
  ASSERT_EQ(device.send("AT#XSSOCKET=1,2,0,42,0"), answer("#XSSOCKET: 0,2,273"));
  expect("AT#XSSOCKETOPT=", {{"0,5", value("0")},
                             {"1,14,1", ok},
                             {"1,14,3", error},
                             {"1,18,7", ok},
                             {"0,18", value("7")},
                             {"1,18,8", error}});
}

// gpio.md

TEST_P(FormsOfSlm3, OfPinsListThemInTheirOrder) {
  expect("AT#XGPIOCFG", {{"?", "\r\n#XGPIOCFG\r\n" + ok},
                         {"=0,5", ok},
                         {"=1,3", ok},
                         {"=21,7", ok},
                         {"=22,0", ok},
                         {"?", "\r\n#XGPIOCFG\r\n1,3\r\n21,7\r\n22,0\r\n" + ok}});
  refuses("#XGPIOCFG", {"", "=", "=?", "=1", "=2,1", "=1,32", "=1,-1", "=20,1", "=23,1", "=1,\"1\""});
  expect("AT#XGPIO=", {{"0,3,1", ok},
                       {"1,3", answer("#XGPIO: 3,1")},
                       {"2,3", ok},
                       {"1,3", answer("#XGPIO: 3,0")},
                       {"1,7", answer("#XGPIO: 7,1")},
                       {"1,0", answer("#XGPIO: 0,0")},
                       {"1,9", ok},
                       {"0,9,1", ok},
                       {"2,9", ok}});
  refuses("#XGPIO", {"", "=", "?", "=?", "=0", "=0,3", "=0,3,2", "=3,3", "=0,32,1", "=0,3,\"1\""});
  EXPECT_EQ(device.send("AT#XGPIOCFG=0,3"), ok);
  EXPECT_EQ(device.send("AT#XGPIO=1,3"), ok) << "forgotten";
}

// fota.md, gnss.md, nrfcloud.md, sms.md

TEST_P(FormsOfSlm3, OfDeviceServicesAreCheckedBeforeAnythingIsDone) {
  expect("AT#XFOTA=", {{"7", answer("#XFOTA: 2621440,0")},
                       {"9", ok},
                       {"1,\"ftp://192.0.2.1/x\"", "\r\n#XFOTA: 1,1,-22\r\n" + error},
                       {"1,\"https://192.0.2.1/x\"", error},
                       {"1,\"http:///x\"", error},
                       {"1,abc", error},
                       {"8", error}});
  expect("AT#XGPS", {{"?", answer("#XGPS: 0,0")}, {"=0", ok}, {"=1,0,0", error}, {"=0,1", error}});
  refuses("#XNRFCLOUD", {"", "=", "=0", "=2", "=3", "=1,2", "=1,-1", "=1,\"1\"", "=1,"});
  refuses("#XNRFCLOUDPOS", {"", "=", "?", "=?", "=0,0", "=1,0", "=3,0", "=0,1", "=1"});
  EXPECT_EQ(device.send("AT#XSMS=1"), ok);
  refuses("#XSMS", {"=1", "=2", "=2,\"+491\"", "=2,\"123456789012345678901\",\"x\"", "=2,491,\"x\""});
  EXPECT_EQ(device.send(fmt::format("AT#XSMS=2,\"+491\",\"{}\"", std::string(480, 'x'))), error);
}

TEST_P(FormsOfSlm3, OfATextOf479CharactersAreSentInFourParts) {
  EXPECT_EQ(device.send("AT+CFUN=1"), ok);
  EXPECT_EQ(device.send("AT#XSMS=1"), ok);
  EXPECT_EQ(device.send(fmt::format("AT#XSMS=2,\"+491\",\"{}\"", std::string(479, 'x'))), ok);
}

// generic.md

TEST_P(FormsOfSlm3, OfNativeCredentialsWantAllOfThem) {
  DialectOptions options = slm_3_options(GetParam());
  options.native_tls = true;
  SlmDevice native(options);
  for (std::string_view line :
       {"", "?", "=?", "=", "=0", "=0,1", "=0,1,0", "=0,-1,0,\"x\"", "=0,2147483648,0,\"x\"", "=0,1,5,\"x\"",
        "=0,1,-1,\"x\"", "=2", "=4", "=3", "=3,1", "=3,1,5", "=0,1,0,5", "=0,1,,\"x\""}) {
    EXPECT_EQ(native.send(fmt::format("AT#XCMNG{}", line)), error) << line;
  }
  EXPECT_EQ(native.send("AT#XCMNG=1"), ok);
  EXPECT_EQ(native.send("AT#XCMNG=0,42,3,\"6162\""), ok);
  EXPECT_EQ(native.send("AT#XCMNG=1"), "#XCMNG: 42,3\r\n" + ok);
  EXPECT_EQ(native.send("AT#XCMNG=3,42,3"), ok);
}

INSTANTIATE_TEST_SUITE_P(In, FormsOfSlm3, testing::Values("slm-2.9", "slm-3.1"), slm_3_edition_name);

}  // namespace
}  // namespace attache::dialects
