#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "dialects/hostile_answers.hpp"
#include "slm_3_device.hpp"

namespace attache::dialects {
namespace {

using testing::HasSubstr;
using namespace std::chrono_literals;

const std::string head_of_five = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n";

class ClientOfSlm3 : public OfSlm3 {
 protected:
  void connect_http() {
    ASSERT_EQ(device.send("AT#XHTTPCCON=1,\"example.com\",80"), answer("#XHTTPCCON: 1"));
  }
};

// HTTP

TEST_P(ClientOfSlm3, GetsABodyBehindTheLineOfItsHeader) {
  connect_http();
  EXPECT_EQ(device.send("AT#XHTTPCREQ=\"GET\",\"/x\""), ok + "\r\n#XHTTPCREQ: 0\r\n");
  EXPECT_THAT(device.server->take(), testing::StartsWith("GET /x HTTP/1.1\r\nHost: example.com\r\n"));
  EXPECT_EQ(device.server_sends(head_of_five + "hello"),
            head_of_five + "\r\n#XHTTPCRSP:38,1\r\nhello\r\n#XHTTPCRSP:5,1\r\n");
  EXPECT_EQ(device.send("AT#XHTTPCREQ=\"HEAD\",\"/\""), ok + "\r\n#XHTTPCREQ: 0\r\n") << "it stays connected";
  EXPECT_EQ(device.server_sends(head_of_five), head_of_five + "\r\n#XHTTPCRSP:0,1\r\n");
  EXPECT_EQ(device.send("AT#XHTTPCCON=0"), answer("#XHTTPCCON: 0"));
  EXPECT_EQ(device.send("AT#XHTTPCCON=0"), ok);
}

TEST_P(ClientOfSlm3, GetsChunksAsTheyCome) {
  connect_http();
  device.send("AT#XHTTPCREQ=\"GET\",\"/\"");
  std::string head = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
  EXPECT_EQ(device.server_sends(head + "2\r\nhi\r\n"), head + "\r\n#XHTTPCRSP:47,0\r\n2\r\nhi\r\n");
  EXPECT_EQ(device.server_sends("0\r\n\r\n"), "0\r\n\r\n\r\n#XHTTPCRSP:12,1\r\n");
}

TEST_P(ClientOfSlm3, SendsHeadersAndABodyOfDataMode) {
  connect_http();
  EXPECT_EQ(device.send("AT#XHTTPCREQ=\"POST\",\"/\",\"A: b\\r\\n\",\"text/plain\",3"),
            ok + "\r\n#XHTTPCREQ: 1\r\n");
  std::string head = device.server->take();
  EXPECT_THAT(head, HasSubstr("\r\nA: b\r\nContent-Type: text/plain\r\nContent-Length: 3\r\n"));
  std::string told = device.raw("abc+++");
  EXPECT_THAT(told, HasSubstr("\r\n#XDATAMODE: 0\r\n"));
  EXPECT_THAT(told, HasSubstr("\r\n#XHTTPCREQ: 0\r\n"));
  EXPECT_EQ(device.server->take(), "abc");
}

TEST_P(ClientOfSlm3, EndsWhenTheServerDoes) {
  connect_http();
  device.send("AT#XHTTPCREQ=\"GET\",\"/\"");
  EXPECT_THAT(device.server_sends(head_of_five + "he"), HasSubstr("\r\n#XHTTPCRSP:38,0\r\nhe"));
  EXPECT_THAT(device.server_closes(), HasSubstr("\r\n#XHTTPCCON: 0\r\n"));
  EXPECT_EQ(device.send("AT#XHTTPCREQ=\"GET\",\"/\""), error);
  EXPECT_EQ(device.send("AT#XHTTPCCON?"), answer("#XHTTPCCON: 0,\"example.com\",80"));
}

TEST_P(ClientOfSlm3, TakesAServerThatClosesWithoutAByteForAnAnswer) {
  connect_http();
  device.send("AT#XHTTPCREQ=\"GET\",\"/\"");
  EXPECT_EQ(device.server_closes(), "\r\n#XHTTPCRSP:0,1\r\n");
  EXPECT_THAT(device.take_journal(), HasSubstr("takes for the whole answer"));
  EXPECT_EQ(device.send("AT#XHTTPCCON?"), answer("#XHTTPCCON: 1,\"example.com\",80"));
  EXPECT_EQ(device.send("AT#XHTTPCCON=0"), answer("#XHTTPCCON: 0"));
  connect_http();
  device.send("AT#XHTTPCREQ=\"GET\",\"/\"");
  device.server_sends("HTTP/1.1 200 OK\r\nContent-");
  EXPECT_EQ(device.server_closes(), "\r\n#XHTTPCREQ: -104\r\n\r\n#XHTTPCCON: 0\r\n") << "not after a byte";
}

TEST_P(ClientOfSlm3, EndsTheConnectionWithAHostileServer) {
  for (const std::string& hostile : hostile_answers()) {
    connect_http();
    device.send("AT#XHTTPCREQ=\"GET\",\"/\"");
    device.take_reasons();
    std::string told = device.server_sends(hostile);
    EXPECT_THAT(told.substr(told.size() - std::min<std::size_t>(told.size(), 100)),
                testing::ContainsRegex("#XHTTPCREQ: -[0-9]+\r\n\r\n#XHTTPCCON: 0\r\n$"));
    EXPECT_FALSE(device.take_reasons().empty());
    EXPECT_TRUE(device.server->closed_by_device());
    device.after(2s);  // Equal reasons of one second are counted, not repeated.
  }
}

TEST_P(ClientOfSlm3, RefusesHttpThatCannotBe) {
  refuses("#XHTTPCREQ", {"", "=\"GET\",\"/\"", "?", "=?"});
  refuses("#XHTTPCCON", {"", "=", "=3", "=1", "=1,\"example.com\"", "=1,\"example.com\",65536", "=1,5,80",
                         "=1,\"example.com\",80,42,3", "=1,\"example.com\",80,42,2,2"});
  connect_http();
  refuses("#XHTTPCCON", {"=1,\"example.com\",80", "=2,\"example.com\",80"});
  refuses("#XHTTPCREQ", {"=\"GET\"", "=5,\"/\"", "=\"ABCDEFGHIJKLMNOPQRST\",\"/\"", "=\"GET\",\"/\",\"A: b\"",
                         "=\"GET\",\"/\",\"A: b\\r\\n\\r\\n\"", "=\"POST\",\"/\",\"\",\"text/plain\"",
                         "=\"POST\",\"/\",\"\",\"\",-1", "=\"POST\",\"/\",\"\",\"\",4294967296"});
  EXPECT_EQ(device.server->take(), "") << "nothing was sent";
}

TEST_P(ClientOfSlm3, SendsNoRequestWhoseLastParameterIsEmpty) {
  connect_http();
  refuses("#XHTTPCREQ=\"GET\",\"/\"", {",", ",\"\",", ",\"\",\"\",", ",\"\",\"\",0,"});
  EXPECT_EQ(device.server->take(), "") << "nothing was sent";
  EXPECT_EQ(device.send("AT#XHTTPCREQ=\"GET\",\"/\",,\"\",0"),
            GetParam() == "slm-3.1" ? ok + "\r\n#XHTTPCREQ: 0\r\n" : error)
      << "empty headers are none since 3.0";
}

TEST_P(ClientOfSlm3, TellsThatAServerRefuses) {
  device.server_refuses(net::Errno::connection_refused);
  EXPECT_EQ(device.send("AT#XHTTPCCON=1,\"example.com\",80"), "\r\n#XHTTPCCON: 0\r\n" + error);
  EXPECT_EQ(device.send("AT#XTCPCLI=1,\"example.com\",7"),
            "\r\n#XTCPCLI: -111,\"not connected\"\r\n" + error);
  EXPECT_EQ(device.send("AT#XMQTTCON=1,\"\",\"\",\"example.com\",1883"), error);
  EXPECT_EQ(device.send("AT#XFTP=\"open\",,,\"example.com\""), error);
}

// MQTT

TEST_P(ClientOfSlm3, KeepsWhatMqttIsConfiguredWith) {
  EXPECT_EQ(device.send("AT#XMQTTCFG?"), answer("#XMQTTCFG: \"slm_default_client_id\",60,1"));
  DialectOptions options = slm_3_options(GetParam());
  options.mqtt_clean_session = false;
  SlmDevice lasting(options);
  EXPECT_EQ(lasting.send("AT#XMQTTCFG=\"me\""), ok);
  EXPECT_EQ(lasting.send("AT#XMQTTCFG?"), answer("#XMQTTCFG: \"me\",60,0")) << "as the build says";
  EXPECT_EQ(device.send("AT#XMQTTCFG=\"me\",0,0"), ok);
  EXPECT_EQ(device.send("AT#XMQTTCFG?"), answer("#XMQTTCFG: \"me\",0,0"));
  EXPECT_EQ(device.send("AT#XMQTTCON?"), answer("#XMQTTCON: 0"));
  refuses("#XMQTTCFG", {"", "=", "=5", "=\"me\",65536", "=\"me\",-1", "=\"me\",60,2"});
  refuses("#XMQTTCON", {"", "=", "=0", "=3", "=1", "=1,\"\",\"\",\"example.com\"",
                        "=1,\"\",\"\",\"example.com\",65536", "=1,\"\",\"\",5,1883"});
  refuses("#XMQTTSUB", {"=\"t\",0", "=?"});
  refuses("#XMQTTUNSUB", {"=\"t\"", "=?"});
  refuses("#XMQTTPUB", {"=\"t\",\"m\"", "=?"});
}

TEST_P(ClientOfSlm3, TakesTheNameOfAnMqttConfigurationThatIsRefusedIfStrict) {
  device.send("AT#XMQTTCFG=\"other\",65536");
  EXPECT_EQ(device.send("AT#XMQTTCFG?"), answer("#XMQTTCFG: \"slm_default_client_id\",60,1"));
  DialectOptions options = slm_3_options(GetParam());
  options.strict = true;
  SlmDevice strict(options);
  EXPECT_EQ(strict.send("AT#XMQTTCFG=\"other\",65536"), error);
  EXPECT_EQ(strict.send("AT#XMQTTCFG?"), answer("#XMQTTCFG: \"other\",60,1"));
  EXPECT_EQ(strict.send("AT#XMQTTCON=1,\"\",\"\",\"example.com\",1883"), ok);
  EXPECT_EQ(strict.send("AT#XMQTTCFG=\"third\""), error);
  EXPECT_EQ(strict.send("AT#XMQTTCFG?"), answer("#XMQTTCFG: \"third\",60,1"));
}

TEST_P(ClientOfSlm3, TellsTheEventsOfAnMqttSession) {
  EXPECT_EQ(device.send("AT#XMQTTCON=1,\"\",\"\",\"example.com\",1883"), ok);
  EXPECT_EQ(device.server_sends(std::string("\x20\x02\0\0", 4)), "\r\n#XMQTTEVT: 0,0\r\n");
  EXPECT_EQ(device.send("AT#XMQTTCON?"),
            answer("#XMQTTCON: 1,\"slm_default_client_id\",\"example.com\",1883"));
  refuses("#XMQTTSUB", {"=\"t\"", "=\"t\",3", "=\"t\",0,0", "=5,0"});
  refuses("#XMQTTPUB", {"", "=", "=5,\"m\"", "=\"t\",\"m\",3", "=\"t\",\"m\",0,2"});
  refuses("#XMQTTCON", {"=1,\"\",\"\",\"example.com\",1883"});
  refuses("#XMQTTCFG", {"=\"me\""});
  EXPECT_EQ(device.send("AT#XMQTTSUB=\"t\",1"), ok);
  EXPECT_EQ(device.server_sends(std::string("\x90\x03\0\x01\x01", 5)), "\r\n#XMQTTEVT: 7,0\r\n");
  EXPECT_EQ(device.server_sends(std::string("\x30\x05\0\x01thi", 7)),
            "\r\n#XMQTTMSG: 1,2\r\nt\r\nhi\r\n\r\n#XMQTTEVT: 2,0\r\n");
  EXPECT_EQ(device.server_closes(), "\r\n#XMQTTEVT: 1,-128\r\n");
}

// TFTP, GNSS, GPIO, FOTA

TEST_P(ClientOfSlm3, RefusesWhatTheSmallerClientsCannotRead) {
  refuses("#XTFTP", {"", "=", "=5,\"example.com\",69,\"f\"", "=1", "=1,\"example.com\",69",
                     "=1,\"example.com\",69,5", "=1,\"example.com\",69,\"f\",\"binary\"",
                     "=2,\"example.com\",69,\"f\"", "=2,\"example.com\",69,\"f\",\"octet\"", "?"});
  refuses("#XFTP",
          {"", "=", "=\"nosuch\"", "=5", "=\"pwd\"", "=\"verbose\"", "=\"verbose\",\"maybe\"", "?", "=?"});
  refuses("#XGPS", {"", "=", "=2", "=1", "=1,0", "=1,0,2", "=1,0,9", "=1,0,65536", "=1,0,1,60",
                    "=1,0,0,65536", "=1,2,0", "=0,0", "=1,0,0,60,1", "=1,1,0"});
  refuses("#XGPSDEL", {"", "=", "=0", "=128", "=511", "=-1"});
  refuses("#XFOTA", {"", "=", "=0", "=4", "=6", "=1", "=1,5", "=1,\"example.com/f\"", "=1,\"http://\"", "?"});
}

// FTP

TEST_P(ClientOfSlm3, WantsUserAndPasswordOfFtpInQuotesBefore30) {
  EXPECT_EQ(device.send("AT#XFTP=\"close\""), ok) << "no session to close";
  device.take_reasons();
  device.server.reset();
  std::string told = device.send("AT#XFTP=\"open\",,,\"example.com\"");
  if (GetParam() == "slm-2.9") {
    EXPECT_EQ(told, error);
    EXPECT_FALSE(device.server) << "no connection";
    EXPECT_EQ(device.take_reasons().size(), 1U);
    device.send("AT#XFTP=\"open\",\"\",\"\",\"example.com\"");
  }
  EXPECT_TRUE(device.server);
}

// SMS

TEST_P(ClientOfSlm3, PassesOverAnUnknownOperationOfSmsBefore30) {
  EXPECT_EQ(device.send("AT#XSMS=?"), answer("#XSMS: (0,1,2),<number>,<message>"));
  bool is_2_9 = GetParam() == "slm-2.9";
  EXPECT_EQ(device.send("AT#XSMS=3"), is_2_9 ? ok : error);
  EXPECT_THAT(device.take_journal(), HasSubstr("<op> is 3"));
  EXPECT_EQ(device.send("AT#XSMS=0"), is_2_9 ? error : ok) << "nothing was started";
  refuses("#XSMS", {"", "?", "=-1", "=\"1\"", "=2,\"123\",\"not started\""});
  EXPECT_EQ(device.send("AT#XSMS=1"), ok);
  refuses("#XSMS", {"=1"});
  EXPECT_EQ(device.send("AT#XSMS=0"), ok);
}

TEST_P(ClientOfSlm3, DownloadsAWholeModemInABuildForItAlone) {
  refuses("#XFOTA", {"=3,\"http://example.com/f\""});
  EXPECT_EQ(device.send("AT#XFOTA=?"), answer("#XFOTA: (0,1,2,7,9)[,<file_url>[,<sec_tag>[,<pdn_id>]]]"));
  DialectOptions options = slm_3_options(GetParam());
  options.full_fota = true;
  SlmDevice whole(options);
  EXPECT_EQ(whole.send("AT#XFOTA=?"), answer("#XFOTA: (0,1,2,7,9,3)[,<file_url>[,<sec_tag>[,<pdn_id>]]]"));
  EXPECT_EQ(whole.send("AT#XFOTA=3,\"http://example.com/mfw.cbor\""), ok);
  EXPECT_THAT(whole.server->take(), HasSubstr("/mfw.cbor"));
  std::string image = "\xD2\x84" + std::string(3000, 'm');  // A signed message begins so.
  std::string told =
      whole.server_sends(fmt::format("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n{}", image.size(), image));
  EXPECT_THAT(told, testing::EndsWith("\r\n#XFOTA: 4,0\r\n"));
  EXPECT_EQ(whole.send("AT#XMODEMRESET"), "");
  EXPECT_EQ(whole.after(2s), "\r\n#XFOTA: 5,0\r\n\r\n#XMODEMRESET: 0\r\n" + ok) << "it is taken on";
  EXPECT_EQ(whole.send("AT#XMODEMRESET"), "");
  EXPECT_EQ(whole.after(2s), answer("#XMODEMRESET: 0"));
}

INSTANTIATE_TEST_SUITE_P(In, ClientOfSlm3, testing::Values("slm-2.9", "slm-3.1"), slm_3_edition_name);

}  // namespace
}  // namespace attache::dialects
